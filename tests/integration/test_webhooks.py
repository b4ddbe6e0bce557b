"""The callback addresses of a running service, asked over HTTP."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any, ClassVar

import aiohttp
import pytest

from gateway import loader
from gateway.api import (
    BodyMalformed,
    Channel,
    ChannelSettings,
    Event,
    Secret,
    Secrets,
    SignatureInvalid,
    WebhookRequest,
)
from gateway.bus import keys
from gateway.codec.stream import decode
from gateway.http.service import Service
from gateway.loader import Plugins
from gateway.model.event import MessageReceived, PlatformNotice
from gateway.settings.load import Configuration
from gateway.settings.schema import HttpSettings, RedisSettings, Settings, SpoolSettings
from gateway.testing.events import received
from gateway.testing.valkey import ValkeyServer

NOW = 1_795_000_000


class Fragile(Channel[ChannelSettings]):
    """A channel of a careless author, told by the body how to fail."""

    type: ClassVar[str] = "fragile"
    title: ClassVar[str] = "Fragile"
    settings_type = ChannelSettings

    @classmethod
    def example(cls) -> ChannelSettings:
        return ChannelSettings(id="fragile", channel="fragile")

    def identities(self) -> Sequence[str]:
        return ("1",)

    def secrets(self) -> Sequence[str]:
        return ("fragile",)

    def verify(self, request: WebhookRequest) -> None:
        if request.headers.get("x-key") != "fragile":
            raise SignatureInvalid("no key")

    def parse(self, request: WebhookRequest) -> Sequence[Event]:
        match request.body:
            case b"malformed":
                raise BodyMalformed("not JSON")
            case b"panic":
                raise ZeroDivisionError("the author did not think of this")
            case b"unwritable":
                return (received(1, at=NOW * 1000, account="\ud800"),)
            case _:
                return ()


def whatsapp_settings(name: str, number: str, *secrets: str) -> Any:
    settings_type: Any = loader.load().channels["whatsapp"].settings_type
    return settings_type(
        id=name,
        channel="whatsapp",
        phone_number_id=number,
        business_account_id="200",
        access_token=Secret("token"),
        app_secret=Secrets(*secrets),
        verify_token=Secret("show me"),
    )


ACCOUNTS = (
    whatsapp_settings("wa-one", "101", "old", "new"),
    whatsapp_settings("wa-two", "102", "old", "new"),
    whatsapp_settings("wa-other-app", "103", "another"),
    ChannelSettings(id="glass", channel="fragile"),
)


def made(url: str, data_dir: Path) -> Service:
    found = loader.load()
    plugins = Plugins(plugins=found.plugins, channels={**found.channels, Fragile.type: Fragile})
    settings = Settings(
        data_dir=str(data_dir),
        http=HttpSettings(public="127.0.0.1:0", private="127.0.0.1:0", body_limit_bytes=50_000),
        redis=RedisSettings(url=url),
        spool=SpoolSettings(max_bytes=1),
    )
    return Service(Configuration(settings=settings, accounts=ACCOUNTS), plugins)


@pytest.fixture
async def service(
    valkey: Any, valkey_server: ValkeyServer, tmp_path: Path
) -> AsyncIterator[Service]:
    await valkey.flushall()
    async with made(f"unix://{valkey_server.socket}", tmp_path) as started:
        yield started


@pytest.fixture
async def http(service: Service) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(service.public_url) as session:
        yield session


def message(number: str, platform_id: str = "wamid.1") -> dict[str, Any]:
    text = {"from": "351911111111", "id": platform_id, "timestamp": str(NOW), "type": "text"}
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "1555", "phone_number_id": number},
        "contacts": [{"profile": {"name": "Ana"}, "wa_id": "351911111111"}],
        "messages": [{**text, "text": {"body": "olá"}}],
    }
    return {"field": "messages", "value": value}


def envelope(*changes: dict[str, Any]) -> bytes:
    entry = {"id": "200", "changes": list(changes)}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


def signed(body: bytes, secret: str) -> dict[str, str]:
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {"X-Hub-Signature-256": f"sha256={digest}"}


async def post(
    http: aiohttp.ClientSession, path: str, body: bytes, headers: dict[str, str]
) -> tuple[int, str]:
    async with http.post(path, data=body, headers=headers) as answer:
        return answer.status, await answer.text()


async def events(valkey: Any) -> list[Event]:
    found = []
    for partition in range(8):
        for _, fields in await valkey.xrange(keys.events(partition)):
            found.append(decode(fields[b"data"]))
    return [each for each in found if each.__struct_config__.tag != "window.opened"]


async def test_the_handshake_is_answered_with_the_bare_challenge(
    http: aiohttp.ClientSession,
) -> None:
    query = {"hub.mode": "subscribe", "hub.verify_token": "show me", "hub.challenge": "1158201444"}
    for path in ("/webhooks/whatsapp/wa-one", "/webhooks/whatsapp"):
        async with http.get(path, params=query) as answer:
            assert (answer.status, await answer.text()) == (200, "1158201444")
        async with http.get(path, params={**query, "hub.verify_token": "guess"}) as answer:
            assert answer.status == 403


@pytest.mark.parametrize("secret", ["old", "new"])
async def test_either_active_secret_signs(
    http: aiohttp.ClientSession, valkey: Any, secret: str
) -> None:
    body = envelope(message("101"))
    assert await post(http, "/webhooks/whatsapp/wa-one", body, signed(body, secret)) == (200, "")
    assert [each.account for each in await events(valkey)] == ["wa-one"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Hub-Signature-256": "sha256=" + "0" * 64},
        {"X-Hub-Signature-256": "sha256=é"},
        {"X-Hub-Signature-256": ""},
    ],
)
async def test_what_is_not_signed_is_refused_and_told_nothing(
    http: aiohttp.ClientSession, valkey: Any, headers: dict[str, str]
) -> None:
    status, text = await post(http, "/webhooks/whatsapp/wa-one", envelope(message("101")), headers)
    assert status == 403
    assert json.loads(text) == {"title": "Forbidden", "status": 403}
    assert await events(valkey) == []


async def test_another_applications_secret_does_not_open_this_door(
    http: aiohttp.ClientSession, valkey: Any
) -> None:
    body = envelope(message("101"))
    headers = signed(body, "another")
    assert (await post(http, "/webhooks/whatsapp/wa-one", body, headers))[0] == 403
    assert await events(valkey) == []


async def test_one_callback_serves_many_accounts_of_an_application(
    http: aiohttp.ClientSession, valkey: Any
) -> None:
    body = envelope(message("101", "wamid.1"), message("102", "wamid.2"))
    for path in ("/webhooks/whatsapp", "/webhooks/whatsapp/wa-two"):
        assert (await post(http, path, body, signed(body, "new")))[0] == 200
    found = {each.account: each.message.platform_id for each in await events(valkey)}  # type: ignore[union-attr]
    assert found == {"wa-one": "wamid.1", "wa-two": "wamid.2"}


async def test_an_unknown_number_becomes_a_notice_and_its_neighbours_go_through(
    http: aiohttp.ClientSession, valkey: Any
) -> None:
    body = envelope(message("101", "wamid.1"), message("999", "wamid.2"))
    assert (await post(http, "/webhooks/whatsapp", body, signed(body, "new")))[0] == 200
    kinds = [type(each) for each in await events(valkey)]
    assert sorted(kinds, key=str) == [MessageReceived, PlatformNotice]


async def test_an_application_cannot_speak_for_the_account_of_another(
    http: aiohttp.ClientSession, valkey: Any
) -> None:
    body = envelope(message("101"))
    assert (await post(http, "/webhooks/whatsapp", body, signed(body, "another")))[0] == 200
    (notice,) = await events(valkey)
    assert isinstance(notice, PlatformNotice)
    assert notice.notice.reason == "unknown_account"
    assert notice.account == "wa-other-app"


async def test_what_is_not_json_is_refused(http: aiohttp.ClientSession) -> None:
    body = b"{not json"
    assert (await post(http, "/webhooks/whatsapp/wa-one", body, signed(body, "new")))[0] == 400


async def test_a_body_of_the_platform_that_is_broken_inside_is_taken_with_a_notice(
    http: aiohttp.ClientSession, valkey: Any
) -> None:
    broken = message("101", "wamid.1")
    broken["value"]["messages"][0]["timestamp"] = "yesterday"
    body = envelope(broken, message("101", "wamid.2"))
    assert (await post(http, "/webhooks/whatsapp/wa-one", body, signed(body, "new")))[0] == 200
    assert [type(each) for each in await events(valkey)] == [PlatformNotice, MessageReceived]


@pytest.mark.parametrize("body", [b"panic", b"unwritable"])
async def test_a_plugin_that_fails_loses_nothing(
    http: aiohttp.ClientSession, valkey: Any, body: bytes
) -> None:
    assert await post(http, "/webhooks/fragile/glass", body, {"x-key": "fragile"}) == (200, "")
    (notice,) = await events(valkey)
    assert isinstance(notice, PlatformNotice)
    assert (notice.notice.reason, notice.notice.raw) == ("broken", body.decode())
    assert "the fragile plugin failed" in (notice.notice.error or "")


async def test_a_plugin_may_call_a_body_malformed(http: aiohttp.ClientSession) -> None:
    headers = {"x-key": "fragile"}
    assert (await post(http, "/webhooks/fragile/glass", b"malformed", headers))[0] == 400


async def test_a_webhook_without_events_is_simply_taken(
    http: aiohttp.ClientSession, valkey: Any
) -> None:
    assert (await post(http, "/webhooks/fragile/glass", b"{}", {"x-key": "fragile"}))[0] == 200
    assert await events(valkey) == []


async def test_a_body_over_the_limit_is_refused(http: aiohttp.ClientSession) -> None:
    body = b"x" * 50_001
    assert (await post(http, "/webhooks/whatsapp/wa-one", body, signed(body, "new")))[0] == 413


@pytest.mark.parametrize("path", ["/webhooks/whatsapp/nobody", "/webhooks/pigeon", "/", "/metrics"])
async def test_there_is_nothing_else_on_the_public_side(
    http: aiohttp.ClientSession, path: str
) -> None:
    async with http.post(path, data=b"{}") as answer:
        assert answer.status == 404


async def test_without_redis_and_spool_the_platform_is_asked_to_come_again(
    tmp_path: Path,
) -> None:
    body = envelope(message("101"))
    with ValkeyServer() as server:
        async with (
            made(f"unix://{server.socket}", tmp_path) as service,
            aiohttp.ClientSession(service.public_url) as http,
        ):
            server.kill()
            path, headers = "/webhooks/whatsapp/wa-one", signed(body, "new")
            async with http.post(path, data=body, headers=headers) as answer:
                assert answer.status == 503
                assert int(answer.headers["Retry-After"]) > 0
            await eventually_unready(http, service)


async def eventually_unready(http: aiohttp.ClientSession, service: Service) -> None:
    """Wait until ``/readyz`` says that the spool refuses."""
    async with asyncio.timeout(10):
        while True:
            async with http.get(f"{service.private_url}/readyz") as answer:
                told = await answer.json()
            if answer.status == 503:
                assert told["components"]["spool"]["cause"] == "disk"
                assert told["components"]["redis"]["state"] == "degraded"
                return
            await asyncio.sleep(0.05)


async def test_what_was_answered_is_counted(http: aiohttp.ClientSession, service: Service) -> None:
    body = envelope(message("101"))
    await post(http, "/webhooks/whatsapp/wa-one", body, signed(body, "new"))
    await post(http, "/webhooks/whatsapp/wa-one", body, {})

    def counted(outcome: str) -> float | None:
        return service.daemon.metrics.registry.get_sample_value(
            "relevo_webhooks_total",
            {"channel": "whatsapp", "account": "wa-one", "outcome": outcome},
        )

    assert [counted(each) for each in ("ok", "refused", "malformed", "unavailable")] == [1, 1, 0, 0]
