"""Every recorded body through ``parse``: the right kinds, and what other projects expect."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from gateway.api import (
    ContactReferred,
    Event,
    MessageEchoed,
    MessageEdited,
    MessageReceived,
    PlatformNotice,
    Sticker,
    Text,
    WebhookRequest,
)
from gateway_messenger.inbound import events

CORPUS = Path(__file__).parents[2] / "corpus" / "messenger"


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


def parsed(recorded: Recorded) -> Sequence[Event]:
    return events(WebhookRequest(body=bytes(recorded.body), received_at=1), "page")


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
    "account_linking": {("contact.updated",)},
    "attachments_mixed": {
        ("message.received image", "message.received share", "message.received location")
    },
    "audio": {("message.received audio",)},
    "batch": {
        ("message.received text",) * 2,
        ("message.received text",) * 2 + ("message.received choice",) * 3,
    },
    "change": {
        ("platform.notice unmodelled",),
        ("platform.notice unknown",),  # field foo
    },
    "deleted": {("message.deleted",)},
    "delivery": {("message.status",), ("message.status", "message.status")},
    "echo": {
        ("message.echoed text",),
        ("message.echoed video",),
        ("message.echoed location",),
        ("message.echoed other",),  # a template
        ("message.echoed choice", "message.echoed image"),
        ("message.echoed unsupported",),  # an id and nothing else
    },
    "edit": {("message.edited text",)},
    "fallback": {("message.received share",)},
    "file": {("message.received document",)},
    "game_play": {("platform.notice unmodelled",)},
    "handover": {("account.updated",)},
    "ig_reel": {("message.received share",)},
    "image": {("message.received image",)},
    "location": {("message.received location",)},
    "messages_change": {("platform.notice unknown",)},  # a test of the dashboard: an id, no message
    "optin": {("contact.opted_in",), ("contact.opted_out",)},
    "other_event": {("platform.notice unmodelled",)},
    "other_object": {("platform.notice unknown",)},
    "payment": {("platform.notice unmodelled",)},
    "policy": {("account.alert",)},
    "postback": {("message.received choice",)},
    "postback_referral": {("message.received choice",)},
    "quick_reply": {
        ("message.received choice",),
        ("message.received choice", "message.received image"),
    },
    "reaction": {("message.received reaction",)},
    "read": {("message.status",)},
    "referral": {("contact.referred",)},
    "reply": {("message.received text",)},
    "standby": {
        ("platform.notice unknown",),  # nobody says what happened
        ("message.received text", "platform.notice unknown", "platform.notice unknown"),
    },
    "sticker": {("message.received sticker",)},
    "story_reply": {("message.received story",)},
    "template": {
        ("message.received share",),
        ("message.received text", "message.received share"),
    },
    "text": {("message.received text",)},
    "text_nlp": {("message.received text",)},
    "unreact": {("message.received reaction",)},
    "unsupported": {("message.received unsupported",)},
    "video": {("message.received video",)},
}

MALFORMED = {
    "057-malformed-unknown-messaging-entry": ("platform.notice unknown",),
    "058-malformed-not-page": ("platform.notice unknown",),
    # Ids that are no numbers still say who wrote: nothing is gained by losing the message.
    "059-malformed-invalid-urn": ("message.received text",),
    "060-malformed-botman-driver-31": ("platform.notice unknown",),
    "061-malformed-throw-exception-if-object-type-is-not-page": ("platform.notice unknown",),
    "062-malformed-botbuilder-event-all-null": ("platform.notice unknown",),
    # Nobody asks for its page here; where accounts are known the entry's page decides.
    "063-malformed-different-page": ("message.received text",),
    "064-malformed-no-messaging-entries": ("platform.notice broken",),
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


COURIER = [
    name
    for name, each in RECORDED.items()
    if isinstance(each.expect, list) and "asserts" not in each.expect[0]
]


@pytest.mark.parametrize("name", COURIER)
def test_a_body_says_what_courier_reads_in_it(name: str) -> None:
    event = parsed(RECORDED[name])[0]
    for row in RECORDED[name].expect:
        if "text" in row:
            assert isinstance(event, MessageReceived)
            assert readable(event) == row["text"]
        if "urn" in row:
            assert isinstance(event, MessageReceived)
            assert f"facebook:{event.contact.id}" == row["urn"]
        if "external_id" in row:
            assert isinstance(event, MessageReceived)
            assert event.message.platform_id == row["external_id"]
        if "date" in row:
            assert isinstance(event, MessageReceived)
            assert event.message.timestamp == milliseconds(row["date"])
        if "attachments" in row:
            assert isinstance(event, MessageReceived)
            content = event.message.content
            # Courier makes places geo: addresses; here they stay places.
            assert hasattr(content, "media") or hasattr(content, "latitude")
        for entry_point in row.get("events", ()):
            agrees(event, entry_point)


def readable(event: MessageReceived) -> str | None:
    """The text that Courier makes of a message."""
    match event.message.content:
        case Text(text=text):
            return text
        case Sticker(emoji=emoji):
            return emoji
        case _:
            return ""


def milliseconds(date: str) -> float:
    return datetime.fromisoformat(date).timestamp() * 1000


def agrees(event: Event, stated: dict[str, Any]) -> None:
    """Courier's own events: here a postback is a message, and a referral travels with it."""
    assert isinstance(event, MessageReceived | ContactReferred)
    assert f"facebook:{event.contact.id}" == stated["URN"]
    flat = msgspec.json.encode(event).decode()
    for name, value in stated["Extra"].items():
        # The platform's words for where they came from are made ours.
        if name not in ("source", "type"):
            assert f'"{value}"' in flat, name
    if isinstance(event, MessageReceived):
        assert event.message.timestamp == milliseconds(stated["Time"])


DIFFERENT = {
    # So few milliseconds are 1970; Meta sends seconds now and then, and these would be 2009.
    "Instant.ofEpochMilli(1234567890L)",
    # Said by the class of an event or by a fact's name, not by its value.
    *("true", "false", "empty", "new", "1"),
    # The kind of a referral is the same for all of them.
    *('"OPEN_THREAD"', '"MESSENGER_CODE"', '"DISCOVER_TAB"', '"<SHORTLINK>"'),
    # A message's first words came through this plugin, which only tells what came before.
    '"checkbox_plugin"',
}
ASSERTED = [
    pytest.param(name, looked_at, value, id=f"{name}-{looked_at}")
    for name, each in RECORDED.items()
    if isinstance(each.expect, list)
    for looked_at, value in each.expect[0].get("asserts", {}).items()
    # Our own page is in the settings; an event names the account instead.
    if not re.search(r"recipientId|echo.*senderId", looked_at, re.IGNORECASE)
    if value not in DIFFERENT and not re.fullmatch(r"[A-Za-z]+(\.[A-Za-z]+)*\.[A-Z_]+", value)
]


@pytest.mark.parametrize(("name", "looked_at", "value"), ASSERTED)
def test_a_body_says_what_messenger4j_reads_in_it(name: str, looked_at: str, value: str) -> None:
    flat = b"".join(msgspec.json.encode(event) for event in parsed(RECORDED[name])).decode()
    # Their names for things are not ours; that the value is there, whole, is what is checked.
    if moment := re.fullmatch(r"Instant\.ofEpochMilli\((\d+)L\)", value):
        # Where an event has no time of its own, its id begins with the platform's.
        assert moment[1] in flat or f"{int(moment[1]):012x}" in flat
    else:
        assert value.strip('"') in flat, looked_at


def test_every_assertion_of_messenger4j_is_looked_at() -> None:
    assert len(ASSERTED) > 30
