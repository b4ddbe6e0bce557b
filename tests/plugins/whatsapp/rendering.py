"""Renders messages for tests, each call judged."""

from __future__ import annotations

from typing import Any

from gateway.api import Button, Buttons, Media, OutboundContent, OutboundMessage, Raw, Rendered
from gateway_whatsapp.channel import WhatsAppChannel
from tests.plugins.whatsapp.judge_requests import judge

PHOTO = Media(url="https://files.example/photo.jpg")


def message(content: OutboundContent, **other: Any) -> OutboundMessage:
    return OutboundMessage(account="whatsapp", content=content, **({"to": "34600000000"} | other))


def rendered(content: OutboundContent, *, reference: str | None = None, **other: Any) -> Rendered:
    channel = WhatsAppChannel(WhatsAppChannel.example())
    asked = message(content, **other)
    assert not channel.check(asked)
    found = channel.render(asked, reference=reference)
    if not isinstance(content, Raw):
        for call in found.calls:
            judge(call)
    return found


def sent(content: OutboundContent, **other: Any) -> dict[str, Any]:
    """The body of the only call, without what is the same in all."""
    (call,) = rendered(content, **other).calls
    assert call.body is not None
    same = {"messaging_product", "recipient_type", "to"}
    return {name: value for name, value in call.body.items() if name not in same}


def buttons(number: int, **other: Any) -> Buttons:
    some = tuple(Button(id=f"b{each}", title=f"Button {each}") for each in range(number))
    return Buttons(text="Which?", buttons=some, **other)
