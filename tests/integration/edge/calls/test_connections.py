"""Connections: kept, shared, ended, and never in one call's way because of another."""

from __future__ import annotations

import asyncio
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from gateway.edge.calls.calls import Calls
from gateway.edge.calls.failure import Unanswered, Unreachable
from gateway.testing.valkey import free_port
from tests.integration.edge.calls.certificate import server_context
from tests.integration.edge.calls.conftest import OK, Platform, post, served


async def test_calls_one_after_the_other_share_a_connection(
    calls: Calls, platform: Platform
) -> None:
    for _ in range(5):
        await post(calls, platform)
    assert (platform.connections, len(platform.asked)) == (1, 5)


async def test_the_request_is_what_was_asked_for(calls: Calls, platform: Platform) -> None:
    await calls.ask(
        "PUT",
        platform.url("/v1/a?b=%2B&c=d"),
        headers={"Authorization": "Bearer t", "Content-Type": "text/plain"},
        body="¡Olé!".encode(),
        seconds=5,
    )
    assert platform.asked == [
        f"PUT /v1/a?b=%2B&c=d HTTP/1.1\r\nHost: localhost:{platform.port}\r\nUser-Agent: relevo\r\n"
        "Accept-Encoding: identity\r\nAuthorization: Bearer t\r\nContent-Type: text/plain\r\n"
        "Content-Length: 7\r\n\r\n¡Olé!".encode()
    ]


@pytest.mark.parametrize("path", ["/a b/ü?q=á&r=1%202", "/bot1:A-_/send", "/a%2Fb", "?x=1", ""])
async def test_a_server_sees_the_path_as_the_http_client_of_uploads_would_send_it(
    path: str, calls: Calls
) -> None:
    seen: list[str] = []

    async def handle(request: web.Request) -> web.Response:
        seen.append(request.raw_path)
        return web.Response()

    application = web.Application()
    application.router.add_get("/{any:.*}", handle)
    async with TestServer(application) as server:
        url = f"http://127.0.0.1:{server.port}{path}"
        async with aiohttp.ClientSession() as session, session.get(url):
            pass
        await calls.ask("GET", url, headers={}, seconds=5)
    assert seen[0] == seen[1]


@pytest.mark.parametrize("header", ["Bearer a\r\nX-Evil: 1", "Bearer a\nb", "Bearer \0"])
async def test_a_header_with_a_line_break_is_refused_before_anything_is_sent(
    header: str, calls: Calls, platform: Platform
) -> None:
    with pytest.raises(ValueError, match="line break"):
        await calls.ask("GET", platform.url(), headers={"Authorization": header}, seconds=5)
    assert platform.connections == 0


@pytest.mark.parametrize("url", ["", "graph.example/x", "ftp://x/y", "http://", "http://h:99999/"])
async def test_an_address_that_cannot_be_called_is_refused(url: str, calls: Calls) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - in the words of whoever found it
        await calls.ask("GET", url, headers={}, seconds=5)


async def test_more_calls_than_places_wait_for_each_other(calls: Calls, platform: Platform) -> None:
    most = 0

    async def busy() -> None:
        nonlocal most
        most = max(most, platform.open)
        await asyncio.sleep(0.005)

    platform.before_answer = busy
    answers = await asyncio.gather(*(post(calls, platform) for _ in range(40)))
    assert [answer.body for answer in answers] == [b"ok"] * 40
    assert most == 8


async def test_calls_given_up_take_no_place_with_them(calls: Calls, platform: Platform) -> None:
    gate = asyncio.Event()
    platform.before_answer = gate.wait
    given_up = [asyncio.create_task(post(calls, platform)) for _ in range(20)]
    await platform.was_asked(8)
    for task in given_up:
        task.cancel()
    await asyncio.gather(*given_up, return_exceptions=True)
    platform.before_answer = None
    gate.set()
    platform.pieces = (b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nmine",)
    answers = await asyncio.gather(*(post(calls, platform) for _ in range(16)))
    assert {answer.body for answer in answers} == {b"mine"}


async def test_a_connection_that_ended_while_idle_is_not_used(
    calls: Calls, platform: Platform
) -> None:
    await post(calls, platform)
    platform.hang_up()
    await asyncio.sleep(0.05)
    assert (await post(calls, platform)).status == 200
    assert (platform.connections, len(platform.asked)) == (2, 2)


async def test_a_get_on_a_connection_that_ends_under_it_is_asked_again(
    calls: Calls, platform: Platform
) -> None:
    await post(calls, platform)

    async def hang_up() -> None:
        platform.before_answer = None
        platform.hang_up()
        await asyncio.sleep(0.02)

    platform.before_answer = hang_up
    answer = await calls.ask("GET", platform.url(), headers={}, seconds=5)
    assert (answer.status, platform.connections, len(platform.asked)) == (200, 2, 3)


async def test_a_post_on_a_connection_that_ends_under_it_is_asked_once(
    calls: Calls, platform: Platform
) -> None:
    await post(calls, platform)
    platform.pieces, platform.ends = (b"",), True
    with pytest.raises(Unanswered, match="the connection ended"):
        await post(calls, platform)
    assert len(platform.asked) == 2


async def test_a_get_without_an_answer_in_time_is_not_asked_again(
    calls: Calls, platform: Platform
) -> None:
    await post(calls, platform)
    platform.pieces = (b"",)
    with pytest.raises(Unanswered, match="nothing within"):
        await calls.ask("GET", platform.url(), headers={}, seconds=0.1)
    assert len(platform.asked) == 2


async def test_a_platform_that_ends_its_connections_is_asked_over_new_ones(
    calls: Calls, platform: Platform
) -> None:
    platform.pieces = (b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",)
    for _ in range(3):
        assert (await post(calls, platform)).body == b"ok"
    assert platform.connections == 3


async def test_connections_that_nobody_needs_are_ended(platform: Platform) -> None:
    calls = Calls(keep_seconds=0.1)
    await asyncio.gather(*(post(calls, platform) for _ in range(4)))
    assert platform.open == 4
    await asyncio.sleep(0.4)
    assert platform.open == 0
    await calls.close()


async def test_closing_ends_idle_connections_and_calls_under_way(
    calls: Calls, platform: Platform
) -> None:
    await asyncio.gather(post(calls, platform), post(calls, platform))
    platform.before_answer = asyncio.Event().wait
    under_way = asyncio.create_task(post(calls, platform))
    await platform.was_asked(3)
    await calls.close()
    with pytest.raises(Unanswered, match="ended by us"):
        await under_way
    await asyncio.sleep(0.05)
    assert platform.open == 1  # it waits for its gate, and sees the end when it writes


async def test_a_host_without_a_listener_is_unreachable(calls: Calls) -> None:
    with pytest.raises(Unreachable, match="Connection refused"):
        await calls.ask("GET", f"http://127.0.0.1:{free_port()}/", headers={}, seconds=5)


async def test_a_name_that_nobody_knows_is_unreachable(calls: Calls) -> None:
    for _ in range(2):
        with pytest.raises(Unreachable, match="its name cannot be resolved"):
            await calls.ask("GET", "http://no-such-host.invalid/", headers={}, seconds=5)


async def test_an_address_in_ipv6_is_called(calls: Calls) -> None:
    platform = Platform()
    server = await asyncio.start_server(platform.serve, "::1", 0)
    port = server.sockets[0].getsockname()[1]
    assert (await calls.ask("GET", f"http://[::1]:{port}/", headers={}, seconds=5)).body == b"ok"
    assert f"Host: [::1]:{port}\r\n".encode() in platform.asked[0]
    server.close()
    platform.hang_up()


async def test_a_platform_with_a_trusted_certificate_is_asked_over_tls(
    calls: Calls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = server_context(tmp_path, "localhost")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    async with served(Platform(), context) as platform:
        for _ in range(2):
            answer = await calls.ask("GET", platform.url(scheme="https"), headers={}, seconds=5)
            assert answer.body == b"ok"
        assert platform.connections == 1
        await calls.close()


@pytest.mark.parametrize("name", ["localhost", "elsewhere.example"])
async def test_a_certificate_that_is_not_trusted_or_anothers_is_unreachable(
    name: str, calls: Calls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = server_context(tmp_path, name)
    if name != "localhost":
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    async with served(Platform(), context) as platform:
        with pytest.raises(Unreachable, match="its certificate is not trusted"):
            await calls.ask("GET", platform.url(scheme="https"), headers={}, seconds=5)
        assert platform.asked == []


async def test_a_platform_that_never_says_hello_is_unreachable_in_time() -> None:
    calls = Calls(connect_seconds=0.2)
    async with served(Platform()) as platform:  # which waits for a request in clear
        with pytest.raises(Unreachable, match=r"no connection within 0\.2 seconds"):
            await calls.ask("GET", platform.url(scheme="https"), headers={}, seconds=5)
    await calls.close()


async def test_a_large_request_arrives_whole(calls: Calls, platform: Platform) -> None:
    body = bytes(900_000)
    platform.pieces = (OK,)
    await post(calls, platform, body)
    assert platform.asked[0].endswith(body)
