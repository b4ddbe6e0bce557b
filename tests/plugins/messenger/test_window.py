"""Which events open the standard messaging window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest

from gateway.api import Event, HumanTag
from gateway_messenger.channel import MessengerChannel

Parse = Callable[..., Sequence[Event]]

TEXT = {"mid": "m", "text": "a"}
COMMENT = {"verb": "add", "from": {"id": "24"}}

OPENING: dict[str, tuple[dict[str, Any], str, bool]] = {
    "a text": ({"message": TEXT}, "messaging", True),
    "a file": ({"message": {"mid": "m", "attachments": [{"type": "file"}]}}, "messaging", True),
    "a quick reply": ({"message": {**TEXT, "quick_reply": {"payload": "P"}}}, "messaging", True),
    "a postback": ({"postback": {"payload": "P"}}, "messaging", True),
    "a message after an ad": ({"message": {**TEXT, "referral": {"ad_id": "1"}}}, "messaging", True),
    "something not handed out": ({"message": {"mid": "m", "is_unsupported": True}}, "messaging", True),
    "a message on standby": ({"message": TEXT}, "standby", True),
    "a reaction": ({"reaction": {"mid": "m", "emoji": "❤"}}, "messaging", True),
    "a link into the conversation": ({"referral": {"ref": "r"}}, "messaging", True),
    "a plugin's checkbox": ({"optin": {"ref": "r"}}, "messaging", True),
    "a comment": ({"field": "feed", "value": {**COMMENT, "item": "comment"}}, "changes", True),
    "a visitor's post": ({"field": "feed", "value": {**COMMENT, "item": "post"}}, "changes", True),
    "a reaction taken away": ({"reaction": {"mid": "m", "action": "unreact"}}, "messaging", False),
    "feedback": ({"messaging_feedback": {"feedback_screens": []}}, "messaging", False),
    "a subscription": ({"optin": {"type": "notification_messages"}}, "messaging", False),
    "an edit": ({"message_edit": {**TEXT, "num_edit": 1}}, "messaging", False),
    "a withdrawal": ({"message": {"mid": "m", "is_deleted": True}}, "messaging", False),
    "an echo": ({"message": {**TEXT, "is_echo": True}}, "messaging", False),
    "a delivery": ({"delivery": {"watermark": 1}}, "messaging", False),
    "a read": ({"read": {"watermark": 1}}, "messaging", False),
    "a linked account": ({"account_linking": {"status": "linked"}}, "messaging", False),
    "a handover": ({"pass_thread_control": {"new_owner_app_id": 1}}, "messaging", False),
    "a game": ({"game_play": {"score": 1}}, "messaging", False),
    "a broken message": ({"message": {"text": "a"}}, "messaging", False),
    "a comment taken away": ({"field": "feed", "value": {**COMMENT, "verb": "remove", "item": "comment"}}, "changes", False),
    "a like": ({"field": "feed", "value": {**COMMENT, "item": "like"}}, "changes", False),
    "a comment of the page": ({"field": "feed", "value": {"verb": "add", "item": "comment", "from": {"id": "100000000000001"}}}, "changes", False),
    "a rating": ({"field": "ratings", "value": {**COMMENT, "item": "rating"}}, "changes", False),
}  # fmt: skip


@pytest.mark.parametrize("name", OPENING)
def test_what_opens_the_window(parse: Parse, channel: MessengerChannel, name: str) -> None:
    item, into, opens = OPENING[name]
    (event,) = parse(item, into=into)
    assert channel.window is not None
    assert channel.window.opens(event) is opens


def test_the_window_stays_open_for_a_day(channel: MessengerChannel) -> None:
    assert channel.window is not None
    assert channel.window.length == timedelta(hours=24)


def test_a_person_may_answer_for_a_week_with_the_tag() -> None:
    assert MessengerChannel.window.terms.human_tag == HumanTag(
        name="HUMAN_AGENT", length=timedelta(days=7)
    )
