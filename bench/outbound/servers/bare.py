"""The references: a client that posts the same bytes, and nothing else.

Usage: ``python -m bench.outbound.servers.bare CLIENT PORT URL IN_FLIGHT BODY_FILE``. ``CLIENT`` is
``aiohttp``, its client in the leanest form, or ``relevo``, ours. A GET on the port tells how many it
has sent; it sends until it is ended.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Final, TypeAlias

import aiohttp
import msgspec
import uvloop
from yarl import URL

from gateway.edge.calls.calls import Calls

Post: TypeAlias = Callable[[], Awaitable[bytes]]
HEADERS: Final = {"Authorization": "Bearer unused", "Content-Type": "application/json"}


class Sent(msgspec.Struct):
    """What the platform answers to a message."""

    messages: list[dict[str, str]]


_DECODER = msgspec.json.Decoder(Sent)


@asynccontextmanager
async def with_aiohttp(url: str, body: bytes, in_flight: int) -> AsyncIterator[Post]:
    """Open aiohttp's client."""
    address = URL(url)
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=in_flight),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers=HEADERS,
        skip_auto_headers=("Accept", "Accept-Encoding", "User-Agent"),
        timeout=aiohttp.ClientTimeout(total=None),
    ) as session:

        async def post() -> bytes:
            async with session.post(address, data=body) as response:
                return await response.read()

        yield post


@asynccontextmanager
async def with_ours(url: str, body: bytes, in_flight: int) -> AsyncIterator[Post]:
    """Open Relevo's client."""
    calls = Calls(most=in_flight)
    ask = partial(calls.ask, "POST", url, headers=HEADERS, body=body, seconds=30.0)

    async def post() -> bytes:
        return (await ask()).body

    yield post
    await calls.close()


CLIENTS: Final = {"aiohttp": with_aiohttp, "relevo": with_ours}


class Client:
    """Posts one body again and again, so many at a time."""

    def __init__(self, opened: AbstractAsyncContextManager[Post], in_flight: int) -> None:
        self.sent = 0
        self._opened = opened
        self._in_flight = in_flight

    async def run(self) -> None:
        """Send until the process is ended."""
        async with self._opened as post:
            await asyncio.gather(*(self._send(post) for _ in range(self._in_flight)))

    async def _send(self, post: Post) -> None:
        while True:
            _DECODER.decode(await post())
            self.sent += 1

    async def tell(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer whoever asks how many were sent."""
        await reader.readuntil(b"\r\n\r\n")
        body = str(self.sent).encode()
        writer.write(b"HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
        await writer.drain()
        writer.close()


async def serve(port: int, opened: AbstractAsyncContextManager[Post], in_flight: int) -> None:
    """Send, and tell."""
    client = Client(opened, in_flight)
    async with await asyncio.start_server(client.tell, "127.0.0.1", port):
        await client.run()


def main(client: str, port: str, url: str, in_flight: str, body_file: str) -> None:
    """Read what was asked for."""
    many = int(in_flight)
    opened = CLIENTS[client](url, Path(body_file).read_bytes(), many)
    uvloop.run(serve(int(port), opened, many))


if __name__ == "__main__":
    main(*sys.argv[1:])
