"""A bot on the simulated platform."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec

from gateway.api import (
    AccountHealth,
    NumberDesk,
    OutboundContent,
    OutboundMessage,
    Receipt,
    Secret,
    Secrets,
)
from gateway.testing.host import Stage
from gateway.testing.telegram import TelegramPlatform
from gateway_telegram.channel import TelegramChannel
from gateway_telegram.settings import TelegramSettings

SECRET = "a-secret-of-the-webhook"  # noqa: S105 - of no value


def bot_of(platform: TelegramPlatform, **more: Any) -> TelegramSettings:
    """Return settings of the platform's bot."""
    given: dict[str, Any] = {
        "id": "telegram",
        "channel": "telegram",
        "bot_token": Secret(platform.token),
        "secret_token": Secrets(SECRET),
        "api_url": platform.api_url,
        **more,
    }
    return TelegramSettings(**given)


class Sender:
    """The engine's steps for one message, without the engine."""

    def __init__(self, channel: TelegramChannel, here: Stage) -> None:
        self.channel = channel
        self.here = here

    async def __call__(self, content: OutboundContent, **to: Any) -> Receipt:
        return (await self.all(content, **to))[-1]

    async def all(self, content: OutboundContent, **to: Any) -> list[Receipt]:
        """Send every part; return what each was answered."""
        message = OutboundMessage(account="telegram", content=content, **to)
        assert list(self.channel.check(message)) == []
        ready = await self.channel.prepare(message, self.here.host)
        return [
            self.channel.read_answer(await self.channel.deliver(call, self.here.host))
            for call in self.channel.render(ready).calls
        ]


@asynccontextmanager
async def running(channel: TelegramChannel, here: Stage) -> AsyncIterator[asyncio.Task[None]]:
    """Let ``run`` work, until the end of the block."""
    task = asyncio.create_task(channel.run(here.host))
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def health(here: Stage) -> AccountHealth | None:
    """Return what was last told of the bot."""
    kept = await here.host.recall(NumberDesk.health_key)
    return None if kept is None else msgspec.json.decode(kept, type=AccountHealth)


async def cause(here: Stage) -> str | None:
    """Return what is wrong with the bot, in a word; ``unknown`` before anything was told."""
    found = await health(here)
    if found is None:
        return "unknown"
    return found.problems[0].cause if found.problems else None
