"""Answers that are always the same, written as ready bytes.

aiohttp builds and writes a response's head for 8 µs of CPU; a webhook's 200 is always the same but
for its date. So the common case (HTTP/1.1, connection kept, not HEAD) is written as it is, by one
response object for all requests; every other case is aiohttp's ordinary response.

This leans on how aiohttp's server treats a response: it awaits ``prepare`` and ``write_eof`` and
reads ``keep_alive``. ``prove`` tries that over a real connection before the short way is taken;
until then, or if it fails, every answer is an ordinary one.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable
from email.utils import formatdate
from http import HTTPStatus
from typing import Final

import structlog
from aiohttp import ClientConnectionResetError, HttpVersion11, web
from aiohttp.abc import AbstractStreamWriter

from gateway.telemetry import logs

log: Final = structlog.get_logger(__name__)

ASKED: Final = b"GET / HTTP/1.1\r\nHost: probe\r\n\r\n"


class Constant:
    """An answer that is always the same; calling it gives the response to return.

    Args:
        status: HTTP status, one that allows a body.
        body: The same bytes every time.
        content_type: Of the body.
        clock: Seconds since 1970, for the ``Date`` header.
    """

    def __init__(
        self,
        status: int = 200,
        body: bytes = b"",
        *,
        content_type: str = "text/plain",
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.status = status
        self.body = body
        self.content_type = content_type
        self._ready = _Ready(self, clock)
        self.proven = False

    def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        if (
            self.proven
            and request.version == HttpVersion11
            and request.keep_alive
            and request.method != "HEAD"
        ):
            return self._ready
        return self.ordinary()

    def ordinary(self) -> web.Response:
        """Return the same answer, made by aiohttp."""
        return web.Response(status=self.status, body=self.body, content_type=self.content_type)

    async def prove(self) -> bool:
        """Take the short way from now on, if it works on a real connection."""
        if not self.proven:
            try:
                async with asyncio.timeout(2):
                    self.proven = await self._try()
            except (OSError, TimeoutError, asyncio.IncompleteReadError):
                self.proven = False
            if not self.proven:
                log.warning(logs.SHORT_ANSWER_OFF)
        return self.proven

    async def _try(self) -> bool:
        async def handler(request: web.BaseRequest) -> web.StreamResponse:
            del request
            return self._ready

        here, there = socket.socketpair()
        server = web.Server(handler, access_log=None)
        await asyncio.get_running_loop().connect_accepted_socket(server, here)
        reader, writer = await asyncio.open_connection(sock=there)
        try:
            writer.write(ASKED + ASKED)
            answers = [await self._heard(reader) for _ in range(2)]
        finally:
            writer.close()
            await server.shutdown(1)
        return all(answers)

    async def _heard(self, reader: asyncio.StreamReader) -> bool:
        head = await reader.readuntil(b"\r\n\r\n")
        body = await reader.readexactly(len(self.body))
        return head.startswith(self._ready.lines) and body == self.body


class _Ready(web.StreamResponse):
    """Writes the bytes; one object serves all requests, so it keeps nothing of any."""

    def __init__(self, answer: Constant, clock: Callable[[], float]) -> None:
        super().__init__(status=answer.status)
        phrase = HTTPStatus(answer.status).phrase
        self.lines = (
            f"HTTP/1.1 {answer.status} {phrase}\r\n"
            f"Content-Type: {answer.content_type}\r\n"
            f"Content-Length: {len(answer.body)}\r\n"
        ).encode()
        self._tail = answer.body
        self._clock = clock
        self._second = -1
        self._bytes = b""

    @property
    def keep_alive(self) -> bool:
        return True

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        transport = request.transport
        if transport is None or transport.is_closing():
            raise ClientConnectionResetError("the client is gone")
        second = int(self._clock())
        if second != self._second:
            self._second = second
            date = formatdate(second, usegmt=True).encode()
            self._bytes = b"%bDate: %b\r\n\r\n%b" % (self.lines, date, self._tail)
        transport.write(self._bytes)
        if request.protocol.writing_paused:
            await request.writer.drain()
        return None

    async def write_eof(self, data: bytes = b"") -> None:
        """Do nothing: all is written."""


OK: Final = Constant()
"""The 200 of a webhook."""
