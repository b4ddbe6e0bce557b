"""A ready answer is, on the wire, what aiohttp's ordinary answer would have been."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from prometheus_client import CollectorRegistry

from gateway.http.body import read_body
from gateway.http.constant import OK, Constant
from gateway.http.listener import Handler, Listener
from gateway.settings.schema import HttpSettings
from gateway.telemetry.metrics import Metrics

WORDS = Constant(202, b"some words", content_type="text/plain")


@pytest.fixture
async def address() -> AsyncIterator[str]:
    await WORDS.prove()

    def pair(constant: Constant) -> tuple[Handler, Handler]:
        async def ready(request: web.BaseRequest) -> web.StreamResponse:
            await read_body(request, limit=1000, timeout_seconds=1)
            return constant(request)

        async def ordinary(request: web.BaseRequest) -> web.StreamResponse:
            await read_body(request, limit=1000, timeout_seconds=1)
            return constant.ordinary()

        return ready, ordinary

    routes: dict[str, dict[str, Handler]] = {}
    for name, constant in (("ok", OK), ("words", WORDS)):
        ready, ordinary = pair(constant)
        routes[f"/{name}/ready"] = dict.fromkeys(("GET", "POST", "HEAD"), ready)
        routes[f"/{name}/plain"] = dict.fromkeys(("GET", "POST", "HEAD"), ordinary)
    settings = HttpSettings(keepalive_timeout_seconds=1)
    metrics = Metrics(CollectorRegistry())
    listener = Listener(
        "public",
        "127.0.0.1:0",
        settings=settings,
        metrics=metrics,
        routes=routes,
    )
    await listener.start()
    yield listener.address
    await listener.stop(1)


async def talk(address: str, pieces: list[bytes]) -> tuple[bytes, float]:
    """Send pieces one after the other; return all that comes, and after how many seconds the end."""
    host, _, port = address.rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    clock = asyncio.get_running_loop().time
    start = clock()
    for piece in pieces:
        writer.write(piece)
        await asyncio.sleep(0.02)
    answer = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    return answer, clock() - start


def normal(answer: bytes) -> list[tuple[bytes, frozenset[bytes], bytes]]:
    """Take answers apart: status line, header lines without what is allowed to differ, body."""
    found = []
    while answer:
        head, _, answer = answer.partition(b"\r\n\r\n")
        status, *lines = head.split(b"\r\n")
        fixed = frozenset(
            re.sub(rb"^Date: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$", b"Date", line)
            for line in lines
            if not line.startswith(b"Server: ")
        )
        following = answer.find(b"HTTP/1.")
        body, answer = (answer, b"") if following < 0 else (answer[:following], answer[following:])
        found.append((status, fixed, body))
    return found


CASES = {
    "kept": [b"GET %b HTTP/1.1\r\nHost: x\r\n\r\n"],
    "closed": [b"GET %b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"],
    "old": [b"GET %b HTTP/1.0\r\n\r\n"],
    "old but kept": [b"GET %b HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"],
    "head only": [b"HEAD %b HTTP/1.1\r\nHost: x\r\n\r\n"],
    "body": [b"POST %b HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"],
    "body in pieces": [
        b"POST %b HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\na",
        b"b",
        b"c",
    ],
    "chunked": [
        b"POST %b HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
    ],
    "two, one after the other": [b"GET %b HTTP/1.1\r\nHost: x\r\n\r\n"] * 2,
    "pipelined": [b"GET %b HTTP/1.1\r\nHost: x\r\n\r\n" * 5],
    "pipelined, the last closes": [
        b"".join(
            (
                b"GET %b HTTP/1.1\r\nHost: x\r\n\r\n",
                b"HEAD %b HTTP/1.1\r\nHost: x\r\n\r\n",
                b"GET %b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
            )
        )
    ],
    "too large": [b"POST %b HTTP/1.1\r\nHost: x\r\nContent-Length: 9999\r\n\r\n"],
}


@pytest.mark.parametrize("name", ["ok", "words"])
@pytest.mark.parametrize("case", CASES)
async def test_it_is_what_aiohttp_would_have_sent(address: str, name: str, case: str) -> None:
    async def asked(path: bytes) -> tuple[bytes, float]:
        return await talk(address, [piece.replace(b"%b", path) for piece in CASES[case]])

    (ready, ready_seconds), (plain, plain_seconds) = await asyncio.gather(
        asked(f"/{name}/ready".encode()), asked(f"/{name}/plain".encode())
    )
    assert normal(ready)
    assert normal(ready) == normal(plain)
    # Both ended at once, or both by the keep-alive time-out: neither forgot to close or to keep.
    assert (ready_seconds > 0.7) == (plain_seconds > 0.7)


async def test_the_short_way_is_taken_only_after_it_was_proven(address: str) -> None:
    host, _, port = address.rpartition(":")
    assert OK.proven
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"GET /ok/ready HTTP/1.1\r\nHost: x\r\n\r\n")
    head = await reader.readuntil(b"\r\n\r\n")
    assert b"Server:" not in head
    writer.write(b"GET /ok/plain HTTP/1.1\r\nHost: x\r\n\r\n")
    assert b"Server:" in await reader.readuntil(b"\r\n\r\n")
    writer.close()


async def test_an_answer_that_does_not_come_out_right_is_made_the_ordinary_way() -> None:
    broken = Constant(200, b"words")
    broken._ready._tail = b"other"
    assert not await broken.prove()
    assert not broken.proven


async def test_the_date_moves_with_the_clock() -> None:
    seconds = [784111777.0]
    constant = Constant(clock=lambda: seconds[0])
    await constant.prove()
    assert b"Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n" in constant._ready._bytes
    seconds[0] += 1
    constant.proven = False
    await constant.prove()
    assert b"Date: Sun, 06 Nov 1994 08:49:38 GMT\r\n" in constant._ready._bytes
