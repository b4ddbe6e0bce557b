"""Messages that are several calls, at a rate that keeps them apart (Telegram: one in a second)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

from gateway import loader
from gateway.api import OutboundMessage, Secret, Text
from gateway.daemon.daemon import Daemon
from gateway.model.outbox import Accepted, OutboundRecord
from gateway.settings.load import Configuration
from gateway.testing.telegram import Person, TelegramPlatform
from gateway.testing.valkey import ValkeyServer
from tests.integration.outbound.scene import settings
from tests.waiting import until

LETTERS = "abcdef"
LONG = "\n\n".join(each * 4000 for each in LETTERS)


@pytest.fixture
async def platform() -> AsyncIterator[TelegramPlatform]:
    async with TelegramPlatform() as made:
        yield made


@asynccontextmanager
async def daemon(
    server: ValkeyServer, folder: Path, platform: TelegramPlatform
) -> AsyncIterator[Daemon]:
    settings_type: Any = loader.load().channels["telegram"].settings_type
    account = settings_type(
        id="tg-main",
        channel="telegram",
        bot_token=Secret(platform.token),
        api_url=platform.api_url,
        updates="polling",
    )
    own: Configuration[Any] = Configuration(settings=settings(server, folder), accounts=(account,))
    async with Daemon(own, loader.load()) as made:
        yield made


async def record(of: Daemon, answer: Any) -> OutboundRecord:
    assert isinstance(answer, Accepted), answer
    found = await of.outbox.record(answer.id)
    assert found is not None
    return found


def long_for(person: Person) -> OutboundMessage:
    return OutboundMessage(account="tg-main", to=str(person.id), content=Text(text=LONG))


async def test_a_stop_does_not_wait_for_the_rate_of_a_contact_and_the_next_one_sends_the_rest(
    valkey_server: ValkeyServer, valkey: Redis, tmp_path: Path, platform: TelegramPlatform
) -> None:
    del valkey
    ana = platform.person("Ana Sosa")
    ana.starts()
    async with daemon(valkey_server, tmp_path, platform) as first:
        (answer,) = await first.outbox.submit([long_for(ana)])

        async def begun() -> bool:
            return len(platform.sent) >= 3

        await until(begun)
    assert len(platform.sent) < len(LETTERS)
    async with daemon(valkey_server, tmp_path, platform) as second:
        assert (await record(second, answer)).state == "queued"

        async def over() -> bool:
            return (await record(second, answer)).state == "accepted"

        await until(over)
        told = await record(second, answer)
    assert [each[0] for each in ana.heard] == list(LETTERS)
    assert (told.in_doubt, told.attempts, len(told.parts)) == (False, (), len(LETTERS))


async def test_what_is_taken_back_between_its_parts_stays_as_far_as_it_is_out(
    valkey_server: ValkeyServer, valkey: Redis, tmp_path: Path, platform: TelegramPlatform
) -> None:
    del valkey
    ana = platform.person("Ana Sosa")
    ana.starts()
    async with daemon(valkey_server, tmp_path, platform) as relevo:
        (answer,) = await relevo.outbox.submit([long_for(ana)])

        async def waits_for_the_rate() -> bool:
            known = await record(relevo, answer)
            return known.state == "queued" and len(known.parts) >= 2

        await until(waits_for_the_rate)
        cancelled = await relevo.outbox.cancel(getattr(answer, "id", ""))
        assert cancelled is not None
        out = len(platform.sent)
        assert (cancelled.state, len(cancelled.parts)) == ("cancelled", out)
        assert all(each.platform_id for each in cancelled.parts)
        # Whoever comes next has their turn: nobody waits for the rest of it.
        after = OutboundMessage(account="tg-main", to=str(ana.id), content=Text(text="after"))
        (next_one,) = await relevo.outbox.submit([after])

        async def over() -> bool:
            return (await record(relevo, next_one)).state == "accepted"

        await until(over)
        assert await record(relevo, answer) == cancelled
    assert [each[0] for each in ana.heard] == [*LETTERS[:out], "a"]
