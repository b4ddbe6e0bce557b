"""The same on the loop that most daemons run on: its sockets and its TLS are its own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
import uvloop

from gateway.edge.calls.calls import Calls
from gateway.edge.calls.failure import Unanswered, Unreachable
from tests.integration.edge.calls.certificate import server_context
from tests.integration.edge.calls.conftest import Platform, post, served


def on_uvloop(scenario: Callable[[Calls], Awaitable[None]]) -> None:
    async def run() -> None:
        calls = Calls(most=8, connect_seconds=2.0)
        await scenario(calls)
        await calls.close()

    uvloop.run(run())


def test_calls_share_connections_and_large_requests_arrive_whole() -> None:
    async def scenario(calls: Calls) -> None:
        async with served(Platform()) as platform:
            body = bytes(900_000)
            await asyncio.gather(*(post(calls, platform, body) for _ in range(20)))
            assert platform.connections == 8
            assert [len(each) for each in platform.asked] == [len(platform.asked[0])] * 20
            assert platform.asked[0].endswith(body)

    on_uvloop(scenario)


def test_an_end_under_a_call_and_a_late_answer_are_doubts() -> None:
    async def scenario(calls: Calls) -> None:
        async with served(Platform()) as platform:
            await post(calls, platform)
            platform.pieces, platform.ends = (b"",), True
            with pytest.raises(Unanswered, match="the connection ended"):
                await post(calls, platform)
            platform.pieces, platform.ends = (b"HTTP/1.1 200",), False
            with pytest.raises(Unanswered, match="nothing within"):
                await post(calls, platform, seconds=0.1)

    on_uvloop(scenario)


def test_calls_go_over_tls_where_the_certificate_is_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = server_context(tmp_path, "localhost")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))

    async def scenario(calls: Calls) -> None:
        async with served(Platform(), context) as platform:
            url = platform.url(scheme="https")
            for _ in range(2):
                body = bytes(100_000)
                answer = await calls.ask("POST", url, headers={}, body=body, seconds=5)
                assert answer.body == b"ok"
            assert platform.connections == 1

    on_uvloop(scenario)


def test_a_certificate_that_nobody_trusts_is_unreachable(tmp_path: Path) -> None:
    context = server_context(tmp_path, "localhost")

    async def scenario(calls: Calls) -> None:
        async with served(Platform(), context) as platform:
            with pytest.raises(Unreachable, match="its certificate is not trusted"):
                await calls.ask("GET", platform.url(scheme="https"), headers={}, seconds=5)

    on_uvloop(scenario)
