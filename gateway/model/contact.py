"""A person as an account knows them."""

from __future__ import annotations

from typing import Literal, TypeAlias

from gateway.model.value import Value

AddressKind: TypeAlias = Literal[
    "phone",
    "business_scoped",  # WhatsApp, for example US.1349…
    "parent_business_scoped",  # WhatsApp, for example US.ENT.1181…
    "page_scoped",
    "instagram_scoped",
    "opt_in",
    "chat",
    "visitor",
    "external",
    "email",
]


class Address(Value, frozen=True, kw_only=True):
    """One way to reach or recognise a contact.

    Attributes:
        kind: What ``value`` is: a ``phone`` number; a user id that holds for one business portfolio
            (``business_scoped``), linked ones (``parent_business_scoped``), one page
            (``page_scoped``) or one Instagram account (``instagram_scoped``); ``opt_in`` a
            reference until the person writes (Messenger); ``chat`` an id of Telegram's; ``visitor``
            a web chat's session, ``external`` the host site's own id of who is signed in there;
            ``email``.
        value: As the platform writes it; of a ``phone`` digits with the country code, without the
            plus sign.
    """

    kind: AddressKind
    value: str


class Contact(Value, frozen=True, kw_only=True):
    """A contact, found by any of its addresses.

    Attributes:
        id: The best key the platform gives: the business-scoped id where there is one, else the
            phone, page-scoped id, chat id or visitor id. Unique per account.
        addresses: Every address this event tells, best first; at least one unless the platform
            told none (a policy notice, say).
        name: As the contact calls themselves.
        username: Without the leading ``@``; changeable, never a key.
        language: BCP 47, where the platform tells it.
        country: ISO 3166-1 alpha-2, where an address tells it.
        picture_url: Short-lived address of a profile picture.
        attributes: What the contact filled in before the chat (web chat), by field name.
    """

    id: str
    addresses: tuple[Address, ...] = ()
    name: str | None = None
    username: str | None = None
    language: str | None = None
    country: str | None = None
    picture_url: str | None = None
    attributes: dict[str, str] = {}

    def address(self, kind: AddressKind) -> str | None:
        """Return the first address of a kind, or None."""
        return next((each.value for each in self.addresses if each.kind == kind), None)
