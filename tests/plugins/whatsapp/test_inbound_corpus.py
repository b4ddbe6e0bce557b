"""Every recorded body through ``parse``: the right kinds, and what other projects expect."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from gateway.api import (
    AccountAlert,
    Choice,
    Contacts,
    ContactUpdated,
    Event,
    Form,
    MessageEchoed,
    MessageEdited,
    MessageReceived,
    MessageStatus,
    PlatformNotice,
    Text,
    WebhookRequest,
)
from gateway_whatsapp.inbound import events
from gateway_whatsapp.walk import walk

CORPUS = Path(__file__).parents[2] / "corpus" / "whatsapp"


class Recorded(msgspec.Struct):
    source: str
    kind: str
    notes: str
    body: msgspec.Raw
    expect: Any = None


RECORDED = {
    path.stem: msgspec.json.decode(path.read_bytes(), type=Recorded)
    for path in sorted(CORPUS.glob("*.json"))
}


def request(recorded: Recorded) -> WebhookRequest:
    return WebhookRequest(body=bytes(recorded.body), received_at=1_800_000_000_000)


def parsed(recorded: Recorded) -> Sequence[Event]:
    return events(request(recorded), "wa-main")


def word(event: Event) -> str:
    """An event's type, with the kind of its content or the reason of its notice."""
    name = str(event.__struct_config__.tag)
    match event:
        case PlatformNotice(notice=notice):
            return f"{name} {notice.reason}"
        case MessageReceived() | MessageEdited() | MessageEchoed():
            return f"{name} {event.message.content.__struct_config__.tag}"
        case _:
            return name


KINDS: dict[str, set[tuple[str, ...]]] = {
    "account_event": {
        ("account.alert",),
        ("account.updated",),
        ("platform.notice unmodelled",),  # automatic_events
    },
    "audio": {("message.received audio",)},
    "batch": {
        ("message.received text", "message.received text"),
        ("message.received text", "message.received reaction"),
        (
            "message.received text",
            "message.received location",
            "message.received reaction",
            "message.received sticker",
            "contact.opted_out",
            "contact.opted_out",
        ),
    },
    "button": {("message.received choice",)},
    "call_event": {
        ("platform.notice unmodelled",),
        ("platform.notice unmodelled", "account.alert"),  # with value.errors
    },
    "contacts": {("message.received contacts",)},
    "document": {("message.received document",)},
    "edit": {("message.edited image",)},
    "errors": {("account.alert",)},
    "group_event": {("account.updated",)},
    "image": {("message.received image",)},
    "interactive_button_reply": {("message.received choice",)},
    "interactive_call_permission_reply": {("message.received call_permission",)},
    "interactive_list_reply": {("message.received choice",)},
    "interactive_nfm_reply": {("message.received form",)},
    "interactive_payment_method": {("message.received other",)},
    "interactive_payment_notification": {("message.received other",)},
    "interactive_unknown": {("message.received unsupported", "account.alert")},
    "location": {("message.received location",)},
    "message_echo": {("message.echoed text",)},
    "order": {
        ("message.received order",),
        ("platform.notice broken",),  # words where numbers belong: a page's placeholders
    },
    "reaction": {("message.received reaction",)},
    "revoke": {("message.deleted",)},
    "status_delivered": {("message.status",)},
    "status_failed": {("message.status",)},
    "status_played": {("message.status",)},
    "status_read": {("message.status",)},
    "status_sent": {("message.status",)},
    "sticker": {("message.received sticker",)},
    "system": {("contact.updated",)},
    "template_event": {("template.updated",)},
    "text": {("message.received text",)},
    "text_forwarded": {("message.received text",)},
    "text_product_inquiry": {("message.received text",)},
    "text_referral": {("message.received text",)},
    "text_reply": {("message.received text",)},
    "unknown_field": {("platform.notice unknown",)},
    "unreaction": {("message.received reaction",)},
    "unsupported": {("message.received unsupported",)},
    "user_id_update": {("contact.updated",)},
    "user_preferences": {("contact.opted_in",)},
    "video": {("message.received video",)},
    "voice": {("message.received audio",)},
}

MALFORMED = {
    # Ids that are no phone number still say who wrote: nothing is gained by losing the message.
    "069-malformed-invalid-from": ("message.received text",),
    # Nobody asks for its account here; where accounts are known this is an unknown one.
    "070-malformed-notchanneladdress": ("message.received text",),
    # An empty share is still a message of the contact, and opens the window.
    "071-malformed-empty-contacts": ("message.received contacts",),
    # A type that is new to us is kept whole, not dropped.
    "072-malformed-invalid-type-msg": ("message.received other",),
    "073-malformed-nfm-reply-non-object": ("message.received form",),
    "074-malformed-empty-object": ("platform.notice broken",),
    # Known from older versions and of no use; told, not dropped.
    "075-malformed-ignore-status": ("platform.notice unmodelled",),
    "076-malformed-no-from": ("platform.notice broken",),
    "077-malformed-invalid-timestamp": ("platform.notice broken",),
    "078-malformed-hello-invalid-user-id": ("message.received text",),
}


@pytest.mark.parametrize("name", RECORDED)
def test_a_recorded_body_becomes_the_events_of_its_kind(name: str) -> None:
    found = tuple(word(event) for event in parsed(RECORDED[name]))
    if RECORDED[name].kind == "malformed":
        assert found == MALFORMED[name]
    else:
        assert found in KINDS[RECORDED[name].kind]


@pytest.mark.parametrize("name", RECORDED)
def test_the_events_of_a_recorded_body_survive_the_wire(name: str) -> None:
    for event in parsed(RECORDED[name]):
        packed = msgspec.msgpack.encode(event)
        assert msgspec.msgpack.decode(packed, type=Event) == event
        written = msgspec.json.encode(event)
        assert msgspec.json.decode(written, type=Event) == event


@pytest.mark.parametrize("name", RECORDED)
def test_both_ways_through_a_body_have_one_result(name: str) -> None:
    found = parsed(RECORDED[name])
    assert list(found) == walk(request(RECORDED[name]), "wa-main")


def test_every_voice_note_is_one() -> None:
    for recorded in RECORDED.values():
        if recorded.kind in ("voice", "audio"):
            (event,) = parsed(recorded)
            voice = recorded.kind == "voice"
            assert isinstance(event, MessageReceived)
            assert event.message.content.voice is voice  # type: ignore[union-attr]  # of these kinds


COURIER = [
    name
    for name, each in RECORDED.items()
    if isinstance(each.expect, list) and "asserts" not in each.expect[0]
]


@pytest.mark.parametrize("name", COURIER)
def test_a_body_says_what_courier_reads_in_it(name: str) -> None:
    found = parsed(RECORDED[name])
    for row in RECORDED[name].expect:
        # One row describes the first message; a duplicate in the same body has the same facts.
        _agrees(found[0], row, name)
        _agrees_on_the_rest(found[0], row)


def _agrees(event: Event, row: dict[str, Any], name: str) -> None:
    if "urn" in row:
        assert isinstance(event, MessageReceived)
        _, _, urn = row["urn"].partition(":")
        assert urn in {each.value for each in event.contact.addresses}, name
    if "external_id" in row and isinstance(event, MessageReceived):
        assert event.message.platform_id == row["external_id"]
    if "date" in row:
        assert isinstance(event, MessageReceived)
        stated = datetime.fromisoformat(row["date"])
        assert event.message.timestamp == stated.timestamp() * 1000
    if "text" in row:
        assert _readable(event) == row["text"]
    if "attachments" in row:
        assert isinstance(event, MessageReceived)
        content = event.message.content
        # Courier makes places geo: addresses; here they stay places.
        assert hasattr(content, "media") or hasattr(content, "latitude")
    if isinstance(row.get("statuses"), list):
        assert isinstance(event, MessageStatus)
        assert event.status.platform_id == row["statuses"][0]["ExternalID"]
        assert row["statuses"][0]["Status"] == "MsgStatusFailed"
        assert event.status.status == "failed"
    if row.get("statuses") == "S":
        assert isinstance(event, MessageStatus)
        assert event.status.status == "sent"


def _agrees_on_the_rest(event: Event, row: dict[str, Any]) -> None:
    for error in row.get("errors", ()):
        _same_error(event, *error["args"])
    if row.get("new_urn", {}).get("Value"):
        # Courier adds the user id to the number; here it is the better of two addresses.
        assert isinstance(event, MessageReceived)
        assert event.contact.id == row["new_urn"]["Value"].partition(":")[2]
    if "user_id_update" in row.get("response_contains", ""):
        assert isinstance(event, ContactUpdated)
        assert any(each in row["response_contains"] for each in event.change.previous)
        assert any(each.value in row["response_contains"] for each in event.contact.addresses)


def _readable(event: Event) -> str | None:
    """The text that Courier makes of a message."""
    assert isinstance(event, MessageReceived)
    match event.message.content:
        case Text(text=text):
            return text
        case Choice(title=title):
            return title
        case Form(text=text):
            return text
        case Contacts(contacts=cards):
            return ", ".join(phone.number for card in cards for phone in card.phones)
        case content:
            # Courier keeps a place's name to itself.
            return getattr(content, "caption", "")


def _same_error(event: Event, code: str, text: str) -> None:
    match event:
        case AccountAlert(alert=alert):
            assert (alert.code, alert.facts["title"]) == (code, text)
        case MessageStatus(status=status):
            assert status.error is not None
            assert (status.error.code, status.error.title) == (code, text)
        case _:
            pytest.fail(f"no error in {word(event)}")


def asserted(name: str) -> dict[str, str]:
    """What a source's test asserts: what is looked at, and the value without its quotes."""
    (row,) = RECORDED[name].expect
    return {
        looked_at.partition("->")[2].replace("()", ""): value.strip("'")
        for looked_at, value in row["asserts"].items()
    }


NETFLIE = [
    name
    for name, each in RECORDED.items()
    if isinstance(each.expect, list) and "asserts" in each.expect[0]
]

DIFFERENT = {
    # The sender of the message and the person beside it disagree on this page of placeholders;
    # who wrote is what the message says.
    ("027-button-a", "customer->id"),
    ("027-button-a", "customer->name"),
    # Our own number is in the settings; an event names the account instead.
    ("027-button-a", "businessPhoneNumber"),
    ("027-button-a", "businessPhoneNumberId"),
    # A page's placeholder: there are ads and there are posts.
    ("027-button-a", "referral->sourceType"),
    # The sender of the message and the person beside it disagree here too.
    ("125-text-keep-wa-id-priority-when-user-id-is-present", "customer->id"),
    # The user id is the better key, where it has the platform's form; here it has not.
    ("125-text-keep-wa-id-priority-when-user-id-is-present", "customer->idType"),
    ("125-text-keep-wa-id-priority-when-user-id-is-present", "customer->userId"),
    ("118-text-a-with-bsuid-only-and-no-from", "customer->idType"),
    # Conversations are gone from the platform since version 24.
    ("087-status-delivered-a-status-with-pricing", "conversationId"),
    # Its numbers are words: a page's placeholders, and no order.
    *(("082-order-an-order", each) for each in asserted("082-order-an-order")),
}


@pytest.mark.parametrize(
    ("name", "looked_at", "value"),
    [
        (name, looked_at, value)
        for name in NETFLIE
        for looked_at, value in asserted(name).items()
        if value and (name, looked_at) not in DIFFERENT
    ],
)
def test_a_body_says_what_netflie_reads_in_it(name: str, looked_at: str, value: str) -> None:
    (event,) = parsed(RECORDED[name])
    flat = msgspec.json.encode(event).decode()
    # Their names for things are not ours; that the value is there, whole, is what is checked.
    assert msgspec.json.encode(value).decode() in flat, looked_at
