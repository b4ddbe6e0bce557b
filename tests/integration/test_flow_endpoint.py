"""Flows of a running service, with a phone that really encrypts and a service that answers them."""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from hashlib import sha256
from importlib.metadata import EntryPoint, entry_points
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any

import aiohttp
import msgspec
import pytest
from aiohttp import web

from gateway import loader
from gateway.api import (
    Channel,
    ChannelSettings,
    FlowAnswer,
    FlowDone,
    FlowExpired,
    FlowRequest,
    FlowScreen,
    FlowScreens,
    Host,
    Secret,
    Secrets,
    hookimpl,
)
from gateway.errors import PluginError
from gateway.http.service import Service
from gateway.loader import Plugins
from gateway.settings.load import Configuration
from gateway.settings.schema import HttpSettings, RedisSettings, Settings
from gateway.testing.valkey import ValkeyServer
from gateway.testing.whatsapp import FlowClient, FlowEndpointFailed, WhatsAppPlatform

Backend = Callable[[dict[str, Any]], Any]


class Answering:
    """The operator's own service: answers as scripted and remembers what it was asked."""

    def __init__(self) -> None:
        self.answer: Backend = lambda _: {"screen": "ONE"}
        self.status = 200
        self.asked: list[dict[str, Any]] = []
        self.signed: list[bool] = []
        self.url = ""

    async def handle(self, request: web.Request) -> web.Response:
        body = await request.read()
        made = "sha256=" + hmac.new(b"flow-secret", body, sha256).hexdigest()
        self.signed.append(request.headers.get("X-Relevo-Signature-256") == made)
        self.asked.append(json.loads(body))
        return web.json_response(self.answer(self.asked[-1]), status=self.status)


@pytest.fixture
async def answering() -> AsyncIterator[Answering]:
    found = Answering()
    application = web.Application()
    application.router.add_post("/screens", found.handle)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found.url = f"http://127.0.0.1:{runner.addresses[0][1]}/screens"
    yield found
    await runner.cleanup()


@pytest.fixture
async def platform() -> AsyncIterator[WhatsAppPlatform]:
    async with WhatsAppPlatform() as platform:
        yield platform


@pytest.fixture(scope="session")
def keys() -> tuple[str, str]:
    whatsapp = loader.load().channels["whatsapp"]
    desk = whatsapp(whatsapp.example()).flows
    assert desk is not None
    return desk.new_key(), desk.new_key()


Start = Callable[..., Awaitable[Service]]


@pytest.fixture
async def start(
    valkey: Any,
    valkey_server: ValkeyServer,
    tmp_path: Path,
    platform: WhatsAppPlatform,
    keys: tuple[str, str],
) -> AsyncIterator[Start]:
    """Start a service with the platform's number, and give the platform its key."""
    assert valkey is not None
    running: list[Service] = []

    async def start(plugins: Plugins | None = None, **more: Any) -> Service:
        found = plugins or loader.load()
        example: Any = found.channels["whatsapp"].example()
        app = platform.app
        account = msgspec.structs.replace(
            example,
            id="wa-main",
            access_token=Secret(app.access_token),
            app_secret=Secrets(app.app_secret),
            api_url=platform.api_url,
            **({"flow_key": Secrets(keys[0])} | more),
        )
        settings = Settings(
            data_dir=str(tmp_path / str(len(running))),
            http=HttpSettings(public="127.0.0.1:0", private="127.0.0.1:0"),
            redis=RedisSettings(url=f"unix://{valkey_server.socket}"),
        )
        service = Service(Configuration(settings=settings, accounts=(account,)), found)
        running.append(await service.__aenter__())
        desk = service.daemon.channels["wa-main"].flows
        assert desk is not None
        if account.flow_key.reveal():
            await desk.upload_key(service.daemon.hosts["wa-main"])
        return service

    yield start
    for each in running:
        await each.__aexit__(None, None, None)


def address(service: Service) -> str:
    return f"{service.public_url}/webhooks/whatsapp/wa-main/flows"


@pytest.fixture
async def phone(start: Start, answering: Answering, platform: WhatsAppPlatform) -> FlowClient:
    service = await start(flow_url=answering.url, flow_url_secret=Secret("flow-secret"))
    return platform.flow_client(address(service), token="token-1")  # noqa: S106 - of a test


async def test_the_platform_finds_the_endpoint_alive(
    phone: FlowClient, answering: Answering
) -> None:
    await phone.ping()
    assert answering.asked == []


async def test_a_form_is_filled_in_screen_by_screen(
    phone: FlowClient, answering: Answering
) -> None:
    def answer(asked: dict[str, Any]) -> Any:
        match asked["action"], asked.get("screen"):
            case "open", _:
                return {"screen": "DAY", "data": {"days": ["Monday"]}}
            case "submit", "DAY" if asked["data"]["day"] == "Sunday":
                return {"screen": "DAY", "error": "We are closed"}
            case "submit", "DAY":
                return {"screen": "HOUR", "data": {"hours": ["10:00"]}}
            case "back", _:
                return {"screen": "DAY", "data": {"days": ["Monday", "Tuesday"]}}
            case _:
                return {"done": {"booked": True}}

    answering.answer = answer
    assert await phone.open() == {"days": ["Monday"]}
    assert await phone.submit({"day": "Sunday"}) == {"error_message": "We are closed"}
    assert await phone.submit({"day": "Monday"}) == {"hours": ["10:00"]}
    assert await phone.back() == {"days": ["Monday", "Tuesday"]}
    assert await phone.submit({"day": "Tuesday"}) == {"hours": ["10:00"]}
    done = await phone.submit({"hour": "10:00"})
    params = done["extension_message_response"]["params"]
    assert params == {"booked": True, "flow_token": "token-1"}
    assert phone.screen == "SUCCESS"
    assert all(answering.signed)
    assert answering.asked[1] == {
        "account": "wa-main",
        "action": "submit",
        "token": "token-1",
        "screen": "DAY",
        "data": {"day": "Sunday"},
    }


async def test_what_a_phone_could_not_show_is_told_and_acknowledged(
    phone: FlowClient, answering: Answering
) -> None:
    await phone.open()
    await phone.report("INVALID_SCREEN_TRANSITION", "no such screen")
    assert answering.asked[-1]["action"] == "failed"
    assert answering.asked[-1]["error"] == "INVALID_SCREEN_TRANSITION: no such screen"


async def test_a_token_that_is_no_longer_good_closes_the_form(
    phone: FlowClient, answering: Answering
) -> None:
    answering.answer = lambda _: {"expired": "Too late"}
    with pytest.raises(FlowEndpointFailed) as failed:
        await phone.open()
    assert failed.value.status == 427


@pytest.mark.parametrize("status", [500, 404])
async def test_a_service_in_trouble_is_no_answer(
    phone: FlowClient, answering: Answering, status: int
) -> None:
    answering.status = status
    with pytest.raises(FlowEndpointFailed) as failed:
        await phone.open()
    assert failed.value.status == 503
    answering.status = 200
    await phone.open()


async def test_what_is_no_answer_is_not_passed_on(phone: FlowClient, answering: Answering) -> None:
    answering.answer = lambda _: ["screen"]
    with pytest.raises(FlowEndpointFailed) as failed:
        await phone.open()
    assert failed.value.status == 503
    answering.answer = lambda _: {}
    with pytest.raises(FlowEndpointFailed) as failed:
        await phone.open()
    assert failed.value.status == 404


async def test_who_does_not_sign_is_refused(
    start: Start, platform: WhatsAppPlatform, answering: Answering
) -> None:
    url = address(await start(flow_url=answering.url))
    async with aiohttp.ClientSession() as session:
        for headers in ({}, {"X-Hub-Signature-256": "sha256=" + "0" * 64}):
            async with session.post(url, data=b"{}", headers=headers) as answer:
                assert (answer.status, await answer.read()) == (432, b"")
        signed = platform.signed(b"{}").headers
        async with session.post(url, data=b"{}", headers=signed) as answer:
            assert answer.status == 421
        async with session.post(url, data=BytesIO(bytes((1 << 20) + 1))) as answer:
            assert answer.status == 413
        async with session.get(url) as answer:
            assert answer.status == 405
    assert answering.asked == []


async def test_a_key_is_changed_without_a_gap(
    start: Start, platform: WhatsAppPlatform, keys: tuple[str, str]
) -> None:
    old, new = keys
    service = await start(flow_key=Secrets(old))
    phone = platform.flow_client(address(service))
    await phone.ping()
    uploaded = platform.number.public_key
    second = await start(flow_key=Secrets(new, old))
    phone = platform.flow_client(address(second))
    await phone.ping()
    assert platform.number.public_key != uploaded
    platform.number.public_key = uploaded  # phones know the old key for a while
    await phone.ping()
    third = await start(flow_key=Secrets(new))
    phone = platform.flow_client(address(third))
    platform.number.public_key = uploaded
    with pytest.raises(FlowEndpointFailed) as failed:
        await phone.ping()
    assert (failed.value.status, phone.statuses) == (421, [421, 421])


async def test_newer_flows_have_their_token_checked(
    start: Start, platform: WhatsAppPlatform, answering: Answering
) -> None:
    url = address(await start(flow_url=answering.url))
    phone = platform.flow_client(url, token="t", version="4.0")  # noqa: S106 - of a test
    await phone.open()
    request = {"version": "4.0", "action": "INIT", "flow_token": "t", "data": {}}
    for signature in ("", "a.b.c", "e30.e30.e30"):
        with pytest.raises(FlowEndpointFailed) as failed:
            await phone.exchange({**request, "flow_token_signature": signature})
        assert failed.value.status == 427


async def test_without_a_key_there_is_no_endpoint(start: Start) -> None:
    url = address(await start(flow_key=Secrets()))
    async with aiohttp.ClientSession() as session, session.post(url) as answer:
        assert answer.status == 404


class Bookings(FlowScreens):
    """A plugin's screens, for tokens of its own."""

    def __init__(self) -> None:
        self.failures: list[str] = []

    async def answer(self, request: FlowRequest, host: Host) -> FlowAnswer | None:
        del host
        if not request.token.startswith("booking:"):
            return None
        match request.action:
            case "open":
                return FlowScreen(screen="DAY", data={"for": request.token})
            case "submit":
                return FlowDone(data=request.data)
            case "back":
                return FlowExpired()

    async def failed(self, request: FlowRequest, error: str, host: Host) -> None:
        del request, host
        self.failures.append(error)


def plugin(*screens: object, fails: bool = False) -> Plugins:
    """Load the installed plugins and one that answers Flows, named ``bookings``."""
    module = ModuleType("bookings")

    @hookimpl
    def gateway_flow_screens(settings: ChannelSettings) -> Iterable[FlowScreens]:
        if fails:
            raise ZeroDivisionError("the author did not think of this")
        return screens if settings.channel == "whatsapp" else ()  # type: ignore[return-value]

    module.gateway_flow_screens = gateway_flow_screens  # type: ignore[attr-defined]

    class Installed(EntryPoint):
        def load(self) -> ModuleType:
            return module

    own = Installed("bookings", "bookings", loader.GROUP)
    group = entry_points(group=loader.GROUP)
    return loader.load(found=(*group, own))


async def test_a_plugin_answers_the_forms_it_knows_and_leaves_the_others(
    start: Start, platform: WhatsAppPlatform, answering: Answering
) -> None:
    bookings = Bookings()
    service = await start(plugin(bookings), flow_url=answering.url)
    phone = platform.flow_client(address(service), token="booking:7")  # noqa: S106
    assert await phone.open() == {"for": "booking:7"}
    with pytest.raises(FlowEndpointFailed) as failed:
        await phone.back()
    assert failed.value.status == 427
    assert (await phone.submit({"day": "Monday"}))["extension_message_response"]["params"] == {
        "day": "Monday",
        "flow_token": "booking:7",
    }
    await phone.report("OOPS")
    assert bookings.failures == ["OOPS"]
    assert answering.asked[-1]["action"] == "failed", "all of them hear of it"
    await platform.flow_client(address(service)).open()
    assert answering.asked[-1]["action"] == "open"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"fails": True}, "plugin 'bookings' cannot say what answers the forms of account"),
        ({"screens": ("no screens",)}, "plugin 'bookings' offers 'no screens'"),
    ],
)
def test_a_plugin_that_fails_is_named(wrong: dict[str, Any], told: str) -> None:
    plugins = plugin(*wrong.get("screens", ()), fails=wrong.get("fails", False))
    whatsapp: type[Channel[Any]] = plugins.channels["whatsapp"]
    with pytest.raises(PluginError, match=told):
        plugins.open(whatsapp.example())


async def test_a_slow_service_does_not_hold_the_phone(
    start: Start, platform: WhatsAppPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Slow(Bookings):
        async def answer(self, request: FlowRequest, host: Host) -> FlowAnswer | None:
            await asyncio.Event().wait()
            return await super().answer(request, host)

    monkeypatch.setattr("gateway_whatsapp.endpoint._ANSWER_SECONDS", 0.05)
    service = await start(plugin(Slow()))
    with pytest.raises(FlowEndpointFailed) as failed:
        await platform.flow_client(address(service)).open()
    assert failed.value.status == 504
