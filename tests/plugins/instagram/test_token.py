"""Tokens of login ``instagram`` end after 60 days: they are renewed in time, or somebody is told."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from gateway.api import (
    AccountAlert,
    AccountBroken,
    AccountHealth,
    NumberDesk,
    OutboundMessage,
    Secret,
    Secrets,
    Text,
)
from gateway.testing.host import Stage, stage
from gateway.testing.meta import App, MetaPlatform
from gateway.testing.valkey import ValkeyServer
from gateway_instagram.channel import InstagramChannel
from gateway_instagram.settings import InstagramSettings
from gateway_instagram.token import SHELF

DAY = timedelta(days=1).total_seconds()


class Clock:
    """The platform's and the channel's; days pass when a test says so."""

    def __init__(self) -> None:
        self.days = 0.0

    def __call__(self) -> float:
        return time.time() + self.days * DAY


class World:
    """An account of its own, and as many processes as a test wants."""

    def __init__(self, platform: MetaPlatform, here: Stage, clock: Clock) -> None:
        self.platform = platform
        self.here = here
        self.clock = clock
        self.ana = platform.contact(name="Ana")

    def process(self, **more: Any) -> InstagramChannel:
        """Return the account in a process that has just begun."""
        business = self.platform.business
        settings: dict[str, Any] = {
            "id": "insta",
            "channel": "instagram",
            "login": business.login,
            "instagram_id": business.id,
            "page_id": business.page_id,
            "access_token": Secret(business.access_token),
            "app_secret": Secrets(self.platform.webhook_secret),
            "verify_token": Secret("v"),
            "api_url": self.platform.api_url,
            **more,
        }
        return InstagramChannel(InstagramSettings(**settings), clock=self.clock)

    async def look(self, channel: InstagramChannel) -> list[tuple[str, str]]:
        """Have an account looked after once, and return what was told of its token."""
        before = len(self.here.events)
        await channel._upkeep.look(self.here.host)
        told = [each for each in self.here.events[before:] if isinstance(each, AccountAlert)]
        return [(each.alert.severity, each.alert.code) for each in told]

    async def health(self) -> AccountHealth:
        kept = await self.here.host.recall(NumberDesk.health_key)
        assert kept is not None
        return msgspec.json.decode(kept, type=AccountHealth)

    async def send(self, channel: InstagramChannel) -> None:
        """Send a text; raises what the platform says against it."""
        self.ana.writes("Olá")
        message = OutboundMessage(account="insta", to=self.ana.id, content=Text(text="Oi"))
        (call,) = channel.render(message).calls
        channel.read_answer(await channel.deliver(call, self.here.host))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def world(
    valkey: Any, valkey_server: ValkeyServer, tmp_path: Path, clock: Clock
) -> AsyncIterator[World]:
    assert valkey is not None
    url = f"unix://{valkey_server.socket}"
    async with (
        MetaPlatform("instagram", login="instagram", clock=clock) as platform,
        stage("insta", redis_url=url, folder=tmp_path) as here,
    ):
        platform.business.token_since = clock() - 30 * DAY
        yield World(platform, here, clock)


async def test_a_token_of_unknown_age_is_renewed_at_once_and_then_ten_days_before_its_end(
    world: World,
) -> None:
    owner = world.process()
    assert await world.look(owner) == []
    assert len(world.platform.tokens.renewed) == 1
    expires_at = (await world.health()).token_expires_at
    assert expires_at is not None
    assert expires_at / 1000 == pytest.approx(world.clock() + 60 * DAY, abs=60)
    world.clock.days = 49
    await world.look(owner)
    assert len(world.platform.tokens.renewed) == 1
    world.clock.days = 51
    await world.look(owner)
    assert len(world.platform.tokens.renewed) == 2


async def test_every_process_goes_on_with_the_new_token_when_that_of_the_settings_is_over(
    world: World,
) -> None:
    await world.look(world.process())
    world.clock.days = 31
    with pytest.raises(AccountBroken, match="expired"):
        await world.send(world.process(renew_token=False))
    await world.send(world.process())
    assert len(world.platform.sent) == 1


async def test_a_process_that_was_there_before_learns_of_the_new_token(world: World) -> None:
    sender = world.process()
    await world.send(sender)
    await world.look(world.process())
    world.clock.days = 31
    await world.send(sender)
    assert len(world.platform.sent) == 2


async def test_a_token_that_is_too_young_is_tried_again_and_alarms_nobody(world: World) -> None:
    world.platform.business.token_since = world.clock()
    owner = world.process()
    assert await world.look(owner) == []
    assert (await world.health()).state == "up"
    world.clock.days = 1.1
    assert await world.look(owner) == []
    assert len(world.platform.tokens.renewed) == 1


async def test_a_token_that_cannot_be_renewed_is_told_before_it_ends_and_when_it_was_after_all(
    world: World,
) -> None:
    owner = world.process()
    await world.look(owner)
    world.platform.fail_next(10, edge="refresh_access_token", times=None)
    world.clock.days = 51
    assert await world.look(owner) == []  # there are days left to try again
    world.clock.days = 54
    assert await world.look(owner) == [("warning", "token_renewal")]
    assert await world.look(owner) == []
    health = await world.health()
    assert health.state == "degraded"
    assert health.token_valid
    (problem,) = health.problems
    assert (problem.cause, problem.severity, problem.code) == ("auth", "warning", "10")
    assert "Connect the account again" in problem.remedy
    # Another process takes over: it knows when the token ends.
    world.platform.faults.clear()
    assert await world.look(world.process()) == [("info", "token_renewal")]
    assert (await world.health()).state == "up"


async def test_a_token_of_unknown_age_that_is_refused_for_days_is_told(world: World) -> None:
    world.platform.fail_next(10, edge="refresh_access_token", times=None)
    assert await world.look(world.process()) == []
    world.clock.days = 3
    assert await world.look(world.process()) == [("warning", "token_renewal")]


async def test_a_new_token_in_the_settings_takes_the_place_of_a_renewed_one(world: World) -> None:
    await world.look(world.process())
    world.platform.business.access_token = "connected again"  # noqa: S105 - the simulator's own
    world.platform.business.token_since = world.clock()
    world.clock.days = 59
    again = world.process()
    await world.look(again)
    assert len(world.platform.tokens.renewed) == 2
    world.clock.days = 100
    await world.send(world.process())
    assert len(world.platform.sent) == 1


async def test_what_is_kept_of_a_token_says_nothing_without_the_apps_secret(
    world: World, valkey: Any
) -> None:
    await world.look(world.process())
    (new,) = world.platform.tokens.renewed
    for shelf in (await world.here.host.shelf(SHELF)).values():
        assert new.encode() not in shelf
    for key in await valkey.keys("*"):
        if await valkey.type(key) == b"hash":
            assert not any(new.encode() in each for each in (await valkey.hgetall(key)).values())
    world.clock.days = 31
    with pytest.raises(AccountBroken):
        await world.send(world.process(app_secret=Secrets("another app's")))


async def test_a_changed_secret_opens_what_the_old_one_sealed_and_seals_it_anew(
    world: World,
) -> None:
    await world.look(world.process())
    old = world.platform.webhook_secret
    await world.look(world.process(app_secret=Secrets("next year's", old)))
    world.clock.days = 31
    await world.send(world.process(app_secret=Secrets("next year's")))
    assert len(world.platform.sent) == 1


async def test_the_token_of_a_page_is_left_alone(valkey: Any, world: World) -> None:
    assert valkey is not None
    async with MetaPlatform("instagram", app=App(needs_proof=True), clock=world.clock) as platform:
        by_page = World(platform, world.here, world.clock)
        await by_page.look(by_page.process())
        assert not platform.graph.calls["GET", "refresh_access_token"]
    await world.look(world.process(renew_token=False))
    assert not world.platform.tokens.renewed


async def test_a_token_is_in_no_event_and_no_log(
    world: World, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    world.platform.fail_next(190, 463, edge="refresh_access_token")
    await world.look(world.process())
    await world.look(world.process())
    printed = capsys.readouterr()
    shown = (caplog.text, printed.out, printed.err, repr(world.here.events))
    for token in (world.platform.business.access_token, *world.platform.tokens.renewed):
        assert not any(token in each for each in shown)
