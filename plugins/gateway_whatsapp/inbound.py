"""A webhook body made into events, two ways with one result.

The fast way decodes the whole body in one go into typed values and is taken by every body that
holds nothing but sound messages and statuses of accounts we know. Whatever else there is, the
body is walked item by item (``walk``), so that one broken item costs nothing but itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from gateway.api import Event, WebhookRequest
from gateway_whatsapp import accounts, wire
from gateway_whatsapp.messages import error_event, message_event, status_event
from gateway_whatsapp.source import NeedsRaw, People, Source
from gateway_whatsapp.walk import OBJECT, walk

_ENVELOPE: Final = msgspec.json.Decoder(wire.Envelope)


def events(request: WebhookRequest, account: str) -> Sequence[Event]:
    """Return the events that a webhook body is, in its order.

    Args:
        request: Verified; its ``accounts`` say whose items it may carry.
        account: Takes what names no account of ours.

    Raises:
        BodyMalformed: The body is not a JSON object.
    """
    try:
        found = _read(_ENVELOPE.decode(request.body), request, account)
    except Exception:  # noqa: BLE001 - whatever it is, the walk finds the one item to blame
        found = []
    return found or walk(request, account)


def _read(envelope: wire.Envelope, request: WebhookRequest, account: str) -> list[Event]:
    if envelope.object not in (OBJECT, ""):
        raise NeedsRaw
    found: list[Event] = []
    for entry in envelope.entry:
        for change in entry.changes:
            _change(change, request, account, found)
    return found


def _change(change: wire.Change, request: WebhookRequest, account: str, found: list[Event]) -> None:
    value = change.value
    metadata = value.metadata
    owners = accounts.of_number(request.accounts, metadata.phone_number_id, account)
    if change.field != "messages" or not owners:
        raise NeedsRaw
    if not (value.messages or value.statuses or value.errors):
        raise NeedsRaw
    # Only errors need to know what they were told beside.
    beside = _ids(value) if value.errors else ""
    people = People(value.contacts)
    for owner in owners:
        source = Source(owner, request.received_at, people, value.errors, beside)
        found += [message_event(each, source) for each in value.messages]
        found += [status_event(each, source) for each in value.statuses]
        found += [error_event(each, source) for each in value.errors]


def _ids(value: wire.Value) -> str:
    ids = [each.id for each in value.messages] + [each.id for each in value.statuses]
    return " ".join(ids)
