"""The reference: an aiohttp client in its leanest form that posts the same bytes, and nothing else.

Usage: ``python -m bench.outbound.servers.bare PORT URL IN_FLIGHT BODY_FILE``. A GET on the port tells
how many it has sent; it sends until it is ended.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import aiohttp
import msgspec
import uvloop
from yarl import URL


class Sent(msgspec.Struct):
    """What the platform answers to a message."""

    messages: list[dict[str, str]]


_DECODER = msgspec.json.Decoder(Sent)


class Client:
    """Posts one body again and again, so many at a time."""

    def __init__(self, url: str, body: bytes, in_flight: int) -> None:
        self.sent = 0
        self._url = URL(url)
        self._body = body
        self._in_flight = in_flight

    async def run(self) -> None:
        """Send until the process is ended."""
        async with aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=self._in_flight),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"Authorization": "Bearer unused", "Content-Type": "application/json"},
            skip_auto_headers=("Accept", "Accept-Encoding", "User-Agent"),
            timeout=aiohttp.ClientTimeout(total=None),
        ) as session:
            await asyncio.gather(*(self._send(session) for _ in range(self._in_flight)))

    async def _send(self, session: aiohttp.ClientSession) -> None:
        while True:
            async with session.post(self._url, data=self._body) as response:
                _DECODER.decode(await response.read())
            self.sent += 1

    async def tell(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer whoever asks how many were sent."""
        await reader.readuntil(b"\r\n\r\n")
        body = str(self.sent).encode()
        writer.write(b"HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
        await writer.drain()
        writer.close()


async def serve(port: int, url: str, in_flight: int, body: bytes) -> None:
    """Send, and tell."""
    client = Client(url, body, in_flight)
    async with await asyncio.start_server(client.tell, "127.0.0.1", port):
        await client.run()


if __name__ == "__main__":
    content = Path(sys.argv[4]).read_bytes()
    uvloop.run(serve(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), content))
