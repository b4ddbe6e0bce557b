"""What platforms say of accounts reaches the account's channel, and shows how the account stands."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import msgspec
import pytest

from gateway.api import (
    AccountAlert,
    AccountChange,
    AccountHealth,
    AccountUpdated,
    Alert,
    Channel,
    ChannelSettings,
    Choice,
    Event,
    HealthProblem,
    Host,
    MessageReceived,
    NumberDesk,
    TemplateChange,
    TemplateUpdated,
    WebhookRequest,
    event_id,
)
from gateway.daemon.daemon import Daemon
from gateway.daemon.standing import Standing
from gateway.loader import Plugins
from gateway.settings.load import Configuration
from gateway.settings.schema import RedisSettings, Settings
from gateway.testing.events import received
from gateway.testing.valkey import ValkeyServer

NOW = 1_795_000_000_000


class Desk(NumberDesk):
    """Nobody asks it: what was found is written by the tests."""

    check = profile = change_profile = blocked = block = None  # type: ignore[assignment]
    unblock = subscribe = request_code = verify_code = register = None  # type: ignore[assignment]


class Attentive(Channel[ChannelSettings]):
    """A channel that remembers what it was told."""

    type: ClassVar[str] = "attentive"
    title: ClassVar[str] = "Attentive"
    settings_type = ChannelSettings

    def __init__(self, settings: ChannelSettings) -> None:
        super().__init__(settings)
        self.told: asyncio.Queue[str] = asyncio.Queue()
        self.number = Desk()

    @classmethod
    def example(cls) -> ChannelSettings:
        return ChannelSettings(id="attentive", channel="attentive")

    def identities(self) -> Sequence[str]:
        return ()

    def secrets(self) -> Sequence[str]:
        return ()

    def verify(self, request: WebhookRequest) -> None:
        del request

    def parse(self, request: WebhookRequest) -> Sequence[Event]:
        del request
        return ()

    async def noticed(self, event: Event, host: Host) -> None:
        del host
        if isinstance(event, AccountAlert):
            raise ZeroDivisionError("the author did not think of this")
        self.told.put_nowait(str(type(event).__struct_config__.tag))


class Curious(Attentive):
    """A channel that wants to know who writes, and nothing else."""

    type: ClassVar[str] = "curious"
    watches = frozenset({MessageReceived})


@pytest.fixture
async def daemon(valkey: Any, valkey_server: ValkeyServer, tmp_path: Path) -> AsyncIterator[Daemon]:
    assert valkey is not None
    settings = Settings(
        data_dir=str(tmp_path), redis=RedisSettings(url=f"unix://{valkey_server.socket}")
    )
    accounts = (
        *(ChannelSettings(id=each, channel="attentive") for each in ("red", "blue")),
        ChannelSettings(id="green", channel="curious"),
    )
    plugins = Plugins(plugins=(), channels={"attentive": Attentive, "curious": Curious})
    async with Daemon(Configuration(settings=settings, accounts=accounts), plugins) as daemon:
        yield daemon


def facts(account: str) -> dict[str, Any]:
    return {"at": NOW, "channel": "attentive", "account": account}


def template(account: str, name: str = "ready") -> TemplateUpdated:
    change = TemplateChange(aspect="status", name=name, new="PAUSED")
    own = event_id(NOW, account, "template.updated", name)
    return TemplateUpdated(id=own, template=change, **facts(account))


async def told(daemon: Daemon, account: str, count: int) -> list[str]:
    """What a channel was told, once it was told so much."""
    channel = daemon.channels[account]
    assert isinstance(channel, Attentive)
    return [await asyncio.wait_for(channel.told.get(), 5) for _ in range(count)]


async def test_the_accounts_own_channel_is_told_once_an_event_is_safe(daemon: Daemon) -> None:
    await daemon.committer.commit((template("red"),))
    change = AccountChange(aspect="throughput", new="HIGH")
    own = event_id(NOW, "red", "account.updated")
    more = AccountUpdated(id=own, change=change, **facts("red"))
    await daemon.committer.commit((received(1, at=NOW, account="red"), more, template("blue")))
    assert await told(daemon, "red", 2) == ["template.updated", "account.updated"]
    assert await told(daemon, "blue", 1) == ["template.updated"]


async def test_a_tap_that_wants_an_answer_is_handed_over_too(daemon: Daemon) -> None:
    def tap(query: str | None) -> Event:
        event = received(1 if query else 2, at=NOW, account="red")
        content = Choice(source="callback", id="yes", query_id=query)
        return msgspec.structs.replace(
            event,
            channel="attentive",
            message=msgspec.structs.replace(event.message, content=content),
        )

    await daemon.committer.commit((tap(None), tap("7"), template("red")))
    assert await told(daemon, "red", 2) == ["message.received", "template.updated"]


async def test_a_channel_that_fails_hinders_no_other(daemon: Daemon) -> None:
    alert = Alert(severity="warning", code="X", text="something")
    own = event_id(NOW, "red", "account.alert")
    await daemon.committer.commit((AccountAlert(id=own, alert=alert, **facts("red")),))
    await daemon.committer.commit((template("unknown"),))
    await daemon.committer.commit((template("blue"),))
    assert await told(daemon, "blue", 1) == ["template.updated"]


async def test_a_shelf_holds_things_by_name_and_is_replaced_at_once(daemon: Daemon) -> None:
    red, blue = daemon.hosts["red"], daemon.hosts["blue"]
    await red.shelve("things", {"a": b"1", "b": b"2"})
    await red.shelve("things", {"a": None, "c": b"3"})
    assert await red.shelf("things") == {"b": b"2", "c": b"3"}
    assert await red.item("things", "c") == b"3"
    assert await red.item("things", "a") is None
    await red.shelve("things", {"d": b"4"}, replace=True)
    assert await red.shelf("things") == {"d": b"4"}
    await red.shelve("things", {}, replace=True)
    assert await red.shelf("things") == {}
    assert await blue.shelf("things") == {}


def health(**more: Any) -> bytes:
    found = {"account": "red", "channel": "attentive", "checked_at": NOW, "state": "up", **more}
    return msgspec.json.encode(AccountHealth(**found))


def shown(daemon: Daemon, name: str) -> float | None:
    labels = {"channel": "attentive", "account": "red"}
    return daemon.metrics.registry.get_sample_value(f"relevo_account_{name}", labels)


async def test_what_was_found_of_an_account_shows_as_metrics_and_with_a_cause(
    daemon: Daemon,
) -> None:
    standing = Standing(daemon.hosts, daemon.health, daemon.metrics)
    component = daemon.health.component("account:red")

    def condition() -> tuple[str, str | None, str]:
        return (component.condition.state, component.condition.cause, component.condition.detail)

    async def look(kept: bytes) -> None:
        await daemon.hosts["red"].remember(NumberDesk.health_key, kept, time=timedelta(minutes=1))
        await standing.look()

    await look(health(quality="green", daily_contacts=2000, token_expires_at=NOW + 1000))
    assert condition() == ("up", None, "")
    assert (shown(daemon, "up"), shown(daemon, "quality")) == (1, 3)
    assert shown(daemon, "daily_contacts") == 2000
    assert shown(daemon, "token_expires_timestamp_seconds") == NOW / 1000 + 1

    banned = HealthProblem(
        severity="critical", cause="platform", explanation="It is banned.", remedy="Appeal."
    )
    await look(health(state="down", quality="red", problems=(banned,)))
    assert condition() == ("down", "platform", "It is banned. Appeal.")
    assert (shown(daemon, "up"), shown(daemon, "quality")) == (0, 1)
    assert shown(daemon, "daily_contacts") == math.inf

    await look(health())
    assert condition() == ("up", None, "")


async def test_an_account_that_was_resumed_is_up_whatever_was_found_before(daemon: Daemon) -> None:
    standing = Standing(daemon.hosts, daemon.health, daemon.metrics)
    component = daemon.health.component("account:red")
    dead = HealthProblem(severity="critical", cause="auth", explanation="The token expired.")

    async def look(**more: Any) -> str:
        kept = health(state="down", problems=(dead,), **more)
        await daemon.hosts["red"].remember(NumberDesk.health_key, kept, time=timedelta(minutes=1))
        await standing.look()
        return component.condition.state

    assert await look() == "down"  # what was found before this process began is still true
    component.down("auth", "a message was refused")
    component.up()  # and then one was taken
    assert await look() == "up"
    assert await look(checked_at=component.condition.since + 1) == "down"


async def test_an_account_that_could_not_be_asked_keeps_its_numbers(daemon: Daemon) -> None:
    standing = Standing(daemon.hosts, daemon.health, daemon.metrics)
    away = HealthProblem(severity="warning", cause="network", explanation="No answer.")
    for kept in (health(quality="green"), health(state="unknown", problems=(away,)), b"old"):
        await daemon.hosts["red"].remember(NumberDesk.health_key, kept, time=timedelta(minutes=1))
        await standing.look()
    assert (shown(daemon, "up"), shown(daemon, "quality")) == (1, 3)
    condition = daemon.health.component("account:red").condition
    assert (condition.state, condition.cause) == ("degraded", "network")


async def test_a_channel_is_told_of_what_it_watches_and_of_nothing_else(daemon: Daemon) -> None:
    wrote = msgspec.structs.replace(received(1, at=NOW, account="green"), channel="curious")
    said = msgspec.structs.replace(template("green"), channel="curious")
    await daemon.committer.commit((said, wrote))
    assert await told(daemon, "green", 1) == ["message.received"]
