"""Tokens that die and subscriptions that are lost."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from gateway.api import AccountAlert, AccountHealth, NumberDesk
from gateway.testing.host import Stage
from gateway.testing.meta import MetaPlatform
from tests.plugins.meta.simulated import channel_of

FIELDS = ("messages", "messaging_postbacks")


class Rounds:
    """Looks after an account round by round: each begins as ``run`` does."""

    def __init__(self, platform: MetaPlatform, here: Stage) -> None:
        self.platform = platform
        self.here = here
        self.channel = channel_of(platform, subscribe=FIELDS)

    async def __call__(self) -> list[tuple[str, str]]:
        """Return the alerts of one round: how severe, and the code."""
        before = len(self.here.events)
        await self.channel._upkeep.look(self.here.host)
        told = self.here.events[before:]
        return [
            (each.alert.severity, each.alert.code)
            for each in told
            if isinstance(each, AccountAlert)
        ]

    async def health(self) -> AccountHealth:
        kept = await self.here.host.recall(NumberDesk.health_key)
        assert kept is not None
        return msgspec.json.decode(kept, type=AccountHealth)


@pytest.fixture
def rounds(platform: MetaPlatform, here: Stage) -> Rounds:
    return Rounds(platform, here)


async def test_a_token_that_died_is_told_once_and_so_is_its_return(rounds: Rounds) -> None:
    assert await rounds() == []
    assert (await rounds.health()).state == "up"
    rounds.platform.business.token_error = (190, 460)
    assert await rounds() == [("critical", "190.460")]
    assert await rounds() == []
    health = await rounds.health()
    assert (health.state, health.token_valid) == ("down", False)
    assert "password" in health.problems[0].explanation
    rounds.platform.business.token_error = None
    assert await rounds() == [("info", "token")]
    assert await rounds() == []


async def test_trouble_of_the_platform_says_nothing_of_the_token(rounds: Rounds) -> None:
    rounds.platform.fail_next(2, edge="")
    assert await rounds() == []
    health = await rounds.health()
    assert (health.state, health.token_valid) == ("unknown", None)
    (problem,) = health.problems
    assert (problem.severity, problem.cause) == ("warning", "network")
    assert "127.0.0.1" in problem.remedy
    await rounds()
    assert ((await rounds.health()).state, (await rounds.health()).problems) == ("up", ())


async def test_an_account_is_subscribed_and_put_back_when_it_was_taken_off(
    rounds: Rounds,
) -> None:
    business = rounds.platform.business
    business.subscribed = ()
    assert await rounds() == []
    assert tuple(business.subscribed) == FIELDS
    business.subscribed = ()  # an hour of failures
    assert await rounds() == [("warning", "subscription_lost")]
    assert tuple(business.subscribed) == FIELDS
    assert await rounds() == []


@pytest.mark.parametrize("code", [100, 200])
async def test_a_subscription_that_is_refused_is_told_once_and_so_is_its_end(
    rounds: Rounds, code: int
) -> None:
    rounds.platform.fail_next(code, edge="subscribed_apps", times=None)
    assert await rounds() == [("warning", "subscription_refused")]
    assert await rounds() == []
    health = await rounds.health()
    assert (health.state, health.token_valid) == ("degraded", True)
    (problem,) = health.problems
    assert (problem.cause, problem.code) == ("silence", str(code))
    assert "subscribe" in problem.remedy
    rounds.platform.faults.clear()
    assert await rounds() == [("info", "subscription_refused")]
    assert (await rounds.health()).state == "up"


async def test_a_subscription_that_cannot_be_asked_about_now_alarms_nobody(
    rounds: Rounds,
) -> None:
    rounds.platform.fail_next(2, edge="subscribed_apps")
    assert await rounds() == []
    assert (await rounds.health()).state == "up"


async def test_subscriptions_are_left_alone_unless_asked_for(
    platform: MetaPlatform, here: Stage
) -> None:
    platform.business.subscribed = ()
    running = asyncio.create_task(channel_of(platform).run(here.host))
    async with asyncio.timeout(10):
        while not await here.host.recall(NumberDesk.health_key):  # noqa: ASYNC110 - it is Redis
            await asyncio.sleep(0.01)
    assert platform.business.subscribed == ()
    running.cancel()


async def test_it_can_be_turned_off(platform: MetaPlatform, here: Stage) -> None:
    await channel_of(platform, health_minutes=0).run(here.host)
    assert not platform.graph.calls
