"""Which events open the customer service window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest

from gateway.api import Event
from gateway_whatsapp.channel import WhatsAppChannel

Parse = Callable[..., Sequence[Event]]

HEAD = {"from": "34600111222", "id": "wamid.1", "timestamp": "1750000000"}
TEXT = {**HEAD, "type": "text", "text": {"body": "a"}}
CALL = {"id": "wacid.1", "from": "34600111222", "to": "1555", "event": "connect", "timestamp": "1"}

OPENING: dict[str, tuple[str, dict[str, Any], bool]] = {
    "a text": ("messages", {"messages": [TEXT]}, True),
    "a tap": ("messages", {"messages": [{**HEAD, "type": "button", "button": {"text": "a"}}]}, True),
    "a reaction": ("messages", {"messages": [{**HEAD, "type": "reaction", "reaction": {"message_id": "wamid.0"}}]}, True),
    "something not handed out": ("messages", {"messages": [{**HEAD, "type": "unsupported"}]}, True),
    "a type of tomorrow": ("messages", {"messages": [{**HEAD, "type": "hologram"}]}, True),
    "a message on standby": ("standby", {"messages": [TEXT]}, True),
    "a call of the contact": ("calls", {"calls": [{**CALL, "direction": "USER_INITIATED"}]}, True),
    "a call of ours": ("calls", {"calls": [{**CALL, "direction": "BUSINESS_INITIATED"}]}, False),
    "a group message": ("messages", {"messages": [{**TEXT, "group_id": "G"}]}, False),
    "an edit": ("messages", {"messages": [{**HEAD, "type": "edit", "edit": {"original_message_id": "wamid.0", "message": {"type": "text", "text": {"body": "b"}}}}]}, False),
    "a withdrawal": ("messages", {"messages": [{**HEAD, "type": "revoke", "revoke": {"original_message_id": "wamid.0"}}]}, False),
    "a new number": ("messages", {"messages": [{**HEAD, "type": "system", "system": {"type": "user_changed_number", "wa_id": "1"}}]}, False),
    "a status": ("messages", {"statuses": [{"id": "wamid.1", "status": "read", "timestamp": "1", "recipient_id": "1"}]}, False),
    "an echo": ("smb_message_echoes", {"message_echoes": [{**TEXT, "to": "1"}]}, False),
    "an old message": ("history", {"messages": [TEXT]}, False),
    "an opt-in": ("user_preferences", {"user_preferences": [{"wa_id": "1", "value": "resume"}]}, False),
    "a broken message": ("messages", {"messages": [{**HEAD, "type": "text"}]}, False),
}  # fmt: skip


@pytest.mark.parametrize("name", OPENING)
def test_what_opens_the_window(parse: Parse, channel: WhatsAppChannel, name: str) -> None:
    field, value, opens = OPENING[name]
    (event,) = parse(value, field)
    assert channel.window is not None
    assert channel.window.opens(event) is opens


def test_the_window_stays_open_for_a_day(channel: WhatsAppChannel) -> None:
    assert channel.window is not None
    assert channel.window.length == timedelta(hours=24)
