"""Telegram through the real process: updates fetched or posted, messages sent, taps answered."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from redis import Redis

from gateway.bus import keys
from gateway.bus.embedded import embedded_url
from gateway.codec.stream import decode
from gateway.model.content import InboundContent, Text
from gateway.model.event import Event, MediaStored, MessageAccepted, MessageReceived
from gateway.model.inbound_content import Choice
from gateway.model.message import OutboundReference
from gateway.model.span import Span
from gateway.testing.process import RelevoProcess
from gateway.testing.telegram import TelegramPlatform
from tests.plugins.telegram.simulated import SECRET
from tests.waiting import until

ACCOUNT = """
[[accounts]]
id = "tg-main"
channel = "telegram"
bot_token = "{token}"
api_url = "{api_url}"
tap_text = "Já vai"
"""


@asynccontextmanager
async def relevo(
    folder: Path, platform: TelegramPlatform, more: str
) -> AsyncIterator[RelevoProcess]:
    """Run the daemon; starting and stopping must not hold up the platform."""
    account = ACCOUNT.format(token=platform.token, api_url=platform.api_url)
    # Who takes over from the dead waits for their lease to end.
    process = RelevoProcess(
        folder, accounts=account + more, environ={"RELEVO_OUTBOUND_LEASE_SECONDS": "2"}
    )
    await asyncio.to_thread(process.start)
    try:
        yield process
    finally:
        await asyncio.to_thread(process.stop)


@pytest.fixture
async def platform() -> AsyncIterator[TelegramPlatform]:
    async with TelegramPlatform() as platform:
        yield platform


def events(process: RelevoProcess) -> list[Event]:
    """Return everything on the streams."""
    with Redis.from_url(embedded_url(process.data_dir), protocol=2) as client:
        streams = [client.xrange(keys.events(each)) for each in range(8)]
    return [decode(fields[b"data"]) for entries in streams for _, fields in entries]


def received(process: RelevoProcess) -> list[InboundContent]:
    return [each.message.content for each in events(process) if isinstance(each, MessageReceived)]


def stored(process: RelevoProcess) -> list[MediaStored]:
    return [each for each in events(process) if isinstance(each, MediaStored)]


async def submit(process: RelevoProcess, content: dict[str, Any], to: int) -> str:
    """Have a message sent through the API, and return its id."""
    asked = {"account": "tg-main", "to": str(to), "content": content}
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{process.private_url}/v1/messages", json=asked) as answer,
    ):
        told = await answer.json()
        assert answer.status == 202, told
        return str(told["id"])


def asked_again(platform: TelegramPlatform) -> Callable[[], bool]:
    """Return what tells whether updates were asked for after this moment."""
    before = len(platform.called("getUpdates"))
    return lambda: len(platform.called("getUpdates")) > before


def accepted(process: RelevoProcess) -> list[OutboundReference]:
    return [each.message for each in events(process) if isinstance(each, MessageAccepted)]


JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00 a picture"
POLLING = 'updates = "polling"\n'
START = Text(text="/start promo", spans=(Span(type="command", offset=0, length=6),))


async def test_a_conversation_without_a_public_address(
    platform: TelegramPlatform, tmp_path: Path
) -> None:
    ana = platform.person("Ana Sosa")
    platform.post(ana.starts("promo"))  # waits until somebody asks
    async with relevo(tmp_path, platform, POLLING) as process:
        await until(lambda: received(process) == [START])
        platform.post(ana.sends_photo(JPEG))
        await until(lambda: [each.media.size_bytes for each in stored(process)] == [len(JPEG)])
        buttons = [{"id": "buy", "title": "Quero"}]
        ours = await submit(
            process, {"kind": "buttons", "text": "Tem pão", "buttons": buttons}, ana.id
        )
        await until(lambda: ana.heard == ["Tem pão"])
        platform.post(ana.taps(ana.inbox[0], "Quero"))
        await until(lambda: any(isinstance(each, Choice) for each in received(process)))
        await until(lambda: bool(platform.queries.answers))
        assert [each["text"] for each in platform.queries.answers.values()] == ["Já vai"]
        (tap,) = [each for each in received(process) if isinstance(each, Choice)]
        assert (tap.id, tap.title) == ("buy", "Quero")
        await until(lambda: bool(accepted(process)))
        (told,) = accepted(process)
        assert (told.id, told.platform_ids) == (ours, (f"{ana.id}:{ana.inbox[0].id}",))
    assert platform.token not in process.log()


async def test_updates_come_by_a_webhook_that_the_daemon_sets(
    platform: TelegramPlatform, tmp_path: Path
) -> None:
    ana = platform.person("Ana")
    async with relevo(tmp_path, platform, f'secret_token = "{SECRET}"\n') as process:
        url = f"{process.public_url}/webhooks/telegram/tg-main"
        # The address is known only now.
        await asyncio.to_thread(process.stop)
        settings = tmp_path / "relevo.toml"
        settings.write_text(f'{settings.read_text()}webhook_url = "{url}"\n')
        await asyncio.to_thread(process.start)
        await until(lambda: platform.updates.webhook == {"url": url, "secret": SECRET})
        platform.post(ana.writes("Olá"))
        await platform.settled()
        assert received(process) == [Text(text="Olá")]
    assert SECRET not in process.log()


@pytest.mark.crash
async def test_killing_the_daemon_while_it_fetches_loses_and_doubles_nothing(
    platform: TelegramPlatform, tmp_path: Path
) -> None:
    ana = platform.person("Ana")
    said = [str(each) for each in range(450)]
    async with relevo(tmp_path, platform, POLLING) as process:
        for begin in (0, 150, 300):
            await until(asked_again(platform))
            for at, each in enumerate(said[begin : begin + 150]):
                platform.post(ana.writes(each))
                await asyncio.sleep(0.002)
                if at == 75:
                    await asyncio.to_thread(process.kill)
            await asyncio.to_thread(process.start)
        await until(lambda: not platform.updates.pending)
        found = [each.text for each in received(process) if isinstance(each, Text)]
    assert found == said
