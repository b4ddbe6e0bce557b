"""Updates fetched by ourselves: nothing lost, nothing doubled, one at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from gateway.api import AccountBroken, Event, MessageReceived, Secret, Text
from gateway.errors import SpoolFull
from gateway.testing.host import Stage
from gateway.testing.telegram import Fault, TelegramPlatform
from gateway_telegram.channel import TelegramChannel
from gateway_telegram.delivery import Delivery
from gateway_telegram.polling import Poller
from gateway_telegram.standing import Standing
from tests.plugins.telegram.simulated import bot_of, cause, health, running
from tests.waiting import until


@pytest.fixture
def poller(platform: TelegramPlatform) -> TelegramChannel:
    return TelegramChannel(bot_of(platform, updates="polling", secret_token=None))


def words(events: Sequence[Event]) -> list[str]:
    return [
        each.message.content.text
        for each in events
        if isinstance(each, MessageReceived) and isinstance(each.message.content, Text)
    ]


async def test_what_waits_and_what_comes_is_fetched_in_order(
    platform: TelegramPlatform, poller: TelegramChannel, here: Stage
) -> None:
    ana = platform.person("Ana")
    platform.post(*(ana.writes(str(each)) for each in range(150)))
    async with running(poller, here):
        await until(lambda: len(here.events) == 150)
        platform.post(ana.writes("new"))
        await until(lambda: len(here.events) == 151)
        await until(lambda: not platform.updates.pending)
    assert words(here.events) == [*map(str, range(150)), "new"]
    assert await cause(here) is None


async def test_the_daemon_ends_a_webhook_before_it_fetches(
    platform: TelegramPlatform, poller: TelegramChannel, here: Stage
) -> None:
    platform.updates.webhook = {"url": "http://127.0.0.1:9/", "secret": ""}
    async with running(poller, here):
        await until(lambda: platform.updates.webhook is None)
        platform.post(platform.person("Ana").writes("Olá"))
        await until(lambda: words(here.events) == ["Olá"])


async def test_what_is_not_safe_is_not_confirmed(
    platform: TelegramPlatform, poller: TelegramChannel, here: Stage
) -> None:
    ana = platform.person("Ana")
    (number,) = platform.post(ana.writes("Olá"))
    here.full = True
    with pytest.raises(SpoolFull):
        await poller.run(here.host)
    assert list(platform.updates.pending) == [number]
    here.full = False
    async with running(poller, here):
        await until(lambda: words(here.events) == ["Olá"])
        await until(lambda: not platform.updates.pending)


async def test_what_was_safe_and_not_confirmed_is_not_fetched_again(
    platform: TelegramPlatform, poller: TelegramChannel, here: Stage
) -> None:
    ana = platform.person("Ana")
    platform.post(ana.writes("Olá"))
    # Telegram breaks off at the very call that would confirm.
    platform.faults.add(Fault(method="getUpdates"))
    platform.faults.add(Fault(method="getUpdates", page=502, times=None))
    async with running(poller, here):
        await until(lambda: _is_remembered(here))
    assert words(here.events) == ["Olá"]
    assert platform.updates.pending
    platform.faults.clear()
    async with running(poller, here):  # another process takes over
        platform.post(ana.writes("again"))
        await until(lambda: len(here.events) == 2)
    assert words(here.events) == ["Olá", "again"]


async def test_what_is_fetched_twice_makes_the_same_events(
    platform: TelegramPlatform, poller: TelegramChannel, here: Stage
) -> None:
    ana = platform.person("Ana")
    platform.post(ana.writes("Olá"), ana.edits(ana.writes("a"), "b"))
    platform.faults.add(Fault(method="getUpdates"))
    platform.faults.add(Fault(method="getUpdates", page=502, times=None))
    async with running(poller, here):
        await until(lambda: _is_remembered(here))
    first = [each.id for each in here.events]
    assert len(first) == 2
    here.events.clear()
    platform.faults.clear()
    await here.host.remember("offset", b"0", time=timedelta(minutes=1))  # what was known is gone
    async with running(poller, here):
        await until(lambda: len(here.events) == 2)
    assert [each.id for each in here.events] == first


async def test_telegram_may_count_anew_after_a_quiet_time(
    platform: TelegramPlatform, poller: TelegramChannel, here: Stage
) -> None:
    own = poller.settings
    quick = Poller(poller.parse, Delivery(own), own, Standing(own), held_seconds=1)
    ana = platform.person("Ana")
    platform.post(ana.writes("um"))

    def asked() -> list[dict[str, Any]]:
        return platform.called("getUpdates")

    fetching = asyncio.create_task(quick.run(here.host))
    try:
        await until(lambda: [each.get("offset", 0) > 0 for each in asked()][-2:] == [True, False])
        platform.updates.skip(-1000)
        platform.post(ana.writes("dois"))
        await until(lambda: words(here.events) == ["um", "dois"])
    finally:
        fetching.cancel()
        await asyncio.gather(fetching, return_exceptions=True)


async def test_a_failing_telegram_is_waited_for(
    platform: TelegramPlatform, poller: TelegramChannel, here: Stage
) -> None:
    platform.fail_next(502, "Bad Gateway", method="getUpdates")
    async with running(poller, here):
        await until(lambda: _is(here, "network"))
        found = await health(here)
        assert found is not None
        assert "Is 127.0.0.1 reached from here" in found.problems[0].remedy
        platform.post(platform.person("Ana").writes("Olá"))
        await until(lambda: words(here.events) == ["Olá"])
        await until(lambda: _is(here, None))


async def test_another_poller_is_told_as_a_cause(
    platform: TelegramPlatform, poller: TelegramChannel, here: Stage
) -> None:
    told = "Conflict: terminated by other getUpdates request; make sure that only one bot runs"
    platform.fail_next(409, told, method="getUpdates")
    with pytest.raises(AccountBroken):
        await poller.run(here.host)
    found = await health(here)
    assert found is not None
    assert (found.state, found.address) == ("down", "@relevo_bot")
    assert found.problems[0].explanation == "Another program takes this bot's updates."


async def test_two_pollers_end_each_other(
    platform: TelegramPlatform, poller: TelegramChannel, here: Stage
) -> None:
    first = asyncio.create_task(poller.run(here.host))
    await until(lambda: len(platform.called("getUpdates")) == 1)
    async with running(poller, here):
        with pytest.raises(AccountBroken):
            await first


async def test_a_revoked_token_is_told_as_a_cause(platform: TelegramPlatform, here: Stage) -> None:
    wrong = bot_of(platform, updates="polling", bot_token=Secret("110201543:revoked"))
    with pytest.raises(AccountBroken):
        await TelegramChannel(wrong).run(here.host)
    assert await cause(here) == "auth"


async def _is(here: Stage, wanted: str | None) -> bool:
    return await cause(here) == wanted


async def _is_remembered(here: Stage) -> bool:
    return await here.host.recall("offset") is not None
