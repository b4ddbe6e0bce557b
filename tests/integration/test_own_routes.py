"""Paths of the public listener that a channel answers itself, over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import aiohttp
import pytest
from aiohttp import web

from gateway.api import Channel, ChannelSettings, Event, Host, Route, WebhookRequest
from gateway.bus import keys
from gateway.bus.keys import partition_of
from gateway.codec.stream import decode
from gateway.errors import PluginError
from gateway.http.service import Service
from gateway.loader import Plugins
from gateway.settings.load import Configuration
from gateway.settings.schema import HttpSettings, RedisSettings, Settings
from gateway.testing.events import received
from gateway.testing.valkey import ValkeyServer

NOW = 1_795_000_000_000


class Visits:
    """Answers with how often it was asked, by the host's memory."""

    def __init__(self, account: str, host: Host) -> None:
        self.account = account
        self.host = host

    async def count(self, request: web.BaseRequest) -> web.StreamResponse:
        visits = int(await self.host.recall("visits") or 0) + len(await request.read() or b"1")
        await self.host.remember("visits", str(visits).encode(), time=timedelta(hours=1))
        return web.Response(text=f"{self.account} {visits}")

    async def talk(self, request: web.BaseRequest) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for said in socket:
            await self.host.commit((received(1, at=NOW, account=self.account),))
            await socket.send_str(f"{said.data}!")
        return socket

    async def fail(self, request: web.BaseRequest) -> web.StreamResponse:
        raise ZeroDivisionError(request.path)


class Parlour(Channel[ChannelSettings]):
    """A channel whose contacts come to us."""

    type: ClassVar[str] = "parlour"
    title: ClassVar[str] = "Parlour"
    settings_type = ChannelSettings

    @classmethod
    def example(cls) -> ChannelSettings:
        return ChannelSettings(id="parlour", channel="parlour")

    def identities(self) -> Sequence[str]:
        return (self.account,)

    def secrets(self) -> Sequence[str]:
        return (self.account,)

    def verify(self, request: WebhookRequest) -> None:
        del request

    def parse(self, request: WebhookRequest) -> Sequence[Event]:
        del request
        return ()

    def routes(self, host: Host) -> Sequence[Route]:
        visits = Visits(self.account, host)
        return (
            Route("GET", f"/parlour/{self.account}/visits", visits.count),
            Route("POST", f"/parlour/{self.account}/visits", visits.count),
            Route("GET", f"/webhooks/parlour/{self.account}/talk", visits.talk),
            Route("GET", f"/parlour/{self.account}/fail", visits.fail),
        )


class Elsewhere(Parlour):
    """Wants another's path."""

    def routes(self, host: Host) -> Sequence[Route]:
        return (Route("GET", "/parlour/red/visits", Visits("", host).count),)


class Twice(Parlour):
    """Answers one path twice."""

    def routes(self, host: Host) -> Sequence[Route]:
        return (*super().routes(host), *super().routes(host))


Make = Callable[..., Service]


@pytest.fixture
def make(valkey: Any, valkey_server: ValkeyServer, tmp_path: Path) -> Make:
    assert valkey is not None

    def make(*accounts: str, type_: type[Channel[Any]] = Parlour) -> Service:
        settings = Settings(
            data_dir=str(tmp_path),
            http=HttpSettings(public="127.0.0.1:0", private="127.0.0.1:0"),
            redis=RedisSettings(url=f"unix://{valkey_server.socket}"),
        )
        own = tuple(ChannelSettings(id=each, channel="parlour") for each in accounts)
        plugins = Plugins(plugins=(), channels={"parlour": type_})
        return Service(Configuration(settings=settings, accounts=own), plugins)

    return make


@pytest.fixture
async def http(make: Make) -> AsyncIterator[aiohttp.ClientSession]:
    async with (
        make("red", "blue") as service,
        aiohttp.ClientSession(service.public_url) as session,
    ):
        yield session


async def asked(http: aiohttp.ClientSession, method: str, path: str) -> tuple[int, str]:
    async with http.request(method, path) as answer:
        return answer.status, await answer.text()


async def test_each_account_answers_with_a_memory_of_its_own(
    http: aiohttp.ClientSession,
) -> None:
    assert await asked(http, "GET", "/parlour/red/visits") == (200, "red 1")
    assert await asked(http, "POST", "/parlour/red/visits") == (200, "red 2")
    assert await asked(http, "GET", "/parlour/blue/visits") == (200, "blue 1")


async def test_only_what_the_channel_gave_is_answered(http: aiohttp.ClientSession) -> None:
    assert (await asked(http, "GET", "/parlour/green/visits"))[0] == 404
    assert (await asked(http, "OPTIONS", "/parlour/red/visits"))[0] == 405
    assert (await asked(http, "POST", "/webhooks/parlour/red"))[0] == 200


async def test_a_channel_that_fails_shows_nothing_of_it(http: aiohttp.ClientSession) -> None:
    status, text = await asked(http, "GET", "/parlour/red/fail")
    assert status == 500
    assert "fail" not in text
    assert (await asked(http, "GET", "/parlour/red/visits"))[0] == 200


async def test_a_socket_can_be_held_and_what_is_said_reaches_the_stream(
    http: aiohttp.ClientSession, valkey: Any
) -> None:
    async with http.ws_connect("/webhooks/parlour/red/talk") as socket:
        await socket.send_str("hello")
        assert await socket.receive_str() == "hello!"
    stream = keys.events(partition_of("red", 8))
    events = [decode(fields[b"data"]) for _, fields in await valkey.xrange(stream)]
    assert [each.account for each in events] == ["red"]


@pytest.mark.parametrize(
    ("type_", "told"),
    [(Elsewhere, "not below /parlour/blue/"), (Twice, "GET /parlour/blue/visits twice")],
)
async def test_paths_that_would_meet_stop_the_start(
    make: Make, type_: type[Channel[Any]], told: str
) -> None:
    with pytest.raises(PluginError, match=told):
        async with make("blue", type_=type_):
            pass
