"""Calls and groups: told as they are, with their facts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from gateway.api import (
    AccountChange,
    AccountUpdated,
    Event,
    ItemBroken,
    digest_of,
    event_id,
    flat_facts,
    plain_json,
)
from gateway_meta.notices import notice
from gateway_whatsapp import people, updates
from gateway_whatsapp.source import CHANNEL, Source, milliseconds

_CALL: Final = msgspec.json.Decoder(updates.Call)
_CALL_STATUS: Final = msgspec.json.Decoder(updates.CallStatus)
_GROUP: Final = msgspec.json.Decoder(updates.GroupUpdate)


def call(source: Source) -> Iterable[Event]:
    """Read one of ``calls[]``: a call begins or ends."""
    raw = source.raw
    told = _CALL.decode(raw)
    outgoing = told.direction == "BUSINESS_INITIATED"
    contact = (
        people.contact(source.people, told.to, told.to_user_id, told.to_parent_user_id)
        if outgoing
        else people.contact(source.people, told.sender, told.from_user_id, told.from_parent_user_id)
    )
    facts = flat_facts(plain_json(msgspec.json.decode(raw)))
    facts.pop("session.sdp", None)  # Pages of network addresses; whole in the raw form.
    time = milliseconds(told.timestamp)
    return (notice(source, "unmodelled", "call", facts=facts, contact=contact, time=time),)


def call_status(source: Source) -> Iterable[Event]:
    """Read one of the ``statuses[]`` of calls: ringing, accepted, rejected."""
    raw = source.raw
    told = _CALL_STATUS.decode(raw)
    contact = people.contact(
        source.people,
        told.recipient_id,
        told.recipient_user_id,
        told.recipient_parent_user_id,
    )
    facts = flat_facts(plain_json(msgspec.json.decode(raw)))
    time = milliseconds(told.timestamp)
    return (notice(source, "unmodelled", "call_status", facts=facts, contact=contact, time=time),)


def group(source: Source) -> Iterable[Event]:
    """Read one of ``groups[]``: a group was made, changed, suspended, joined or left."""
    raw = source.raw
    told = _GROUP.decode(raw)
    timestamp = milliseconds(told.timestamp)
    if not told.type:
        raise ItemBroken(".type", "expected what happened to the group, it is missing")
    return (
        AccountUpdated(
            id=event_id(timestamp, source.account, "account.updated", digest_of(raw)),
            at=source.at,
            channel=CHANNEL,
            account=source.account,
            change=AccountChange(
                aspect="group",
                new=told.type,
                facts=flat_facts(plain_json(msgspec.json.decode(raw))),
            ),
        ),
    )
