"""Everybody the platform knows: contacts by number and address, groups, and who is meant by a call.

Source: Meta, "Send messages", "Business-scoped user IDs" and "Groups API", October 2026.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from gateway.testing.whatsapp.addresses import BUSINESS_SCOPED, country_code, digits, variants
from gateway.testing.whatsapp.body import Number
from gateway.testing.whatsapp.contact import Contact
from gateway.testing.whatsapp.errors import GraphError, refused


class Group(msgspec.Struct, frozen=True, eq=False):
    """A group a business number is in."""

    id: str
    subject: str
    number: Number
    members: Sequence[Contact]

    @property
    def window_open(self) -> bool:
        """Whether any member wrote to the number within a day."""
        return any(each.window_open for each in self.members)


class Recipient(msgspec.Struct, frozen=True, kw_only=True):
    """Who a call means.

    Attributes:
        input: As the caller wrote it.
        contact: The person; None for a group, and where the platform loses the message.
        group: The group.
        answer: The entry of ``contacts`` in the answer.
    """

    input: str
    answer: dict[str, str]
    contact: Contact | None = None
    group: Group | None = None


class People:
    """Finds contacts; a phone number nobody has been given belongs to a stranger with WhatsApp.

    Args:
        meet: Makes the stranger of a phone number in digits.
    """

    def __init__(self, meet: Callable[[Number, str], Contact]) -> None:
        self.written: dict[str, Contact] = {}
        self._meet = meet
        self._contacts: dict[tuple[str, str], Contact] = {}
        self._groups: dict[str, Group] = {}

    def add(self, contact: Contact) -> None:
        """Know a contact by all addresses; who comes later with the same ones takes them over."""
        for each in (contact.phone, contact.user_id):
            if each is not None:
                self._contacts[contact.number.phone_number_id, each] = contact

    def add_group(self, group: Group) -> None:
        """Know a group."""
        self._groups[group.id] = group

    def of(self, number: Number) -> list[Contact]:
        """Return who is known to a number."""
        known = self._contacts.values()
        return list(dict.fromkeys(each for each in known if each.number == number))

    def find(self, number: Number, address: str) -> Contact | None:
        """Return a known contact by user id or phone, in any of the ways to write it."""
        ways = (address,) if BUSINESS_SCOPED.fullmatch(address) else variants(digits(address))
        found = (self._contacts.get((number.phone_number_id, each)) for each in ways)
        return next((each for each in found if each is not None), None)

    def recipient(self, number: Number, message: Mapping[str, Any]) -> Recipient:
        """Return who a message is for; ``to`` wins over ``recipient``.

        Raises:
            GraphError: 100 for what is no address, 131020 an unknown group, 131026 an unknown
                user id, 131021 the number itself.
        """
        written = str(message.get("to") or message["recipient"])
        if message.get("recipient_type") == "group":
            return self._group(number, written)
        if not message.get("to"):
            return self._user(number, written)
        if BUSINESS_SCOPED.fullmatch(written):
            # reported of the platform: taken, and lost without a word
            return Recipient(input=written, answer={"input": written, "wa_id": written})
        contact = self._phone(number, written)
        return Recipient(
            input=written, answer={"input": written, "wa_id": str(contact.phone)}, contact=contact
        )

    def _group(self, number: Number, written: str) -> Recipient:
        group = self._groups.get(written)
        if group is None or group.number != number:
            raise GraphError(131020, f"Group {written} does not exist")
        return Recipient(input=written, answer={"input": written, "wa_id": written}, group=group)

    def _user(self, number: Number, written: str) -> Recipient:
        if not BUSINESS_SCOPED.fullmatch(written):
            raise refused("recipient", "must be a business-scoped user id.")
        contact = self.find(number, written)
        if contact is None:
            raise GraphError(131026, "The user id is not known to this business")
        return Recipient(
            input=written, answer={"input": written, "user_id": written}, contact=contact
        )

    def _phone(self, number: Number, written: str) -> Contact:
        plain = digits(written)
        ours = digits(number.display_phone_number)
        known = self.find(number, plain)
        if known is not None:
            return known
        if not written.startswith("+"):  # then the country of the business is meant
            plain = country_code(ours) + plain
        if not 7 <= len(plain) <= 15:
            raise refused("to", "is not a valid phone number.")
        if plain == ours:
            raise GraphError(131021)
        return self.find(number, plain) or self._meet(number, plain)
