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
from gateway_whatsapp.source import NeedsRaw, Source, people_of
from gateway_whatsapp.walk import OBJECT, walk

_OBJECTS: Final = frozenset({OBJECT, ""})
_ENVELOPE: Final = msgspec.json.Decoder(wire.Envelope)


def events(request: WebhookRequest, account: str) -> Sequence[Event]:
    """Return the events that a webhook body is, in its order.

    Args:
        request: Verified; its ``accounts`` say whose items it may carry.
        account: Takes what names no account of ours.

    Raises:
        BodyMalformed: The body is not a JSON object.
    """
    found: list[Event] = []
    try:
        envelope = _ENVELOPE.decode(request.body)
        for entry in envelope.entry if envelope.object in _OBJECTS else ():
            for change in entry.changes:
                _change(change, request, account, found)
    except Exception:  # noqa: BLE001 - whatever it is, the walk finds the one item to blame
        found = []
    return found or walk(request, account)


def _change(change: wire.Change, request: WebhookRequest, account: str, found: list[Event]) -> None:
    value = change.value
    owners = accounts.of_number(request.accounts, value.metadata.phone_number_id, account)
    messages, statuses, errors = value.messages, value.statuses, value.errors
    if change.field != "messages" or not owners or not (messages or statuses or errors):
        raise NeedsRaw
    people = people_of(value.contacts)
    # Only errors need to know what they were told beside.
    beside = _ids(value) if errors else ""
    for owner in owners:
        source = Source(owner, request.received_at, people, errors, beside)
        # Most of the lists are empty most of the time.
        if messages:
            found += [message_event(each, source) for each in messages]
        if statuses:
            found += [status_event(each, source) for each in statuses]
        if errors:
            found += [error_event(each, source) for each in errors]


def _ids(value: wire.Value) -> str:
    ids = [each.id for each in value.messages] + [each.id for each in value.statuses]
    return " ".join(ids)
