"""What text, files, places and cards become: the part of a request that is named by ``type``."""

from __future__ import annotations

from typing import Any, TypeAlias

from gateway.api import (
    Audio,
    ContactCard,
    Contacts,
    Document,
    Image,
    Labelled,
    Location,
    Media,
    Phone,
    PostalAddress,
    Reaction,
    Sticker,
    Video,
    caption_of,
)
from gateway_whatsapp import plain

Body: TypeAlias = dict[str, Any]
"""JSON as the Graph API takes it."""


def text(words: str, *, preview: bool = False) -> Body:
    """Return the body of a text."""
    return {"type": "text", "text": {"body": words, **({"preview_url": True} if preview else {})}}


def file(content: Image | Video | Audio | Document | Sticker) -> Body:
    """Return the body of a file; sound is without its caption."""
    found = named(content.media)
    match content:
        case Image() | Video() if content.caption:
            found["caption"] = plain.marked(caption_of(content))
        case Document(media=media):
            caption = plain.marked(caption_of(content)) or None
            found |= _given(caption=caption, filename=media.filename)
        case Audio(voice=True):
            found["voice"] = True
        case _:
            pass
    kind = type(content).__name__.lower()
    return {"type": kind, kind: found}


def named(media: Media) -> Body:
    """Return how the platform finds a file: by its own id, else by an address.

    A file of ours has the platform's id when it is sent; until then, its own stands there.
    """
    uploaded = media.platform_id or media.stored_id
    return {"id": uploaded} if uploaded else {"link": media.url}


def location(place: Location) -> Body:
    """Return the body of a place."""
    found = {"latitude": place.latitude, "longitude": place.longitude}
    # An address is shown below a name only; alone it is the name.
    name = place.name or place.address
    return {"type": "location", "location": found | _given(name=name, address=place.address)}


def reaction(content: Reaction) -> Body:
    """Return the body of a reaction; no emoji takes it away."""
    found = {"message_id": content.to, "emoji": content.emoji or ""}
    return {"type": "reaction", "reaction": found}


def contacts(content: Contacts) -> Body:
    """Return the body of shared cards."""
    return {"type": "contacts", "contacts": [_card(each) for each in content.contacts]}


def called(card: ContactCard) -> str:
    """Return the name a card is shown under."""
    parts = (card.prefix, card.first_name, card.middle_name, card.last_name, card.suffix)
    return card.name or " ".join(each for each in parts if each)


def _card(card: ContactCard) -> Body:
    name = _given(
        first_name=card.first_name,
        last_name=card.last_name,
        middle_name=card.middle_name,
        prefix=card.prefix,
        suffix=card.suffix,
    )
    shown = called(card)
    company = _given(company=card.company, department=card.department, title=card.title)
    lists = {
        "phones": [_phone(each) for each in card.phones],
        "emails": [_labelled(each, "email") for each in card.emails],
        "urls": [_labelled(each, "url") for each in card.urls],
        "addresses": [_address(each) for each in card.addresses],
    }
    return {
        # The platform wants one more part of the name beside the formatted one.
        "name": {"formatted_name": shown, **(name or {"first_name": shown})},
        **_given(birthday=card.birthday),
        **({"org": company} if company else {}),
        **{key: items for key, items in lists.items() if items},
    }


def _phone(phone: Phone) -> Body:
    return {"phone": phone.number, **_given(type=phone.type, wa_id=phone.platform_id)}


def _labelled(entry: Labelled, key: str) -> Body:
    return {key: entry.value, **_given(type=entry.type)}


def _address(address: PostalAddress) -> Body:
    return _given(
        street=address.street,
        city=address.city,
        state=address.state,
        zip=address.zip,
        country=address.country,
        country_code=address.country_code,
        type=address.type,
    )


def _given(**fields: str | None) -> Body:
    """Return the fields that say something: an empty name is no part of a name."""
    return {name: value for name, value in fields.items() if value}
