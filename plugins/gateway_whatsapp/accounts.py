"""Whose a webhook item is: one callback address may serve many numbers.

What Meta names is a phone number's id, or only the WhatsApp Business Account it belongs to
("WABA"), sometimes with the number as people dial it.
"""

from __future__ import annotations

from collections.abc import Mapping

from gateway_whatsapp.people import digits

_WABA = "waba:"
_DISPLAY = "display:"


def identities(
    phone_number_id: str, business_account_id: str, display_phone_number: str
) -> tuple[str, ...]:
    """Return the names under which webhooks speak of an account."""
    named = (phone_number_id, f"{_WABA}{business_account_id}")
    number = digits(display_phone_number)
    return (*named, f"{_DISPLAY}{number}") if number else named


def of_number(
    known: Mapping[str, tuple[str, ...]], phone_number_id: str, fallback: str
) -> tuple[str, ...]:
    """Return the accounts of a number; none where it is not configured here.

    Args:
        known: Accounts by identity; empty when a body is only read.
        phone_number_id: As the webhook names it.
        fallback: The account for everything when ``known`` is empty.
    """
    return known.get(phone_number_id, ()) if known else (fallback,)


def of_business(
    known: Mapping[str, tuple[str, ...]],
    business_account_ids: tuple[str, ...],
    display_phone_number: str,
    fallback: str,
) -> tuple[str, ...]:
    """Return the accounts that a notice about a whole WABA concerns.

    Args:
        known: Accounts by identity; empty when a body is only read.
        business_account_ids: Where it may be named, best first.
        display_phone_number: Narrows it to one number, where both sides know it.
        fallback: The account for everything when ``known`` is empty.
    """
    if not known:
        return (fallback,)
    found = next(
        (known[name] for each in business_account_ids if (name := f"{_WABA}{each}") in known), ()
    )
    number = digits(display_phone_number)
    if not number:
        return found
    same = known.get(f"{_DISPLAY}{number}", ())
    if meant := tuple(each for each in found if each in same):
        return meant
    others = {
        account for name, ids in known.items() if name.startswith(_DISPLAY) for account in ids
    }
    return tuple(each for each in found if each not in others)
