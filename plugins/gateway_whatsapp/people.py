"""Who a message is from, or a status about: ids of WhatsApp made into a contact.

A user id (``US.1349…``, "business-scoped") identifies a person to one business portfolio; the
phone number may be missing for people with a username, and may change. So the user id is the
contact's id where it is known, the phone number otherwise.

Source: Meta for Developers, WhatsApp Business Platform, "Business-scoped user IDs".
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from gateway.api import Address, Contact, ItemBroken
from gateway_whatsapp import wire
from gateway_whatsapp.source import People

CONTACTS_KEPT: Final = 1 << 13
"""Whoever writes once writes again soon, and statuses follow; this many take about 8 MB."""
_PUNCTUATION = str.maketrans("", "", "+ -()")


@lru_cache(maxsize=1024)
def _is_country(prefix: str) -> bool:
    return len(prefix) == 2 and prefix.isascii() and prefix.isalpha() and prefix.isupper()


def is_user_id(value: str) -> bool:
    """Whether a value has the form of a user id: a country code and a dot before the rest."""
    return value[2:3] == "." and _is_country(value[:2])


def digits(number: str) -> str:
    """Return a phone number as addresses hold it: without plus sign and spacing."""
    return number if number.isdigit() else number.translate(_PUNCTUATION)


def contact(
    people: People,
    phone: str | None,
    user_id: str | None = None,
    parent_user_id: str | None = None,
) -> Contact:
    """Return the contact behind the ids of an item.

    Args:
        people: Who came along.
        phone: Number, or a user id where the platform put one; empty or None when hidden.
        user_id: Business-scoped id, likewise.
        parent_user_id: The same over linked portfolios.

    Raises:
        ItemBroken: No id at all.
    """
    person = _match(people, phone, user_id, parent_user_id)
    name = username = None
    if person is not None:
        phone = phone or person.wa_id
        user_id = user_id or person.user_id
        parent_user_id = parent_user_id or person.parent_user_id
        if person.profile is not None:
            name = person.profile.name or None
            username = person.profile.username
    return _known(phone, user_id, parent_user_id, name, username)


@lru_cache(maxsize=CONTACTS_KEPT)
def _known(
    phone: str | None,
    user_id: str | None,
    parent_user_id: str | None,
    name: str | None,
    username: str | None,
) -> Contact:
    """Return the contact these make; the same one again while it is remembered."""
    if phone and phone[2:3] == "." and is_user_id(phone):
        user_id, phone = user_id or phone, None
    country = None
    if told := user_id or parent_user_id:
        if is_user_id(told):
            country = told[:2]
        elif phone:
            user_id = None  # Not of the platform's form: the number is the better key.
    addresses = _addresses(user_id, parent_user_id, phone)
    if not addresses:
        raise ItemBroken("", "expected a phone number or a user id, got none")
    return Contact(
        id=addresses[0].value,
        addresses=addresses,
        name=name,
        username=username.removeprefix("@") or None if username else None,
        country=country,
    )


def _addresses(
    user_id: str | None, parent_user_id: str | None, phone: str | None
) -> tuple[Address, ...]:
    number = digits(phone) if phone else ""
    by_phone = (Address(kind="phone", value=number),) if number else ()
    if not parent_user_id:  # Nearly always, and quicker without a list.
        return (Address(kind="business_scoped", value=user_id), *by_phone) if user_id else by_phone
    by_parent = Address(kind="parent_business_scoped", value=parent_user_id)
    if not user_id:
        return (by_parent, *by_phone)
    return (Address(kind="business_scoped", value=user_id), by_parent, *by_phone)


def _match(
    people: People, phone: str | None, user_id: str | None, parent_user_id: str | None
) -> wire.Person | None:
    """Return who the ids belong to, or None rather than the wrong person."""
    if people is None:
        return None
    if isinstance(people, dict):
        found = people.get
        return found(user_id or "") or found(phone or "") or found(parent_user_id or "")
    same = (
        (user_id and people.user_id == user_id)
        or (phone and phone in (people.wa_id, people.user_id))
        or (parent_user_id and people.parent_user_id == parent_user_id)
    )
    # Nobody else, and no id of the same kind that would say otherwise: it can only be them.
    other = (phone and people.wa_id) or (user_id and people.user_id)
    return people if same or not other else None
