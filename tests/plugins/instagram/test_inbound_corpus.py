"""Every recorded body through ``parse``: the right kinds, and what other projects expect."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from gateway.api import (
    Event,
    MessageEchoed,
    MessageEdited,
    MessageReceived,
    MessageStatus,
    PlatformNotice,
    Share,
    Story,
    WebhookRequest,
)
from gateway_instagram.inbound import events

CORPUS = Path(__file__).parents[2] / "corpus" / "instagram"


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
    return events(WebhookRequest(body=bytes(RECORDED[name].body), received_at=1), "insta")


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
    "attachments_mixed": {
        tuple(
            f"message.received {kind}" for kind in ("image", "audio", "sticker", "video", "image")
        )
    },
    "audio": {("message.received audio",)},
    "batch": {
        (
            "message.deleted",
            "message.received unsupported",
            "message.status",
            "message.received reaction",  # the action is missing, the emoji is there
            "platform.notice broken",  # a text without an id
            "message.received text",  # the account wrote to itself
        ),
        ("message.received text", "message.echoed text", "message.received image"),
        ("message.received text", "message.received text"),
    },
    "change": {("platform.notice unmodelled",)},
    "deleted": {("message.deleted",)},
    "delivery": {("message.status",)},
    "echo": {
        ("message.echoed text",),
        ("message.echoed story",),
        ("platform.notice broken",),  # neither the event nor its entry tells a time
    },
    "ephemeral": {("message.received unsupported",)},
    "fallback": {("message.received share",)},
    "file": {("message.received document",)},
    "handover": {("account.updated",)},
    "ig_post": {
        ("message.received share",),
        ("message.received share", "message.received share"),
    },
    "ig_reel": {("message.received share",)},
    "image": {("message.received image",)},
    "like_heart": {("message.received sticker",)},
    "message_referral": {
        ("message.received share",),  # a product and no word about it
        ("message.received text",),
    },
    "messages_change": {
        ("message.received text",),
        ("platform.notice unknown",),  # a test of the dashboard as it was years ago
    },
    "optin": {("contact.opted_in",)},
    "postback": {("message.received choice",)},
    "postback_referral": {("message.received choice",)},
    "quick_reply": {("message.received choice",)},
    "reaction": {("message.received reaction",)},
    "read": {("message.status",)},
    "referral": {("contact.referred",)},
    "reply": {("message.received text",)},
    "share": {("message.received share",)},
    "standby": {("message.received text",)},
    "story_mention": {("message.received story",)},
    "story_reply": {
        ("message.received story",),
        ("message.received story", "message.received share"),
    },
    "text": {("message.received text",)},
    "unreact": {("message.received reaction",)},
    "unsupported": {("message.received unsupported",)},
    "unsupported_type": {("message.received other",)},
    "video": {("message.received video",)},
}

MALFORMED = {
    # Ids that are no numbers still say who wrote: nothing is gained by losing the message.
    "029-malformed-invalid-urn": ("message.received text",),
    "030-malformed-not-instagram": ("platform.notice unknown",),
    "031-malformed-weird-event": ("platform.notice unknown",),
}


@pytest.mark.parametrize("name", RECORDED)
def test_a_recorded_body_becomes_the_events_of_its_kind(name: str) -> None:
    found = tuple(word(event) for event in parsed(name))
    if RECORDED[name].kind == "malformed":
        assert found == MALFORMED[name]
    else:
        assert found in KINDS[RECORDED[name].kind]


@pytest.mark.parametrize("name", RECORDED)
def test_the_events_of_a_recorded_body_survive_the_wire(name: str) -> None:
    for event in parsed(name):
        packed = msgspec.msgpack.encode(event)
        assert msgspec.msgpack.decode(packed, type=Event) == event
        written = msgspec.json.encode(event)
        assert msgspec.json.decode(written, type=Event) == event


DIFFERENT = {
    # Blanks around a text are the contact's own.
    ("059-text-cyrillic-spaces", "text"),
    # A comment is no message here; its text is a fact of the notice.
    ("006-change-comment", "text"),
    # What cannot be shown as it is has a kind here and no text that stands for it.
    ("063-unsupported-type-unknown-attachment", "text"),
    # These make a text of a shared post's kind and title; here it stays a post with a title.
    ("022-ig-post-post", "text"),
    ("024-ig-reel-reel-no-title", "text"),
    ("026-ig-reel-reel", "text"),
}
STATED = [
    pytest.param(name, key, value, id=f"{name}-{key}")
    for name, each in RECORDED.items()
    if isinstance(each.expect, list) and len(each.expect) == 1 and each.kind != "malformed"
    for key, value in each.expect[0].items()
    if key in ("attachments", "text", "external_id", "sender", "external_content_url", "status")
    and value is not None
    and (name, key) not in DIFFERENT
]


@pytest.mark.parametrize(("name", "key", "value"), STATED)
def test_a_body_says_what_other_projects_read_in_it(name: str, key: str, value: Any) -> None:
    first = parsed(name)[0]
    flat = msgspec.json.encode(first).decode()
    match key:
        case "sender":
            assert isinstance(first, MessageReceived)
            assert first.contact.id == value
        case "external_id":
            platform_id = (
                first.status.platform_id
                if isinstance(first, MessageStatus)
                else first.message.platform_id  # type: ignore[union-attr]  # of these kinds
            )
            assert platform_id == value
        case "attachments":
            assert [each for each in value if f'"url":"{each}"' not in flat] == []
        case _:
            # Their names for things are not ours; that the value is there, whole, is checked.
            assert f'"{value}"' in flat


def test_enough_is_stated_by_others() -> None:
    assert len(STATED) > 15


@pytest.mark.parametrize(
    ("name", "stated"),
    [
        ("022-ig-post-post", {"title": "sunset", "type": "post"}),
        ("024-ig-reel-reel-no-title", {"title": None, "type": "reel"}),
        ("026-ig-reel-reel", {"title": "funny cat", "type": "reel"}),
    ],
)
def test_a_shared_post_keeps_its_kind_and_title(name: str, stated: dict[str, str | None]) -> None:
    (event,) = parsed(name)
    assert isinstance(event, MessageReceived)
    share = event.message.content
    assert isinstance(share, Share)
    assert {"title": share.title, "type": share.type} == stated


def test_a_reel_is_a_page_and_a_post_on_the_file_servers_a_file() -> None:
    (reel,) = parsed("026-ig-reel-reel")
    (post,) = parsed("022-ig-post-post")
    assert isinstance(reel, MessageReceived)
    assert isinstance(post, MessageReceived)
    page, file = reel.message.content, post.message.content
    assert isinstance(page, Share)
    assert isinstance(file, Share)
    assert (page.url, page.media) == ("https://www.instagram.com/reel/DWJ5EU-Ad5i/", None)
    assert file.url is None
    assert file.media is not None


def test_messages_of_an_entry_come_before_its_changes() -> None:
    found = parsed("005-batch-changes-and-messaging")
    (stated,) = RECORDED["005-batch-changes-and-messaging"].expect
    ids = [event.message.platform_id for event in found if isinstance(event, MessageReceived)]
    assert ids == stated["order"]


def test_an_ad_a_story_and_a_reel_in_one_message_are_one_album() -> None:
    story, reel = parsed("055-story-reply-ad-story-and-reel-in-one")
    assert isinstance(story, MessageReceived)
    assert isinstance(reel, MessageReceived)
    assert isinstance(story.message.content, Story)
    assert story.message.content.text == "Канча?"
    assert story.message.referral is not None
    assert story.message.referral.headline == "Стиральная Artel 7 кг"
    assert reel.message.referral is None
    assert story.message.album == reel.message.album == "m6"
