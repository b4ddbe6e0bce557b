from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import msgspec
import pytest

from gateway.api import Event, WebhookRequest
from gateway_instagram.channel import InstagramChannel

ACCOUNT = "17841400000000000"
HEAD = {"sender": {"id": "24"}, "recipient": {"id": ACCOUNT}, "timestamp": 1_750_000_000_000}


class Parse(Protocol):
    def __call__(
        self,
        *items: Mapping[str, Any],
        into: str = "messaging",
        accounts: Mapping[str, tuple[str, ...]] | None = None,
        **entry: Any,
    ) -> Sequence[Event]: ...


@pytest.fixture(scope="session")
def channel() -> InstagramChannel:
    return InstagramChannel(InstagramChannel.example())


@pytest.fixture(scope="session")
def parse(channel: InstagramChannel) -> Parse:
    """What the items of one entry become; sender, recipient and time are added to each."""

    def parse(
        *items: Mapping[str, Any],
        into: str = "messaging",
        accounts: Mapping[str, tuple[str, ...]] | None = None,
        **entry: Any,
    ) -> Sequence[Event]:
        whole = [item if into == "changes" else {**HEAD, **item} for item in items]
        told = {"id": ACCOUNT, "time": 1_750_000_000_001, into: whole, **entry}
        body = msgspec.json.encode({"object": "instagram", "entry": [told]})
        return channel.parse(WebhookRequest(body=body, received_at=7, accounts=accounts or {}))

    return parse
