"""What Instagram says otherwise than Messenger."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from gateway.api import (
    AccountUpdated,
    Address,
    Contact,
    ContactOptedIn,
    ContactReferred,
    Content,
    Event,
    Media,
    MessageEchoed,
    MessageReceived,
    MessageStatus,
    PlatformNotice,
    ProductReference,
    Referral,
    Share,
    Status,
    Sticker,
    Story,
    Text,
    Unsupported,
)

Parse = Callable[..., Sequence[Event]]

ACCOUNT = "17841400000000000"
AT = 1_750_000_000_000
FILE = "https://lookaside.fbsbx.com/ig_messaging_cdn/?asset_id=1&signature=x"
REEL = "https://www.instagram.com/reel/AbC/"


def attached(kind: str, **payload: Any) -> dict[str, Any]:
    return {"type": kind, "payload": payload}


ATTACHMENTS: Mapping[str, tuple[dict[str, Any], Content]] = {
    "a mention in a story": (attached("story_mention", url=FILE), Story(relation="mention", media=Media(url=FILE))),
    "a mention without its story": ({"type": "story_mention"}, Story(relation="mention")),
    "a forwarded story": (attached("story", url=FILE, id=3), Story(relation="share", platform_id="3", media=Media(url=FILE))),
    "a forwarded story by its newer name": (attached("ig_story", url=FILE), Story(relation="share", media=Media(url=FILE))),
    "a heart": (attached("like_heart"), Sticker(media=Media(), emoji="❤️")),
    "a post": (attached("ig_post", url=FILE, title="Sun", ig_post_media_id="5"), Share(type="post", title="Sun", platform_id="5", media=Media(url=FILE))),
    "a post by its older name": (attached("share", url="https://www.instagram.com/p/A/"), Share(type="post", url="https://www.instagram.com/p/A/")),
    "a reel": (attached("ig_reel", url=REEL, reel_video_id="9"), Share(type="reel", url=REEL, platform_id="9")),
    "a photo to be seen once": ({"type": "ephemeral"}, Unsupported(type="ephemeral")),
}  # fmt: skip


@pytest.mark.parametrize("name", ATTACHMENTS)
def test_an_attachment_becomes_a_content(parse: Parse, name: str) -> None:
    attachment, expected = ATTACHMENTS[name]
    (event,) = parse({"message": {"mid": "m_1", "attachments": [attachment]}})
    assert isinstance(event, MessageReceived)
    assert event.message.content == expected
    assert event.contact.addresses == (Address(kind="instagram_scoped", value="24"),)


def test_an_answer_to_a_story_carries_the_story_and_the_words(parse: Parse) -> None:
    answer = {"mid": "m_1", "text": "cool", "reply_to": {"story": {"id": "179", "url": FILE}}}
    (event,) = parse({"message": answer})
    assert isinstance(event, MessageReceived)
    assert event.message.content == Story(
        relation="reply", platform_id="179", text="cool", media=Media(url=FILE)
    )


def test_what_an_account_writes_to_itself_is_a_test_of_receiving(parse: Parse) -> None:
    itself = {"sender": {"id": ACCOUNT}, "recipient": {"id": ACCOUNT}}
    told = {"mid": "m_1", "text": "test", "is_echo": True, "is_self": True}
    (event,) = parse({**itself, "message": told})
    assert isinstance(event, MessageReceived)
    assert event.contact.id == ACCOUNT


def test_what_was_typed_in_the_app_is_an_echo_from_the_inbox(parse: Parse) -> None:
    ours = {"sender": {"id": ACCOUNT}, "recipient": {"id": "24"}}
    (event,) = parse({**ours, "message": {"mid": "m_1", "text": "yes", "is_echo": True}})
    assert isinstance(event, MessageEchoed)
    assert (event.contact.id, event.message.origin) == ("24", "inbox")


def test_a_read_names_one_message(parse: Parse) -> None:
    (event,) = parse({"read": {"mid": "m_1"}})
    assert isinstance(event, MessageStatus)
    assert event.status == Status(status="read", timestamp=AT, platform_id="m_1")


def test_a_message_from_a_product_page_names_the_product(parse: Parse) -> None:
    shop = {"product": {"id": "77"}}
    (asked,) = parse({"message": {"mid": "m_1", "text": "size?", "referral": shop}})
    (silent,) = parse({"message": {"mid": "m_2", "referral": shop}})
    assert isinstance(asked, MessageReceived)
    assert isinstance(silent, MessageReceived)
    assert asked.message.content == Text(text="size?")
    assert silent.message.content == Share(type="product", platform_id="77")
    for event in (asked, silent):
        assert event.message.product == ProductReference(product_id="77")
        assert event.message.referral == Referral(source="product", product_id="77")


FIELDS: Mapping[str, tuple[dict[str, Any], type[Event]]] = {
    "messages": ({"message": {"mid": "m", "text": "a"}}, MessageReceived),
    "message_echoes": ({"message": {"mid": "m", "text": "a", "is_echo": True}}, MessageEchoed),
    "message_reactions": ({"reaction": {"mid": "m", "emoji": "❤"}}, MessageReceived),
    "messaging_postbacks": ({"postback": {"mid": "m", "payload": "P"}}, MessageReceived),
    "messaging_seen": ({"read": {"mid": "m"}}, MessageStatus),
    "messaging_referral": ({"referral": {"ref": "r"}}, ContactReferred),
    "messaging_optins": ({"optin": {"type": "notification_messages"}}, ContactOptedIn),
    "messaging_handover": ({"take_thread_control": {"new_owner_app_id": 1}}, AccountUpdated),
}


@pytest.mark.parametrize("field", FIELDS)
def test_every_field_of_messaging_may_come_as_a_change(parse: Parse, field: str) -> None:
    item, expected = FIELDS[field]
    parties = {"sender": {"id": "24"}, "recipient": {"id": "25"}, "timestamp": "1750000000"}
    (event,) = parse({"field": field, "value": {**parties, **item}}, into="changes")
    assert isinstance(event, expected)
    assert int(event.id[:12], 16) == AT


def test_standby_may_come_as_a_change_too(parse: Parse) -> None:
    value = {"sender": {"id": "24"}, "message": {"mid": "m", "text": "a"}}
    (event,) = parse({"field": "standby", "value": value}, into="changes")
    assert isinstance(event, MessageReceived)
    assert event.message.standby


COMMENT = {"id": "1788", "text": "price?", "from": {"id": "24", "username": "ana"}}


@pytest.mark.parametrize("field", ["comments", "live_comments"])
def test_a_comment_is_a_notice_with_who_wrote_it(parse: Parse, field: str) -> None:
    (listed,) = parse({"field": field, "value": COMMENT}, into="changes")
    # Instagram Login puts a change into the entry itself.
    (flat,) = parse(field=field, value=COMMENT)
    for event in (listed, flat):
        assert isinstance(event, PlatformNotice)
        assert (event.notice.reason, event.notice.subject) == ("unmodelled", field)
        assert event.notice.facts["text"] == "price?"
        assert event.contact == Contact(
            id="24", addresses=(Address(kind="instagram_scoped", value="24"),), username="ana"
        )
    assert listed.id == flat.id


def test_a_mention_is_a_notice_about_nobody_we_know(parse: Parse) -> None:
    value = {"media_id": "17", "comment_id": "18"}
    (event,) = parse({"field": "mentions", "value": value}, into="changes")
    assert isinstance(event, PlatformNotice)
    assert (event.notice.reason, event.notice.facts, event.contact) == ("unmodelled", value, None)
