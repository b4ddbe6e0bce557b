"""The two kinds of windows: a socket, and a poll that waits for something to tell."""

from __future__ import annotations

import asyncio

from aiohttp import WSMsgType, web


class Socket:
    """A WebSocket; see ``Window``."""

    __slots__ = ("_request", "_socket", "cursor", "live", "log", "missed")

    def __init__(
        self, socket: web.WebSocketResponse, request: web.BaseRequest, *, log: str, cursor: str
    ) -> None:
        self._socket = socket
        self._request = request
        self.log = log
        self.cursor = cursor
        self.live = False
        self.missed = False

    async def tell(self, data: bytes) -> None:
        """Send a frame, or cut whoever does not read: waiting for one would hold up all."""
        if self._request.protocol.writing_paused:
            if self._request.transport is not None:
                self._request.transport.abort()
            return
        try:
            await self._socket.send_frame(data, WSMsgType.TEXT)
        except (ConnectionError, RuntimeError):
            return  # it is going away, and its reader sees that by itself

    async def close(self, code: int) -> None:
        """Close it with a code."""
        await self._socket.close(code=code, drain=False)


class Poll:
    """One answer of the HTTP fallback: filled until it is taken; see ``Window``."""

    def __init__(self, *, log: str, cursor: str) -> None:
        self.log = log
        self.cursor = cursor
        self.live = False
        self.missed = False
        self.frames: list[bytes] = []
        self._something = asyncio.Event()

    async def tell(self, data: bytes) -> None:
        """Keep a frame for the answer."""
        self.frames.append(data)
        self._something.set()

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
