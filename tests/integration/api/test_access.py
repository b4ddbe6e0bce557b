"""Who is let in."""

from __future__ import annotations

import asyncio
import re
import time
from pathlib import Path

import aiohttp
import pytest
from redis.asyncio import Redis

from gateway.bus import keys
from gateway.bus.apikeys import SCOPES, parts_of
from gateway.http.api.operation import Operation
from gateway.http.api.table import OPERATIONS
from gateway.testing.valkey import ValkeyServer
from gateway.testing.whatsapp import WhatsAppPlatform
from tests.integration.api.scene import TEMPLATE, Scene, service


def challenge(answer: object) -> str:
    headers = getattr(answer, "headers", {})
    return str(headers["WWW-Authenticate"])


async def test_without_a_key_nobody_is_let_in(guarded: Scene) -> None:
    answer = await guarded.get("/v1/channels")
    assert (answer.status, answer.json["reason"]) == (401, "key_required")
    assert challenge(answer) == 'Bearer realm="relevo"'
    assert "relevo keys create" in answer.json["detail"]


@pytest.mark.parametrize("operation", OPERATIONS, ids=[each.name for each in OPERATIONS])
async def test_every_operation_wants_a_key_of_its_scope(
    guarded: Scene, operation: Operation
) -> None:
    path = re.sub(r"\{\w+\}", "x", operation.path)
    assert (await guarded.ask(operation.method, path)).status == 401
    other = await guarded.key(next(each for each in SCOPES if each != operation.scope))
    refused = await guarded.ask(operation.method, path, headers=other)
    assert (refused.status, refused.json["reason"]) == (403, "insufficient_scope")


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/metrics", "/openapi.json", "/docs"])
async def test_health_metrics_and_documents_are_open(guarded: Scene, path: str) -> None:
    assert (await guarded.get(path)).status == 200


async def test_a_key_may_do_what_its_scopes_say_and_no_more(guarded: Scene) -> None:
    headers = await guarded.key("accounts")
    assert (await guarded.get("/v1/channels", headers=headers)).status == 200
    refused = await guarded.post("/v1/messages", TEMPLATE, headers=headers)
    assert (refused.status, refused.json["reason"]) == (403, "insufficient_scope")
    assert 'error="insufficient_scope", scope="messages:send"' in challenge(refused)


async def test_admin_may_do_everything(guarded: Scene) -> None:
    headers = await guarded.key("admin")
    assert (await guarded.post("/v1/messages", TEMPLATE, headers=headers)).status == 202


@pytest.mark.parametrize(
    "given",
    [
        "Bearer nonsense",
        "Bearer rlv_000000000000_" + "x" * 43,
        "Basic cmVsZXZvOnJlbGV2bw==",
        "Bearer",
        "",
    ],
)
async def test_a_wrong_key_is_refused_although_none_would_do(scene: Scene, given: str) -> None:
    answer = await scene.get("/v1/channels", headers={"Authorization": given})
    assert (answer.status, answer.json["reason"]) == (401, "key_invalid")
    assert 'error="invalid_token"' in challenge(answer)


async def test_the_secret_of_another_key_does_not_do(guarded: Scene) -> None:
    one, other = await guarded.key("admin"), await guarded.key("admin")
    first = parts_of(one["Authorization"].removeprefix("Bearer "))
    second = parts_of(other["Authorization"].removeprefix("Bearer "))
    assert first is not None
    assert second is not None
    mixed = {"Authorization": f"Bearer rlv_{first[0]}_{second[1]}"}
    assert (await guarded.get("/v1/channels", headers=mixed)).status == 401


async def test_an_expired_key_is_refused(guarded: Scene) -> None:
    headers = await guarded.key("admin", expires_at=time.time_ns() // 1_000_000 - 1)
    answer = await guarded.get("/v1/channels", headers=headers)
    assert (answer.status, answer.json["detail"]) == (401, "this key expired")


async def test_redis_holds_no_secret(guarded: Scene, valkey: Redis) -> None:
    secret = (await guarded.key("admin"))["Authorization"].rpartition("_")[2]
    kept = await valkey.hgetall(keys.api_keys())
    assert kept
    assert all(secret.encode() not in each for each in kept.values())


async def test_use_of_a_key_is_noted(guarded: Scene) -> None:
    before = time.time_ns() // 1_000_000
    headers = await guarded.key("accounts")
    await guarded.get("/v1/channels", headers=headers)
    (key,) = await guarded.keys.all()
    assert (await guarded.keys.used())[key.id] >= before


async def test_a_request_does_not_wait_for_a_redis_that_hangs_until_its_key_is_noted(
    guarded: Scene, valkey_server: ValkeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.http.api.access.NOTED_EVERY_MS", 0)
    # Of a key that is forgotten meanwhile, Redis is asked for more than this.
    monkeypatch.setattr("gateway.http.api.access.REMEMBERED_SECONDS", 600)
    headers = await guarded.key("accounts")
    assert (await guarded.get("/v1/channels", headers=headers)).status == 200
    valkey_server.pause()
    try:
        async with asyncio.timeout(4):  # less than redis.timeout_seconds
            assert (await guarded.get("/v1/channels", headers=headers)).status == 200
    finally:
        valkey_server.resume()


async def test_who_tries_many_wrong_keys_is_told_to_wait_and_others_are_not(guarded: Scene) -> None:
    good = await guarded.key("accounts")
    assert (await guarded.get("/v1/channels", headers=good)).status == 200
    statuses = [
        (await guarded.get("/v1/channels", headers={"Authorization": "Bearer x"})).status
        for _ in range(31)
    ]
    assert statuses == [401] * 30 + [429]
    assert (await guarded.get("/v1/channels", headers=good)).status == 200


@pytest.mark.parametrize(
    "header",
    [
        {"X-Forwarded-For": "203.0.113.9"},
        {"Forwarded": "for=203.0.113.9"},
        {"Via": "1.1 proxy"},
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Host": "evil.example:8081"},
    ],
    ids=lambda header: next(iter(header)),
)
async def test_on_this_machine_no_key_is_needed_unless_the_caller_is_from_elsewhere(
    scene: Scene, header: dict[str, str]
) -> None:
    assert (await scene.get("/v1/channels")).status == 200
    refused = await scene.get("/v1/channels", headers=header)
    assert (refused.status, refused.json["reason"]) == (401, "key_required")
    key = await scene.key("accounts")
    assert (await scene.get("/v1/channels", headers=header | key)).status == 200


async def test_over_a_unix_socket_no_key_is_needed(
    valkey_server: ValkeyServer, valkey: Redis, tmp_path: Path, platform: WhatsAppPlatform
) -> None:
    await valkey.ping()
    path = tmp_path / "api.sock"
    made = service(valkey_server, tmp_path, platform, private=f"unix:{path}")
    async with made, aiohttp.ClientSession(connector=aiohttp.UnixConnector(str(path))) as session:
        async with session.get("http://relevo/v1/channels") as answer:
            assert answer.status == 200
        proxied = {"X-Forwarded-For": "203.0.113.9"}
        async with session.get("http://relevo/v1/channels", headers=proxied) as answer:
            assert answer.status == 401
