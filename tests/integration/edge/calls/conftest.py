"""A platform that answers with whatever bytes a test wants, and remembers what it was asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from ssl import SSLContext
from typing import TypeAlias

import pytest

from gateway.channel.outbound import Answer
from gateway.edge.calls.calls import Calls

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

Reader: TypeAlias = asyncio.StreamReader
Writer: TypeAlias = asyncio.StreamWriter


class Platform:
    """A server on loopback.

    Attributes:
        pieces: What each request is answered with, written apart.
        ends: Whether the connection ends after an answer.
        asked: Heads and bodies, as they came.
        connections: How many there were.
        open: How many there are.
    """

    def __init__(self) -> None:
        self.pieces: Sequence[bytes] = (OK,)
        self.ends = False
        self.before_answer: Callable[[], Awaitable[object]] | None = None
        self.asked: list[bytes] = []
        self.connections = 0
        self.open = 0
        self.port = 0
        self._writers: set[Writer] = set()
        self._news = asyncio.Condition()

    def url(self, path: str = "/v1/messages", *, scheme: str = "http") -> str:
        return f"{scheme}://localhost:{self.port}{path}"

    async def was_asked(self, times: int) -> None:
        """Wait until so many requests came."""
        async with asyncio.timeout(10), self._news:
            await self._news.wait_for(lambda: len(self.asked) >= times)

    def hang_up(self) -> None:
        """End every connection."""
        for writer in self._writers:
            writer.close()

    async def serve(self, reader: Reader, writer: Writer) -> None:
        self.connections += 1
        self.open += 1
        self._writers.add(writer)
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
                self.asked.append(head + await reader.readexactly(int(length or 0)))
                async with self._news:
                    self._news.notify_all()
                if self.before_answer is not None:
                    await self.before_answer()
                for piece in self.pieces:
                    writer.write(piece)
                    await writer.drain()
                    await asyncio.sleep(0.001 if len(self.pieces) > 1 else 0)
                if self.ends:
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self.open -= 1
            self._writers.discard(writer)
            writer.close()


@asynccontextmanager
async def served(platform: Platform, ssl: SSLContext | None = None) -> AsyncIterator[Platform]:
    server = await asyncio.start_server(platform.serve, "127.0.0.1", 0, ssl=ssl)
    platform.port = server.sockets[0].getsockname()[1]
    try:
        yield platform
    finally:
        server.close()
        platform.hang_up()
        await asyncio.sleep(0.01)


@pytest.fixture
async def platform() -> AsyncIterator[Platform]:
    async with served(Platform()) as made:
        yield made


@pytest.fixture
async def calls() -> AsyncIterator[Calls]:
    made = Calls(most=8)
    yield made
    await made.close()


async def post(
    calls: Calls, platform: Platform, body: bytes = b"{}", *, seconds: float = 5.0
) -> Answer:
    """Make the call that most of these tests are about."""
    return await calls.ask("POST", platform.url(), headers={}, body=body, seconds=seconds)
