"""The slow, sure way through a webhook body: item by item, each with its own bytes.

A broken item becomes a ``platform.notice`` with its path and its bytes; everything around it
goes through. So does what is sound but rare: management fields, coexistence, new types.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from typing import Final, TypeVar

import msgspec

from gateway.api import Event, ItemBroken, WebhookRequest, flat_facts, plain_json, sound_json
from gateway_meta import nested
from gateway_meta.nested import NULL, Parts
from gateway_meta.notices import Reason, attempt, notice
from gateway_whatsapp import accounts, payloads, people, updates, wire
from gateway_whatsapp.fields import LISTED, UNMODELLED, WHOLE
from gateway_whatsapp.source import Source, milliseconds, people_of

OBJECT: Final = "whatsapp_business_account"

T = TypeVar("T")

_LIST: Final = msgspec.json.Decoder(list[msgspec.Raw])
_PERSON: Final = msgspec.json.Decoder(wire.Person)
_ERROR: Final = msgspec.json.Decoder(payloads.Error)
_OWNER: Final = msgspec.json.Decoder(updates.Owner)
_IDENTIFIED: Final = msgspec.json.Decoder(updates.Identified)
_NOTHINGS: Final = msgspec.Raw(b"[]")

_AROUND: Final = frozenset({"messaging_product", "metadata", "contacts"})
"""Keys of a value that tell about its items and are none themselves."""


def walk(request: WebhookRequest, account: str) -> list[Event]:
    """Return the events of a body, whatever is broken inside.

    Raises:
        BodyMalformed: It is not a JSON object.
    """
    source = Source(account, request.received_at, kept=sound_json(request.body))
    return nested.events(source, OBJECT, lambda source: _changes(source, request), holds="changes")


def _changes(source: Source, request: WebhookRequest) -> Iterator[Event]:
    parts = nested.parts(source)
    business = nested.text(parts.get("id", NULL))
    source = msgspec.structs.replace(source, time=_time(parts.get("time", NULL)))
    for change in nested.items(parts, "changes", source):
        yield from attempt(lambda source: _change(source, request, business), change, "change")


def _change(source: Source, request: WebhookRequest, business: str) -> Iterator[Event]:
    field, value = nested.change(source)
    source = msgspec.structs.replace(value, field=field)
    yield from attempt(lambda source: _value(source, request, business), source, field)


def _value(source: Source, request: WebhookRequest, business: str) -> Iterator[Event]:
    """Read a field's value once for every account it concerns."""
    raw = source.raw
    owner = _OWNER.decode(raw)
    metadata = owner.metadata or owner.recipient or wire.Metadata()
    number = metadata.display_phone_number or owner.display_phone_number or owner.phone_number or ""
    if metadata.phone_number_id or source.field in LISTED:
        named = accounts.of_number(request.accounts, metadata.phone_number_id, source.account)
    else:
        businesses = (owner.waba_info.waba_id, business) if owner.waba_info else (business,)
        named = accounts.of_business(request.accounts, businesses, number, source.account)
    if not named:
        facts = {"phone_number_id": metadata.phone_number_id, "business_account_id": business}
        yield notice(
            source,
            "unknown_account",
            source.field,
            facts={name: value for name, value in facts.items() if value},
        )
    for account in named:
        yield from _owned(
            msgspec.structs.replace(source, account=account, number=people.digits(number))
        )


def _owned(source: Source) -> Iterable[Event]:
    if source.field in LISTED:
        return _listed(source)
    if read := WHOLE.get(source.field):
        return read(source)
    facts = flat_facts(plain_json(msgspec.json.decode(source.raw)))
    reason: Reason = "unmodelled" if source.field in UNMODELLED else "unknown"
    return (notice(source, reason, source.field, facts=facts),)


def _listed(source: Source) -> Iterator[Event]:
    """Read a value whose lists hold the items."""
    parts = nested.parts(source)
    readers = LISTED[source.field]
    inside, found = _with_neighbours(source, parts)
    for key, read in readers.items():
        for item in _tolerant(parts, key, inside, found):
            found.extend(attempt(read, item, key))
    for key, raw in parts.items():
        if key not in readers and key not in _AROUND:
            reason: Reason = "unmodelled" if key in UNMODELLED else "unknown"
            found.append(notice(inside.item(bytes(raw), f".{key}"), reason, key))
    # An empty value is news of some kind all the same.
    yield from found or (notice(source, "unknown", source.field),)


def _with_neighbours(source: Source, parts: Parts) -> tuple[Source, list[Event]]:
    """Return a source that knows the people and errors told beside the items."""
    found: list[Event] = []
    known: list[wire.Person] = []

    def meet(source: Source) -> Iterable[Event]:
        known.append(_PERSON.decode(source.raw))
        return ()

    for item in _tolerant(parts, "contacts", source, found):
        found.extend(attempt(meet, item, "contacts"))
    told = msgspec.structs.replace(
        source,
        people=people_of(known),
        errors=tuple(_sound_ones(parts, "errors", _ERROR)),
        beside=" ".join(
            each.id
            for key in ("messages", "statuses")
            for each in _sound_ones(parts, key, _IDENTIFIED)
        ),
        standby=source.field == "standby",
    )
    return told, found


def _sound_ones(parts: Parts, key: str, decoder: msgspec.json.Decoder[T]) -> Iterator[T]:
    """Yield what decodes; what does not is reported where it is read."""
    try:
        raws = _LIST.decode(parts.get(key, _NOTHINGS))
    except msgspec.ValidationError:
        return
    for raw in raws:
        with contextlib.suppress(msgspec.ValidationError):
            yield decoder.decode(raw)


def _tolerant(parts: Parts, key: str, source: Source, found: list[Event]) -> Iterable[Source]:
    """Return the items of a list; one that is none becomes a notice."""
    if bytes(parts.get(key, NULL)) == b"null":
        return ()
    whole = source.item(bytes(parts[key]), f".{key}")
    try:
        return list(nested.items(parts, key, source))
    except ItemBroken as error:
        found.append(notice(whole, "broken", key, error=f"{whole.path}: {error.wanted}"))
        return ()


def _time(raw: msgspec.Raw) -> int:
    """Return the time of an entry; 0 where it tells none that could be one."""
    try:
        return milliseconds(msgspec.json.decode(raw))
    except ItemBroken:
        return 0
