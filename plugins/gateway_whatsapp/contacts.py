"""What changes about contacts outside of messages: their wishes and their ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from gateway.api import (
    Consent,
    ContactChange,
    ContactOptedIn,
    ContactOptedOut,
    ContactUpdated,
    Event,
    digest_of,
    event_id,
    flat_facts,
    plain_json,
)
from gateway_meta.notices import notice
from gateway_whatsapp import people, updates
from gateway_whatsapp.source import CHANNEL, Source, milliseconds

_PREFERENCE: Final = msgspec.json.Decoder(updates.Preference)
_ID_UPDATE: Final = msgspec.json.Decoder(updates.IdUpdate)

_WISHES: Final[Mapping[str, type[ContactOptedIn | ContactOptedOut]]] = {
    "stop": ContactOptedOut,
    "resume": ContactOptedIn,
    "signup": ContactOptedIn,
}


def preference(source: Source) -> Iterable[Event]:
    """Read one of ``user_preferences[]``: marketing messages wanted or not."""
    raw = source.raw
    wish = _PREFERENCE.decode(raw)
    contact = people.contact(source.people, wish.wa_id, wish.user_id, wish.parent_user_id)
    timestamp = milliseconds(wish.timestamp)
    outcome = _WISHES.get(wish.value)
    if outcome is None:
        facts = flat_facts(plain_json(msgspec.json.decode(raw)))
        subject = "user_preferences"
        return (notice(source, "unknown", subject, facts=facts, contact=contact, time=timestamp),)
    return (
        outcome(
            id=event_id(timestamp, source.account, "consent", wish.value, digest_of(raw)),
            at=source.at,
            channel=CHANNEL,
            account=source.account,
            contact=contact,
            consent=Consent(
                topic=wish.category.removesuffix("_messages") or "marketing",
                source="platform",
                timestamp=timestamp,
                detail=wish.detail,
            ),
        ),
    )


def id_update(source: Source) -> Iterable[Event]:
    """Read one of ``user_id_update[]``: a contact got another user id."""
    raw = source.raw
    update = _ID_UPDATE.decode(raw)
    own = update.user_id or updates.Renewed()
    parent = update.parent_user_id or updates.Renewed()
    timestamp = milliseconds(update.timestamp)
    return (
        ContactUpdated(
            id=event_id(timestamp, source.account, "contact.updated", digest_of(raw)),
            at=source.at,
            channel=CHANNEL,
            account=source.account,
            contact=people.contact(source.people, update.wa_id, own.current, parent.current),
            change=ContactChange(
                aspect="address",
                timestamp=timestamp,
                previous=tuple(each for each in (own.previous, parent.previous) if each),
                text=update.detail,
            ),
        ),
    )
