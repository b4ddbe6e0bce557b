"""Contact cards: Telegram takes a name and one number, and the whole card as a vCard.

Source: Telegram Bot API, "sendContact"; RFC 2426 (vCard 3.0).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gateway.api import ContactCard, PostalAddress
from gateway_telegram.formatting import Body

LARGEST_VCARD_BYTES: Final = 2048


def contact(card: ContactCard) -> Body:
    """Return the fields of one card; a number is there, see ``rules``."""
    first, last = _names(card)
    found: Body = {"phone_number": card.phones[0].number, "first_name": first}
    if last:
        found["last_name"] = last
    whole = vcard(card)
    if whole and not is_too_large(whole):
        found["vcard"] = whole
    return found


def named(card: ContactCard) -> bool:
    """Whether there is a name to show."""
    return bool(_names(card)[0].strip())


def is_too_large(whole: str) -> bool:
    """Whether Telegram would refuse a vCard."""
    return len(whole.encode(errors="replace")) > LARGEST_VCARD_BYTES


def vcard(card: ContactCard) -> str | None:
    """Return the whole card, where there is more to it than a name and a number."""
    if card.vcard:
        return card.vcard
    more = (card.emails, card.urls, card.addresses, card.company, card.title, card.birthday)
    if len(card.phones) < 2 and not any(more):
        return None
    return "\r\n".join(["BEGIN:VCARD", "VERSION:3.0", *_lines(card), "END:VCARD"])


def _names(card: ContactCard) -> tuple[str, str]:
    if card.first_name:
        return card.first_name, card.last_name or ""
    return card.name or card.last_name or card.company or "", ""


def _lines(card: ContactCard) -> Iterator[str]:
    parts = (card.last_name, card.first_name, card.middle_name, card.prefix, card.suffix)
    first, last = _names(card)
    yield f"FN:{_safe(card.name or f'{first} {last}'.strip())}"
    yield f"N:{_several(parts)}"
    if card.company or card.department:
        yield f"ORG:{_several((card.company, card.department))}"
    for name, value in (("TITLE", card.title), ("BDAY", card.birthday)):
        if value:
            yield f"{name}:{_safe(value)}"
    for phone in card.phones:
        yield f"TEL:{_safe(phone.number)}"
    for email in card.emails:
        yield f"EMAIL:{_safe(email.value)}"
    for url in card.urls:
        yield f"URL:{_safe(url.value)}"
    for address in card.addresses:
        yield f"ADR:{_several(_postal(address))}"


def _postal(address: PostalAddress) -> tuple[str | None, ...]:
    country = address.country or address.country_code
    return (None, None, address.street, address.city, address.state, address.zip, country)


def _several(values: tuple[str | None, ...]) -> str:
    return ";".join(_safe(each or "") for each in values)


def _safe(value: str) -> str:
    """Return a value that cannot end its line or its part."""
    for sign in ("\\", ",", ";"):
        value = value.replace(sign, f"\\{sign}")
    return value.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n")
