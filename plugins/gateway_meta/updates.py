"""Items of ``messaging[]`` that are no messages: receipts, entry points, consent, handover."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, Literal

import msgspec

from gateway.api import (
    AccountAlert,
    AccountChange,
    AccountUpdated,
    Alert,
    Consent,
    Contact,
    ContactChange,
    ContactOptedIn,
    ContactOptedOut,
    ContactReferred,
    ContactUpdated,
    Event,
    Fact,
    Form,
    ItemBroken,
    Json,
    MessageStatus,
    Status,
    digest_of,
    event_id,
    flat_facts,
    plain_json,
)
from gateway_meta import people, referrals, wire
from gateway_meta.source import Source, milliseconds
from gateway_meta.taps import tapped

PLUGIN: Final = "messages"
"""Topic of a consent given by ticking a checkbox of ours: to be written to at all."""

_PLACED: Final = frozenset(wire.OptIn.__struct_fields__)

_DELIVERY: Final = msgspec.json.Decoder(wire.Delivery)
_READ: Final = msgspec.json.Decoder(wire.Read)
_REFERRAL: Final = msgspec.json.Decoder(wire.Referral)
_OPT_IN: Final = msgspec.json.Decoder(wire.OptIn)
_POLICY: Final = msgspec.json.Decoder(wire.Policy)
_HANDOVER: Final = msgspec.json.Decoder(wire.Handover)
_FEEDBACK: Final = msgspec.json.Decoder(wire.Feedback)


def delivery(source: Source, head: wire.Head) -> Iterator[Event]:
    """Yield one status for each message named; for the watermark alone where none is."""
    told = _DELIVERY.decode(source.raw)
    if told.mids:
        for mid in told.mids:
            yield _status(source, head, "delivered", mid, told.watermark)
    else:
        yield _status(source, head, "delivered", None, told.watermark)


def read(source: Source, head: wire.Head) -> Iterator[Event]:
    """Yield the status of a message that was read, or of all until a watermark."""
    told = _READ.decode(source.raw)
    yield _status(source, head, "read", told.mid or None, told.watermark)


def _status(
    source: Source,
    head: wire.Head,
    name: Literal["delivered", "read"],
    mid: str | None,
    watermark: wire.Time | None,
) -> MessageStatus:
    until = None if watermark is None else milliseconds(watermark, ".watermark")
    if mid is None and until is None:
        raise ItemBroken("", "expected a mid or a watermark, got none")
    timestamp = until if source.time is None and until is not None else source.timestamp()
    contact = people.contact(source.dialect, head.sender)
    what = mid or str(until)
    return MessageStatus(
        id=event_id(timestamp, source.account, "message.status", what, name, contact.id),
        at=source.at,
        channel=source.channel,
        account=source.account,
        contact=contact,
        status=Status(status=name, timestamp=timestamp, platform_id=mid, watermark=until),
    )


def referral(source: Source, head: wire.Head) -> Iterator[Event]:
    """Yield that a person came by a link or an ad into a conversation that exists."""
    told = _REFERRAL.decode(source.raw)
    contact = people.contact(source.dialect, head.sender)
    own = event_id(
        source.timestamp(), source.account, "contact.referred", contact.id, digest_of(source.raw)
    )
    yield ContactReferred(
        id=own,
        at=source.at,
        channel=source.channel,
        account=source.account,
        contact=contact,
        referral=referrals.referral(told),
    )


def opt_in(source: Source, head: wire.Head) -> Iterator[Event]:
    """Yield a ticked checkbox, or a subscription begun or ended."""
    told = _OPT_IN.decode(source.raw)
    contact = people.contact(source.dialect, head.sender, told.user_ref)
    timestamp = source.timestamp()
    until = told.token_expiry_timestamp
    consent = Consent(
        topic=_topic(told),
        source="form",
        timestamp=timestamp,
        detail=told.title,
        reference=told.payload or told.ref,
        token=told.notification_messages_token,
        frequency=told.notification_messages_frequency,
        expires_at=None if until is None else milliseconds(until, ".token_expiry_timestamp"),
        facts=_rest(source),
    )
    out = (told.notification_messages_status or "").upper().startswith("STOP")
    kind = "contact.opted_out" if out else "contact.opted_in"
    own = event_id(timestamp, source.account, kind, contact.id, digest_of(source.raw))
    yield (ContactOptedOut if out else ContactOptedIn)(
        id=own,
        at=source.at,
        channel=source.channel,
        account=source.account,
        contact=contact,
        consent=consent,
    )


def _rest(source: Source) -> dict[str, Fact]:
    """Return what an opt-in tells beyond what has a place of its own."""
    told = flat_facts(plain_json(msgspec.json.decode(source.raw)))
    return {name: value for name, value in told.items() if name not in _PLACED}


def _topic(told: wire.OptIn) -> str:
    match told.type:
        case None | "":
            return PLUGIN
        case "notification_messages":
            return "marketing"
        case other:
            return other


def linking(source: Source, head: wire.Head) -> Iterator[Event]:
    """Yield that a person linked their account of ours, or cut the link."""
    contact = people.contact(source.dialect, head.sender)
    timestamp = source.timestamp()
    yield ContactUpdated(
        id=event_id(
            timestamp, source.account, "contact.updated", contact.id, digest_of(source.raw)
        ),
        at=source.at,
        channel=source.channel,
        account=source.account,
        contact=contact,
        change=ContactChange(aspect="link", timestamp=timestamp, facts=_facts(source)),
    )


def policy(source: Source, head: wire.Head) -> Iterator[Event]:
    """Yield what Meta does about a page that broke its policies."""
    del head
    told = _POLICY.decode(source.raw)
    severity: Literal["critical", "warning", "info"] = "warning"
    if told.action in ("block", "unblock"):
        severity = "critical" if told.action == "block" else "info"
    yield AccountAlert(
        id=event_id(source.time or 0, source.account, "account.alert", digest_of(source.raw)),
        at=source.at,
        channel=source.channel,
        account=source.account,
        alert=Alert(
            severity=severity,
            code=f"policy_{told.action}",
            text=told.reason or f"Meta's policy enforcement: {told.action}",
            facts=_facts(source),
        ),
    )


def handover(source: Source, head: wire.Head) -> Iterator[Event]:
    """Yield that a conversation was passed, taken or asked for by an app."""
    told = _HANDOVER.decode(source.raw)
    event = source.path.rpartition(".")[2]
    new = told.requested_owner_app_id or told.new_owner_app_id
    facts = {"event": event, **_facts(source)}
    if head.sender is not None and head.sender.id is not None:
        facts["contact"] = str(head.sender.id)
    yield _account_updated(
        source,
        AccountChange(
            aspect="handover",
            new=None if new is None else str(new),
            previous=_text(told.previous_owner_app_id),
            detail=told.metadata,
            facts=facts,
        ),
    )


def roles(source: Source, head: wire.Head) -> Iterator[Event]:
    """Yield which apps hold which role in the conversations of this page."""
    del head
    yield _account_updated(
        source, AccountChange(aspect="handover", facts={"event": "app_roles", **_facts(source)})
    )


def _account_updated(source: Source, change: AccountChange) -> AccountUpdated:
    about = str(change.facts.get("contact", ""))
    known = (str(change.facts["event"]), about, digest_of(source.raw))
    return AccountUpdated(
        id=event_id(source.time or 0, source.account, "account.updated", *known),
        at=source.at,
        channel=source.channel,
        account=source.account,
        change=change,
    )


def feedback(source: Source, head: wire.Head) -> Iterator[Event]:
    """Yield a filled feedback form: answers by the question's id."""
    told = _FEEDBACK.decode(source.raw)
    answers: dict[str, Json] = {}
    for screen in told.feedback_screens:
        for question, answer in screen.questions.items():
            answers[question] = plain_json(answer.payload)
            if answer.type is not None:
                answers[f"{question}.type"] = answer.type
            if answer.follow_up is not None:
                answers[f"{question}.follow_up"] = plain_json(_payload(answer.follow_up))
    form = Form(name="feedback", response=answers)
    yield tapped(source, head, form, "feedback", digest_of(source.raw))


def _payload(follow_up: Any) -> Any:
    return follow_up.get("payload", follow_up) if isinstance(follow_up, dict) else follow_up


def response_feedback(source: Source, head: wire.Head) -> Iterator[Event]:
    """Yield a thumb up or down on one of our answers."""
    answers = plain_json(msgspec.json.decode(source.raw))
    if not isinstance(answers, dict):
        raise ItemBroken("", f"expected an object, got {str(answers)[:40]!r}")
    form = Form(name="response_feedback", response=answers)
    yield tapped(source, head, form, "response_feedback", digest_of(source.raw))


def _text(value: wire.Id | None) -> str | None:
    return None if value is None else str(value)


def _facts(source: Source) -> dict[str, Fact]:
    found = flat_facts(plain_json(msgspec.json.decode(source.raw)))
    if not found:
        raise ItemBroken("", "expected an object that tells something, got none")
    return found


def person(source: Source, head: wire.Head) -> Contact | None:
    """Return who an item without a type of ours is about, if it tells."""
    try:
        return people.contact(source.dialect, head.sender)
    except ItemBroken:
        return None
