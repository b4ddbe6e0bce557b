"""The two kinds of windows: a socket, and a poll that waits for something to tell."""

from __future__ import annotations

import asyncio
import contextlib
import struct
from typing import Final

from aiohttp import web

TEXT: Final = 0x81
"""A whole text in one frame."""


class Socket:
    """A WebSocket; see ``Window``."""

    __slots__ = ("_request", "_socket", "catching_up", "cursor", "live", "log", "missed")

    def __init__(
        self, socket: web.WebSocketResponse, request: web.BaseRequest, *, log: str, cursor: str
    ) -> None:
        self._socket = socket
        self._request = request
        self.log = log
        self.cursor = cursor
        self.live = False
        self.catching_up = False
        self.missed = False

    def tell(self, data: bytes) -> None:
        """Send a frame, or cut whoever does not read: waiting for one would hold up all.

        The frame is written here and not by aiohttp, whose coroutine costs a fifth more.
        """
        transport = self._request.transport
        if transport is None or self._socket.closed:
            return
        if self._request.protocol.writing_paused:
            transport.abort()
        else:
            transport.write(text_frame(data))

    async def ready(self) -> None:
        """Wait until what was written has gone, if it is much; the listener's patience is short."""
        if self._request.protocol.writing_paused:
            with contextlib.suppress(ConnectionError):
                await self._request.writer.drain()

    async def close(self, code: int) -> None:
        """Close it with a code."""
        await self._socket.close(code=code, drain=False)


class Poll:
    """One answer of the HTTP fallback: filled until it is taken; see ``Window``."""

    def __init__(self, *, log: str, cursor: str) -> None:
        self.log = log
        self.cursor = cursor
        self.live = False
        self.catching_up = False
        self.missed = False
        self.frames: list[bytes] = []
        self._something = asyncio.Event()

    def tell(self, data: bytes) -> None:
        """Keep a frame for the answer."""
        self.frames.append(data)
        self._something.set()

    async def ready(self) -> None:
        """Do nothing: there is always room."""

    async def close(self, code: int) -> None:
        """Answer with what there is."""
        del code
        self._something.set()

    async def wait(self, seconds: float) -> None:
        """Wait until there is something to answer, for a while."""
        try:
            async with asyncio.timeout(seconds):
                await self._something.wait()
        except TimeoutError:
            pass


def text_frame(data: bytes) -> bytes:
    """Return a text as it goes over a socket, neither masked nor compressed.

    Source: RFC 6455, section 5.2.
    """
    size = len(data)
    if size < 126:
        return bytes((TEXT, size)) + data
    if size < 1 << 16:
        return struct.pack("!BBH", TEXT, 126, size) + data
    return struct.pack("!BBQ", TEXT, 127, size) + data
