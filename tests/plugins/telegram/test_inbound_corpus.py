"""Every recorded body through ``parse``: the right kinds, and what other projects expect."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from gateway.api import (
    Contacts,
    ContactUpdated,
    Event,
    Form,
    Location,
    MessageEchoed,
    MessageEdited,
    MessageReceived,
    PlatformNotice,
    Text,
    WebhookRequest,
)
from gateway_telegram.channel import TelegramChannel

CORPUS = Path(__file__).parents[2] / "corpus" / "telegram"
CHANNEL = TelegramChannel(TelegramChannel.example())


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


def parsed(name: str) -> Sequence[Event]:
    request = WebhookRequest(body=bytes(RECORDED[name].body), received_at=1_800_000_000_000)
    return CHANNEL.parse(request)


def word(event: Event) -> str:
    """An event's type, with the kind of its content or the reason and subject of its notice."""
    name = str(event.__struct_config__.tag)
    match event:
        case PlatformNotice(notice=notice):
            return f"{name} {notice.reason} {notice.subject}"
        case MessageReceived() | MessageEdited() | MessageEchoed():
            return f"{name} {event.message.content.__struct_config__.tag}"
        case _:
            return name


def told(subject: str) -> tuple[str]:
    return (f"platform.notice unmodelled {subject}",)


def received(content: str) -> tuple[str]:
    return (f"message.received {content}",)


KINDS: dict[str, set[tuple[str, ...]]] = {
    "animation": {received("video")},
    "audio": {received("audio")},
    "business": {received("text"), ("account.updated",)},
    "callback_query": {received("choice")},
    "caption_only": {received("text")},
    "channel_post": {received("text"), ("message.edited text",)},
    "command": {received("text")},
    "contact": {received("contacts")},
    "dice": {received("dice")},
    "document": {received("document")},
    "edited_message": {("message.edited text",)},
    "file_unresolvable": {received("sticker")},  # the file is asked for later
    "forward": {received("text")},
    "game": {received("other")},
    "group_text": {received("text")},
    "inline": {told("inline_query")},
    "location": {received("location")},
    "membership": {told("chat_join_request"), told("chat_member")},
    "other_message": {received("other"), ("message.echoed text",)},  # one is of a bot
    "other_update": {
        received("text"),  # guest_message
        *(told(each) for each in ("chat_boost", "removed_chat_boost", "managed_bot")),
    },
    "payment": {
        received("payment"),
        (*received("payment"), *told("order_info")),
        *(told(each) for each in ("pre_checkout_query", "subscription", "shipping_query")),
        told("purchased_paid_media"),
    },
    "photo": {received("image")},
    "poll": {received("poll")},
    "poll_update": {received("poll_vote"), told("poll")},
    "reaction": {
        told("message_reaction_count"),
        (*received("reaction"), *received("reaction")),  # two were added
    },
    "reply": {received("text")},
    "shared": {received("other")},
    "sticker": {received("sticker")},
    "story": {received("story")},
    "text": {received("text")},
    "text_entities": {received("text")},
    "venue": {received("location")},
    "video": {received("video")},
    "video_note": {received("video")},
    "voice": {received("audio")},
    "web_app_data": {received("form")},
}

SERVICE_KEYS = {
    "077": "new_chat_photo",
    "078": "new_chat_title",
    "079": "proximity_alert_triggered",
    "076": "supergroup_chat_created",
    "081": "giveaway_completed",
    "084": "video_chat_scheduled",
    "085": "delete_chat_photo",
    "087": "forum_topic_edited",
    "089": "poll_option_deleted",
    "090": "direct_message_price_changed",
    "092": "checklist_tasks_done",
    "093": "video_chat_started",
    "094": "pinned_message",
    "095": "group_chat_created",
    "096": "chat_owner_changed",
    "099": "pinned_message",
    "100": "message_auto_delete_timer_changed",
    "101": "poll_option_added",
    "102": "chat_owner_left",
}

SERVICE = {
    **{number: told(key) for number, key in SERVICE_KEYS.items()},
    "080": ("contact.updated",),  # migrate_from_chat_id
    "086": ("contact.updated",),  # new_chat_members
    "088": ("contact.updated",),  # left_chat_member
    "103": ("contact.updated",),  # new_chat_member
    # A text beside what happened, as Telegram never sends it: neither is lost.
    "082": (*received("text"), "contact.updated"),
    "083": (*received("text"), *told("group_chat_created")),
    "091": (*received("text"), "contact.updated"),
    "097": (*received("text"), *told("giveaway_created")),
    "098": (*received("text"), *told("new_chat_title")),
}

MALFORMED = {
    "042": ("platform.notice broken message",),
    "043": ("platform.notice broken message",),
    "044": ("platform.notice broken update",),
    # What was tapped stands outside of the query.
    "045": ("platform.notice broken callback_query", "platform.notice unknown data"),
    "046": (
        *received("text"),
        "message.edited text",
        *told("inline_query"),
        *told("chosen_inline_result"),
        *received("choice"),
    ),
    # Without a file there is still somebody who sent a sticker.
    "047": received("sticker"),
}


@pytest.mark.parametrize("name", RECORDED)
def test_a_recorded_body_becomes_the_events_of_its_kind(name: str) -> None:
    found = tuple(word(event) for event in parsed(name))
    match RECORDED[name].kind:
        case "malformed":
            assert found == MALFORMED[name[:3]]
        case "service_message":
            assert found == SERVICE[name[:3]]
        case kind:
            assert found in KINDS[kind]


@pytest.mark.parametrize("name", RECORDED)
def test_the_events_of_a_recorded_body_survive_the_wire(name: str) -> None:
    for event in parsed(name):
        packed = msgspec.msgpack.encode(event)
        assert msgspec.msgpack.decode(packed, type=Event) == event
        written = msgspec.json.encode(event)
        assert msgspec.json.decode(written, type=Event) == event


@pytest.mark.parametrize("name", RECORDED)
def test_no_recorded_body_is_dropped(name: str) -> None:
    assert parsed(name)


ROWS = [
    (name, row)
    for name, each in RECORDED.items()
    for row in each.expect or ()
    if "asserts" not in row and each.kind != "malformed"
]


@pytest.mark.parametrize(("name", "row"), ROWS, ids=[name for name, _ in ROWS])
def test_a_body_says_what_courier_and_chatwoot_read_in_it(name: str, row: dict[str, Any]) -> None:
    (event,) = parsed(name)
    assert isinstance(event, MessageReceived)
    content = event.message.content
    if "name" in row:
        assert event.contact.name == row["name"]
    if "urn" in row:
        number, _, username = row["urn"].removeprefix("telegram:").partition("#")
        # Courier writes names in lower case; here they stay as they came.
        assert (event.contact.id, str(event.contact.username).lower()) == (number, username)
    if "external_id" in row:
        # Telegram's number is unique in its chat only, so the chat stands before it.
        assert event.message.platform_id == f"{event.contact.id}:{row['external_id']}"
    if "date" in row:
        assert event.message.timestamp == datetime.fromisoformat(row["date"]).timestamp() * 1000
    if "attachments" in row:
        # Courier makes places geo: addresses; here they stay places.
        assert hasattr(content, "media") or isinstance(content, Location)
    if row.get("text"):
        assert _readable(event) == row["text"]
    if "payload" in row:
        assert isinstance(content, Form)
        assert content.response == msgspec.json.decode(row["payload"])
    # Courier starts a conversation of its own for /start, and loses messages whose file it cannot
    # have; Chatwoot reads no groups. Here each of them is a message.


def _readable(event: MessageReceived) -> str | None:
    match event.message.content:
        case Text(text=text) | Form(text=text):
            return text
        case Location(name=name, address=address):
            return f"{name}, {address}"
        case content:
            pytest.fail(f"no text in {content}")


def only(name: str) -> Event:
    (found,) = (event for known in RECORDED if known.startswith(name) for event in parsed(known))
    return found


def test_a_channel_post_is_of_the_channel_and_not_of_who_signed_it() -> None:
    # opsdroid names the post's number as user and the signature, or itself, as their name: an
    # answer would reach neither.
    for name in ("015", "016"):
        event = only(name)
        assert isinstance(event, MessageReceived)
        assert (event.contact.id, event.contact.name) == ("-1001474700000", "Opsdroid-test")
        assert event.message.group is not None
        assert event.message.group.type == "channel"


def test_who_writes_in_a_group_is_known_by_username_where_there_is_no_name() -> None:
    event = only("037")
    assert isinstance(event, MessageReceived)
    assert (event.contact.id, event.contact.username) == ("100000", "FabioRosado")


def test_a_place_is_where_opsdroid_sees_it() -> None:
    event = only("041")
    assert isinstance(event, MessageReceived)
    assert isinstance(event.message.content, Location)
    assert event.message.content.latitude == 56.159849
    assert event.message.content.longitude == -5.230604


def test_a_contact_card_without_a_message_id_is_kept_as_it_came() -> None:
    # opsdroid reads the card; without a number the message can neither be told from others nor
    # be answered.
    event = only("043")
    assert isinstance(event, PlatformNotice)
    assert event.notice.raw["contact"] == {"phone_number": 123456, "first_name": "opsdroid"}


def test_an_answer_names_the_chat_of_what_it_answers() -> None:
    event = only("074")
    assert isinstance(event, MessageReceived)
    assert event.message.reply_to is not None
    assert event.message.reply_to.platform_id == "63948:1271"
    assert event.message.reply_to.text == "Hi"


@pytest.mark.parametrize("name", ["088", "103"])
def test_who_joined_or_left_is_the_sender_where_old_bodies_say_only_that(name: str) -> None:
    event = only(name)
    assert isinstance(event, ContactUpdated)
    assert (event.contact.id, event.change.facts["group_id"]) == ("6399348", "6399348")


def test_who_pinned_a_message_is_told_with_it() -> None:
    event = only("099")
    assert isinstance(event, PlatformNotice)
    assert event.contact is not None
    assert event.contact.id == "6399348"


def test_a_shared_contact_is_not_taken_for_the_senders_own_number() -> None:
    for name in ("020", "021"):
        event = only(name)
        assert isinstance(event, MessageReceived)
        assert isinstance(event.message.content, Contacts)
        assert event.message.content.contacts[0].origin is None


def test_marks_after_an_emoji_stand_where_the_reader_sees_them() -> None:
    event = only("116")
    assert isinstance(event, MessageReceived)
    content = event.message.content
    assert isinstance(content, Text)
    marked = [(each.type, content.text[each.offset :][: each.length]) for each in content.spans]
    assert marked == [
        ("bold", "bold"),
        ("underline", "underline"),
        ("link", "look here"),
        ("bold", "here"),
    ]
    assert content.spans[2].value == "http://google.it/"
