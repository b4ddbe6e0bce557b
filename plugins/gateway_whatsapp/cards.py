"""Shared contact cards."""

from __future__ import annotations

from gateway.api import ContactCard, Contacts, ItemBroken, Labelled, Phone, PostalAddress
from gateway_whatsapp import payloads, wire
from gateway_whatsapp.source import Source

_NO_NAME = payloads.CardName()
_NO_COMPANY = payloads.CardCompany()


def contacts(message: wire.Message, _: Source) -> Contacts:
    """Return the shared cards; none at all is what the platform sends for an empty share."""
    if message.contacts is None:
        raise ItemBroken(".contacts", "expected a list, it is missing")
    return Contacts(contacts=tuple(_card(each) for each in message.contacts))


def _card(card: payloads.Card) -> ContactCard:
    name = card.name or _NO_NAME
    org = card.org or _NO_COMPANY
    return ContactCard(
        name=name.formatted_name,
        first_name=name.first_name,
        last_name=name.last_name,
        middle_name=name.middle_name,
        prefix=name.prefix,
        suffix=name.suffix,
        company=org.company,
        department=org.department,
        title=org.title,
        birthday=card.birthday,
        phones=tuple(_phone(each) for each in card.phones),
        emails=tuple(Labelled(value=each.email, type=each.type) for each in card.emails),
        urls=tuple(Labelled(value=each.url, type=each.type) for each in card.urls),
        addresses=tuple(_address(each) for each in card.addresses),
        # Both names of one thing: renamed by the platform on 2026-05-28.
        origin="request" if card.origin in _REQUESTED else None,
        vcard=card.vcard,
    )


_REQUESTED = frozenset({"contact_request", "request_contact_info"})


def _phone(phone: payloads.CardPhone) -> Phone:
    return Phone(number=phone.phone or phone.wa_id or "", type=phone.type, platform_id=phone.wa_id)


def _address(address: payloads.CardAddress) -> PostalAddress:
    return PostalAddress(
        street=address.street,
        city=address.city,
        state=address.state,
        zip=address.zip,
        country=address.country,
        country_code=address.country_code,
        type=address.type,
    )
