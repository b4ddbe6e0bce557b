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
from gateway_whatsapp.source import NeedsRaw, Source
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
        found: list[Event] = []
        envelope = _ENVELOPE.decode(request.body)
        if envelope.object not in (OBJECT, ""):
            raise NeedsRaw
        for entry in envelope.entry:
            for change in entry.changes:
                _read(change, request, account, found)
    except Exception:  # noqa: BLE001 - whatever it is, the walk finds the one item to blame
        return walk(request, account)
    return found or walk(request, account)


def _read(change: wire.Change, request: WebhookRequest, account: str, found: list[Event]) -> None:
    value = change.value
    metadata = value.metadata
    owners = accounts.of_number(request.accounts, metadata.phone_number_id, account)
    if change.field != "messages" or not owners:
        raise NeedsRaw
    if not (value.messages or value.statuses or value.errors):
        raise NeedsRaw
    # Only errors need to know what they were told beside.
    beside = (
        " ".join(each.id for each in (*value.messages, *value.statuses)) if value.errors else ""
    )
    for owner in owners:
        source = Source(owner, request.received_at, value.contacts, value.errors, beside)
        for message in value.messages:
            found.append(message_event(message, source))
        for status in value.statuses:
            found.append(status_event(status, source))
        for error in value.errors:
            found.append(error_event(error, source))
