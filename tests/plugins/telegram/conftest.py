from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import msgspec
import pytest

from gateway.api import Event, MessageReceived, WebhookRequest
from gateway.testing.host import Stage, stage
from gateway.testing.telegram import TelegramPlatform
from gateway.testing.valkey import ValkeyServer
from gateway_telegram.channel import TelegramChannel
from tests.plugins.telegram.simulated import Sender, bot_of

AT = 1_800_000_000_000
ANA = {"id": 5100000001, "is_bot": False, "first_name": "Ana", "last_name": "Sosa"}
ANA |= {"username": "ana", "language_code": "pt"}
PRIVATE = {"id": 5100000001, "type": "private", "first_name": "Ana", "last_name": "Sosa"}
GROUP = {"id": -1001, "type": "supergroup", "title": "Neighbours"}
HEAD = {"message_id": 51, "from": ANA, "chat": PRIVATE, "date": 1_795_000_000}


class Parse(Protocol):
    def __call__(self, kind: str, value: object, *, update_id: int = 7) -> Sequence[Event]: ...


class Say(Protocol):
    def __call__(self, kind: str = "message", /, **keys: Any) -> MessageReceived: ...


@pytest.fixture(scope="session")
def channel() -> TelegramChannel:
    return TelegramChannel(TelegramChannel.example())


@pytest.fixture(scope="session")
def parse(channel: TelegramChannel) -> Parse:
    """What an update becomes."""

    def parse(kind: str, value: object, *, update_id: int = 7) -> Sequence[Event]:
        body = msgspec.json.encode({"update_id": update_id, kind: value})
        return channel.parse(WebhookRequest(body=body, received_at=AT))

    return parse


@pytest.fixture(scope="session")
def say(parse: Parse) -> Say:
    """What a message of Ana's with these keys becomes; None takes a key away."""

    def say(kind: str = "message", /, **keys: Any) -> MessageReceived:
        told = {**HEAD, **keys}
        (event,) = parse(kind, {name: value for name, value in told.items() if value is not None})
        assert isinstance(event, MessageReceived)
        return event

    return say


@pytest.fixture
async def platform() -> AsyncIterator[TelegramPlatform]:
    async with TelegramPlatform() as platform:
        yield platform


@pytest.fixture
async def here(valkey: Any, valkey_server: ValkeyServer, tmp_path: Path) -> AsyncIterator[Stage]:
    """What the daemon gives the account."""
    assert valkey is not None
    async with stage(
        "telegram", redis_url=f"unix://{valkey_server.socket}", folder=tmp_path
    ) as here:
        yield here


@pytest.fixture
def bot(platform: TelegramPlatform) -> TelegramChannel:
    """The channel of the platform's bot."""
    return TelegramChannel(bot_of(platform))


@pytest.fixture
def send(bot: TelegramChannel, here: Stage) -> Sender:
    return Sender(bot, here)
