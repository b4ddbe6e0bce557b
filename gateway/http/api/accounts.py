"""Accounts and channels: what there is, how it is, and the brake."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from gateway.channel.capabilities import Capability
from gateway.channel.channel import Channel
from gateway.channel.rules import WindowRule
from gateway.http.api.operation import Call, Nothing, Reply, operation
from gateway.model.limits import Limits
from gateway.model.value import Value

GROUP: Final = "Accounts"


class WindowOf(Value, frozen=True, kw_only=True):
    """A platform's rule for free-form messages.

    Attributes:
        seconds: How long it stays open after what opened it.
        opens: What does.
        source: Where the platform says so.
    """

    seconds: int
    opens: tuple[str, ...]
    source: str


class ChannelInfo(Value, frozen=True, kw_only=True):
    """A kind of platform.

    Attributes:
        type: Its name in settings and events.
        title: Its name for people.
        window: The rule for free-form messages, where the platform has one.
        limits: How fast it takes messages, where it says so.
        capabilities: What it can send, and how much of it, by the kind of content.
    """

    type: str
    title: str
    window: WindowOf | None = None
    limits: Limits | None = None
    capabilities: dict[str, Capability]


class Channels(Value, frozen=True, kw_only=True):
    """Every kind of platform that is in use here.

    Attributes:
        channels: In the order of their types.
    """

    channels: tuple[ChannelInfo, ...]


@operation("GET", "/v1/channels", group=GROUP, scope="accounts", answers={200: Channels})
async def list_channels(call: Call[Nothing, Nothing]) -> Reply:
    """List channels.

    The kinds of platforms in use here, and what each can send.
    """
    kinds = {each.type: each for each in call.daemon.channels.values()}
    return Reply(Channels(channels=tuple(_channel(kinds[name]) for name in sorted(kinds))))


def _channel(channel: Channel[Any]) -> ChannelInfo:
    return ChannelInfo(
        type=channel.type,
        title=channel.title,
        window=None if channel.window is None else _window(channel.window),
        limits=channel.limits,
        capabilities=_plain(channel.capabilities),
    )


def _window(rule: WindowRule) -> WindowOf:
    seconds = int(rule.length.total_seconds())
    return WindowOf(seconds=seconds, opens=rule.described, source=rule.source)


def _plain(capabilities: Mapping[str, Capability]) -> dict[str, Capability]:
    return {kind: capabilities[kind] for kind in sorted(capabilities)}
