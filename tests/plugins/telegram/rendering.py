"""Renders messages for tests."""

from __future__ import annotations

from typing import Any

from gateway.api import OutboundContent, OutboundMessage, Problem, Rendered
from gateway_telegram.channel import TelegramChannel

ANA = "5100000001"
CHANNEL = TelegramChannel(TelegramChannel.example())


def message(content: OutboundContent, **other: Any) -> OutboundMessage:
    return OutboundMessage(account="telegram", content=content, **({"to": ANA} | other))


def problems(content: OutboundContent, **other: Any) -> dict[str, Problem]:
    return {each.path: each for each in CHANNEL.check(message(content, **other))}


def rendered(content: OutboundContent, **other: Any) -> Rendered:
    asked = message(content, **other)
    assert CHANNEL.check(asked) == ()
    return CHANNEL.render(asked)


def calls(content: OutboundContent, **other: Any) -> list[tuple[str, dict[str, Any]]]:
    """Method and body of each call, without the chat of the contact."""
    found = []
    for call in rendered(content, **other).calls:
        body = dict(call.body or {})
        if body.get("chat_id") == int(ANA):
            del body["chat_id"]
        found.append((call.path, body))
    return found


def call(content: OutboundContent, **other: Any) -> tuple[str, dict[str, Any]]:
    (only,) = calls(content, **other)
    return only


def told(content: OutboundContent, **other: Any) -> str | None:
    return rendered(content, **other).downgraded
