"""Which events open the standard messaging window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest

from gateway.api import Event, HumanTag
from gateway_instagram.channel import InstagramChannel

Parse = Callable[..., Sequence[Event]]

TEXT = {"mid": "m", "text": "a"}
COMMENT = {"id": "1", "from": {"id": "24"}, "text": "a"}

OPENING: dict[str, tuple[dict[str, Any], str, bool]] = {
    "a text": ({"message": TEXT}, "messaging", True),
    "a picture": ({"message": {"mid": "m", "attachments": [{"type": "image"}]}}, "messaging", True),
    "a share": ({"message": {"mid": "m", "attachments": [{"type": "ig_post", "payload": {"title": "a"}}]}}, "messaging", True),
    "a heart": ({"message": {"mid": "m", "attachments": [{"type": "like_heart"}]}}, "messaging", True),
    "an answered story": ({"message": {**TEXT, "reply_to": {"story": {"id": "1"}}}}, "messaging", True),
    "a mention in a story": ({"message": {"mid": "m", "attachments": [{"type": "story_mention"}]}}, "messaging", True),
    "a quick reply": ({"message": {**TEXT, "quick_reply": {"payload": "P"}}}, "messaging", True),
    "an ice breaker": ({"postback": {"mid": "m", "payload": "P"}}, "messaging", True),
    "something not handed out": ({"message": {"mid": "m", "is_unsupported": True}}, "messaging", True),
    "a message on standby": ({"message": TEXT}, "standby", True),
    "a reaction": ({"reaction": {"mid": "m", "emoji": "❤"}}, "messaging", True),
    "a link into the conversation": ({"referral": {"ref": "r"}}, "messaging", True),
    "a message of the test form": ({"field": "messages", "value": {"sender": {"id": "24"}, "message": TEXT}}, "changes", True),
    "a reaction taken away": ({"reaction": {"mid": "m", "action": "unreact"}}, "messaging", False),
    "a thumb under an answer": ({"response_feedback": {"feedback": "good"}}, "messaging", False),
    "a subscription": ({"optin": {"type": "notification_messages"}}, "messaging", False),
    "an edit": ({"message_edit": {**TEXT, "num_edit": 1}}, "messaging", False),
    "a withdrawal": ({"message": {"mid": "m", "is_deleted": True}}, "messaging", False),
    "an echo": ({"message": {**TEXT, "is_echo": True}}, "messaging", False),
    "a read": ({"read": {"mid": "m"}}, "messaging", False),
    "a handover": ({"pass_thread_control": {"new_owner_app_id": 1}}, "messaging", False),
    "a comment": ({"field": "comments", "value": COMMENT}, "changes", False),
    "a comment on a live video": ({"field": "live_comments", "value": COMMENT}, "changes", False),
    "a mention in a comment": ({"field": "mentions", "value": {"comment_id": "1"}}, "changes", False),
    "a broken message": ({"message": {"text": "a"}}, "messaging", False),
}  # fmt: skip


@pytest.mark.parametrize("name", OPENING)
def test_what_opens_the_window(parse: Parse, channel: InstagramChannel, name: str) -> None:
    item, into, opens = OPENING[name]
    (event,) = parse(item, into=into)
    assert channel.window is not None
    assert channel.window.opens(event) is opens


def test_the_window_stays_open_for_a_day(channel: InstagramChannel) -> None:
    assert channel.window is not None
    assert channel.window.length == timedelta(hours=24)


def test_a_person_may_answer_for_a_week_with_the_tag() -> None:
    assert InstagramChannel.window.terms.human_tag == HumanTag(
        name="HUMAN_AGENT", length=timedelta(days=7)
    )
