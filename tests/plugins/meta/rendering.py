"""Renders messages for tests, each call judged."""

from __future__ import annotations

from typing import Any, Final, Literal, TypeAlias

import msgspec

from gateway.api import Call, Media, OutboundContent, OutboundMessage, Raw, Rendered
from gateway_instagram.channel import InstagramChannel
from gateway_messenger.channel import MessengerChannel
from tests.plugins.meta.judge import judge

Name: TypeAlias = Literal["messenger", "instagram"]

PHOTO: Final = Media(url="https://files.example/photo.jpg")
BOTH: Final[tuple[Name, Name]] = ("messenger", "instagram")


def channel(name: Name, **settings: Any) -> MessengerChannel | InstagramChannel:
    if name == "messenger":
        return MessengerChannel(msgspec.structs.replace(MessengerChannel.example(), **settings))
    return InstagramChannel(msgspec.structs.replace(InstagramChannel.example(), **settings))


def message(content: OutboundContent, **other: Any) -> OutboundMessage:
    return OutboundMessage(account="page", content=content, **({"to": "24000001"} | other))


def rendered(
    name: Name, content: OutboundContent, *, reference: str | None = None, **other: Any
) -> Rendered:
    writer = channel(name)
    asked = message(content, **other)
    assert not writer.check(asked)
    found = writer.render(asked, reference=reference)
    if not isinstance(content, Raw):
        for call in found.calls:
            judge(call, name)
    return found


def body(call: Call) -> dict[str, Any]:
    """A call's body without the recipient and the reason it may go, which tests look at apart."""
    assert call.body is not None
    return {key: each for key, each in call.body.items() if key not in {"recipient", "messaging_type"}}  # fmt: skip


def sent(name: Name, content: OutboundContent, **other: Any) -> list[Any]:
    """The messages of a content, without what is around them."""
    return [body(call).get("message") for call in rendered(name, content, **other).calls]


def paths(name: Name, content: OutboundContent, **other: Any) -> list[str]:
    """Where problems are, for a content that cannot be sent."""
    settings = other.pop("settings", {})
    return [each.path for each in channel(name, **settings).check(message(content, **other))]
