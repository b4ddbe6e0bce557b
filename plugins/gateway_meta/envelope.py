"""The way through a webhook body: entries, then the items of each, every one with its own bytes.

A broken item becomes a ``platform.notice`` with its path and its bytes; everything around it goes
through. ``messaging[]`` and ``standby[]`` hold items; ``changes[]`` holds named values, some of
which are items too (Instagram's test button, and accounts set up that way). Instagram Login puts
the name and value of a change into the entry itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Final, TypeAlias

import msgspec

from gateway.api import Event, ItemBroken, WebhookRequest, flat_facts, plain_json, sound_json
from gateway_meta import changes, messages, nested, people, taps, updates, wire
from gateway_meta.nested import NULL, Parts
from gateway_meta.notices import Reason, attempt, notice
from gateway_meta.source import Dialect, Source, milliseconds

Known: TypeAlias = Mapping[str, tuple[str, ...]]
"""Accounts by the platform's ids; empty when a body is only read."""

ItemReader: TypeAlias = Callable[[Source, Known], Iterable[Event]]
PartReader: TypeAlias = Callable[[Source, wire.Head], Iterable[Event]]

_HEAD: Final = msgspec.json.Decoder(wire.Head)

_AROUND: Final = frozenset(
    {"sender", "recipient", "timestamp", "prior_message", "standby", "hop_context", "id", "time"}
)
"""Keys of an item that tell about its part and are none themselves."""

_READERS: Final[Mapping[str, PartReader]] = MappingProxyType(
    {
        "message": messages.message,
        "message_edit": messages.edit,
        "reaction": taps.reaction,
        "postback": taps.postback,
        "delivery": updates.delivery,
        "read": updates.read,
        "referral": updates.referral,
        "optin": updates.opt_in,
        "account_linking": updates.linking,
        "policy_enforcement": updates.policy,
        "policy-enforcement": updates.policy,
        "pass_thread_control": updates.handover,
        "take_thread_control": updates.handover,
        "request_thread_control": updates.handover,
        "app_roles": updates.roles,
        "messaging_feedback": updates.feedback,
        "response_feedback": updates.response_feedback,
    }
)
PARTS: Final = frozenset(_READERS)
"""Every part of an item that has events of ours."""

_UNMODELLED: Final = frozenset(
    {
        *("game_play", "order", "cart", "send_cart", "calls", "branded_camera"),
        *("payment", "pre_checkout", "checkout_update"),
    }
)
"""Parts of items that exist, or existed, and have no type of ours."""


def events(request: WebhookRequest, dialect: Dialect, account: str) -> Sequence[Event]:
    """Return the events that a webhook body is, in its order.

    Args:
        request: Verified; its ``accounts`` say whose items it may carry.
        dialect: Of which channel it is.
        account: Takes what names no account of ours.

    Raises:
        BodyMalformed: The body is not a JSON object.
    """
    source = Source(dialect, account, request.received_at, sound_json(request.body))
    read = partial(_entry, known=request.accounts)
    return nested.events(source, dialect.object, read, holds="items")


def _entry(source: Source, known: Known) -> Iterator[Event]:
    parts = nested.parts(source)
    source = msgspec.structs.replace(
        source, owner=nested.text(parts.get("id", NULL)), time=_time(parts.get("time", NULL))
    )
    if "field" in parts:
        yield from attempt(partial(_change, known=known), source, "changes")
    elif not any(each in parts for each in _LISTS):
        raise ItemBroken("", "expected messaging, standby or changes, got none of them")
    for name, read in _LISTS.items():
        if bytes(parts.get(name, NULL)) != b"null":
            several = msgspec.structs.replace(source, standby=name == "standby")
            listed = partial(_listed, parts=parts, name=name, read=read, known=known)
            yield from attempt(listed, several, name)


def _listed(
    source: Source, parts: Parts, name: str, read: ItemReader, known: Known
) -> Iterator[Event]:
    for item in nested.items(parts, name, source):
        yield from attempt(lambda item: read(item, known), item, name)


def _item(source: Source, known: Known) -> Iterator[Event]:
    """Read an item once for every account it concerns."""
    head = _HEAD.decode(source.raw)
    if head.timestamp is not None:
        source = msgspec.structs.replace(source, time=milliseconds(head.timestamp))
    parts = nested.parts(source)
    for owned in _owned(source, known, head):
        if isinstance(owned, Source):
            yield from _parts(owned, parts, head)
        else:
            yield owned


def _parts(source: Source, parts: Parts, head: wire.Head) -> Iterator[Event]:
    found = {key: raw for key, raw in parts.items() if key not in _AROUND and bytes(raw) != b"null"}
    readable = [key for key in found if key in _READERS]
    if not readable:
        # One notice for the whole item, however many new keys it has.
        told = [key for key in found if key in _UNMODELLED]
        yield notice(
            source,
            "unmodelled" if told else "unknown",
            (told or list(found) or ["standby" if source.standby else "messaging"])[0],
            facts=_facts(found),
            contact=updates.person(source, head),
        )
        return
    for key, raw in found.items():
        part = source.item(bytes(raw), f".{key}")
        if read := _READERS.get(key):
            yield from _part(part, read, head, key)
        else:
            reason: Reason = "unmodelled" if key in _UNMODELLED else "unknown"
            about = updates.person(source, head)
            yield notice(part, reason, key, facts=_facts({key: raw}), contact=about)


def _part(source: Source, read: PartReader, head: wire.Head, key: str) -> list[Event]:
    return attempt(lambda source: read(source, head), source, key)


def _facts(parts: Parts) -> dict[str, str | int | float | bool | None]:
    return flat_facts(plain_json({key: msgspec.json.decode(raw) for key, raw in parts.items()}))


def _change(source: Source, known: Known) -> Iterator[Event]:
    field, value = nested.change(source)
    match source.dialect.fields.get(field):
        case "item":
            standby = source.standby or field == "standby"
            value = msgspec.structs.replace(value, standby=standby)
            yield from attempt(partial(_item, known=known), value, field)
        case kind:
            for owned in _owned(value, known, wire.Head()):
                if not isinstance(owned, Source):
                    yield owned
                elif kind == "template":
                    yield from attempt(changes.template, owned, field)
                else:
                    yield from attempt(partial(changes.other, field=field), owned, field)


def _owned(source: Source, known: Known, head: wire.Head) -> Iterator[Source | Event]:
    """Yield the item for each account it concerns, or a notice that it concerns none."""
    if not known:
        yield source
        return
    parties = (head.recipient or people.NOBODY, head.sender or people.NOBODY)
    named = [str(each.id) for each in parties if each.id is not None] + [source.owner]
    accounts = next((known[each] for each in named if each in known), ())
    if not accounts:
        yield notice(source, "unknown_account", "account", facts={"entry_id": source.owner})
    for account in accounts:
        yield msgspec.structs.replace(source, account=account)


def _time(raw: msgspec.Raw) -> int | None:
    """Return the time of an entry; None where it tells none that could be one."""
    value = msgspec.json.decode(raw)
    try:
        return milliseconds(value) if isinstance(value, int | float | str) else None
    except ItemBroken:
        return None


_LISTS: Final[Mapping[str, ItemReader]] = MappingProxyType(
    {"messaging": _item, "standby": _item, "changes": _change}
)
"""The lists of an entry, in the order they are read, and what reads an item of each."""
