"""One connection: what aiohttp leaves open about slow and misbehaving clients.

aiohttp closes connections that are idle between two requests, and nothing else. Here a client
must also send its first request head in time and read its answers in time; an error shows
nothing of ours. Only methods that asyncio and aiohttp call by contract are overridden.
"""

from __future__ import annotations

import asyncio
from typing import Final, Protocol, cast

import structlog
from aiohttp import web

from gateway.http import problem
from gateway.telemetry import logs

log: Final = structlog.get_logger(__name__)


class Owner(Protocol):
    """Who accepts connections and is told about them."""

    head_timeout_seconds: float
    write_timeout_seconds: float

    def opened(self, connection: Connection) -> None: ...
    def closed(self, connection: Connection) -> None: ...
    def cut(self, cause: str) -> None: ...


class Connection(web.RequestHandler):
    """A connection of a listener.

    Attributes:
        reading: Done when the rest of a body has come, while a handler waits for it; a stop
            lets it come.
    """

    __slots__ = ("_call_later", "_deadline", "_owner", "_wire", "reading")

    def __init__(
        self,
        server: web.Server,
        *,
        owner: Owner,
        loop: asyncio.AbstractEventLoop,
        keepalive_timeout: float,
    ) -> None:
        super().__init__(
            server,
            loop=loop,
            access_log=None,  # type: ignore[arg-type] # aiohttp's own way to say "none"
            keepalive_timeout=keepalive_timeout,
            # How long the rest of a refused body is read away, so that the client sees the answer.
            lingering_time=2.0,
            # Signatures are over the bytes as sent, and a small body must not become a huge one.
            auto_decompress=False,
        )
        self._owner = owner
        self._call_later = loop.call_later
        self._deadline: asyncio.TimerHandle | None = None
        self._wire: asyncio.Transport | None = None
        self.reading: asyncio.Future[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._wire = cast(asyncio.Transport, transport)  # uvloop's is no subclass
        self._owner.opened(self)
        self._arm(self._owner.head_timeout_seconds, "head")
        super().connection_made(transport)

    def connection_lost(self, exc: BaseException | None) -> None:
        self._disarm()
        self._wire = None
        self._owner.closed(self)
        super().connection_lost(exc)

    def head_complete(self) -> None:
        """Stop the clock of the first head; later ones are under the keep-alive time-out."""
        if self._deadline is not None and not self.writing_paused:
            self._disarm()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._arm(self._owner.write_timeout_seconds, "write")

    def resume_writing(self) -> None:
        super().resume_writing()
        self._disarm()

    def abort(self) -> None:
        """Drop the connection and what is still to be written; ``close`` would wait for it."""
        if self._wire is not None:
            self._wire.abort()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what cannot be handled, without a word of the client's or of ours."""
        del message
        if isinstance(exc, ConnectionError) and self.transport is None:
            raise exc  # the client went away in mid-body; there is nobody to answer
        if request.writer.output_size > 0:
            raise ConnectionError("an answer is half written already")
        if status >= 500:
            log.error(logs.REQUEST_FAILED, method=request.method, path=request.path, exc_info=exc)
        answer = problem.response(status)
        answer.force_close()
        return answer

    def _arm(self, seconds: float, cause: str) -> None:
        self._disarm()
        self._deadline = self._call_later(seconds, self._cut, cause)

    def _disarm(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _cut(self, cause: str) -> None:
        self._deadline = None
        self._owner.cut(cause)
        self.abort()


class Refused(asyncio.Protocol):
    """A connection over the limit: told 503 and closed."""

    ANSWER: Final = (
        b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 0\r\n"
        b"Connection: close\r\n\r\n"
    )

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        wire = cast(asyncio.Transport, transport)
        wire.write(self.ANSWER)
        wire.close()
