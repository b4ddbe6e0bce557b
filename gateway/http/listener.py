"""An HTTP server on one address: exact paths first, an ordinary application behind them.

Webhooks come on few, known paths: a dictionary finds their handler without aiohttp's router and
middlewares, which cost a quarter of a request. What is not in the dictionary goes to the
application, if there is one.

Stopping: first no new connections; bodies that are on their way may arrive; requests that run are
finished; idle connections are closed; after the deadline what is left is cut.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Final, TypeAlias

from aiohttp import StreamReader, web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.http import RawRequestMessage

from gateway.errors import SettingsError
from gateway.http import problem
from gateway.http.connection import Connection, Refused
from gateway.http.constant import OK
from gateway.settings import address
from gateway.settings.schema import HttpSettings
from gateway.telemetry.metrics import Metrics

Handler: TypeAlias = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]
Routes: TypeAlias = Mapping[str, Mapping[str, Handler]]

BACKLOG: Final = 1024
CUTS: Final = ("head", "write", "limit")
NO_ROUTES: Final[Routes] = {}


class Listener:
    """One address and what is served there.

    Args:
        name: ``public`` or ``private``, in metrics.
        where: ``host:port``, ``[v6]:port`` or ``unix:/path``.
        settings: Time-outs and limits.
        metrics: Where connections are counted.
        routes: Handlers by path, then by method. Paths are compared decoded; a last ``*``
            stands for any one segment.
        app: Serves every other path; it must not be used elsewhere.
        reuse_port: Whether several processes may listen on the same port.

    Raises:
        SettingsError: ``where`` is no address.
    """

    def __init__(
        self,
        name: str,
        where: str,
        *,
        settings: HttpSettings,
        metrics: Metrics,
        routes: Routes = NO_ROUTES,
        app: web.Application | None = None,
        reuse_port: bool = False,
    ) -> None:
        self.name = name
        self.head_timeout_seconds = float(settings.header_timeout_seconds)
        self.write_timeout_seconds = float(settings.body_timeout_seconds)
        self._where = address.parse(where)
        self._settings = settings
        self._metrics = metrics
        self._routes = routes
        self._app = None if app is None else web.AppRunner(app, access_log=None)
        self._reuse_port = reuse_port
        self._open: set[Connection] = set()
        self._handle_other: Handler = _not_found
        self._make_other: Callable[..., web.BaseRequest] | None = None
        metrics.http_connections.labels(name).set_function(lambda: len(self._open))
        for cause in CUTS:
            metrics.http_cut.labels(name, cause)

    @property
    def address(self) -> str:
        """Where it listens, with the real port once started."""
        return str(self._where)

    async def start(self) -> None:
        """Listen.

        Raises:
            SettingsError: The address cannot be had; the text names its setting.
        """
        self._loop = asyncio.get_running_loop()
        await OK.prove()
        if self._app is not None:
            await self._start_app(self._app)
        self._server = web.Server(self._dispatch, request_factory=self._request)
        try:
            self._acceptor = await self._listen()
        except OSError as error:
            raise self._refused(error) from error
        if isinstance(self._where, address.TcpAddress):
            port = self._acceptor.sockets[0].getsockname()[1]
            self._where = address.TcpAddress(self._where.host, port)

    async def stop(self, deadline_seconds: float) -> None:
        """Finish what runs, within the deadline, and close everything."""
        self._acceptor.close()
        loop = asyncio.get_running_loop()
        end = loop.time() + deadline_seconds
        await asyncio.sleep(0)  # requests that were received already shall start
        if bodies := [each.reading for each in self._open if each.reading is not None]:
            await asyncio.wait(bodies, timeout=deadline_seconds)
        self._server.pre_shutdown()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout_at(end):
                await self._server.shutdown(deadline_seconds)
        await self._server.shutdown(0.05)  # cancels what did not finish
        for connection in tuple(self._open):
            connection.abort()
        if self._app is not None:
            await self._app.cleanup()
        if isinstance(self._where, address.UnixAddress):
            _remove(self._where.path)

    def opened(self, connection: Connection) -> None:
        self._open.add(connection)

    def closed(self, connection: Connection) -> None:
        self._open.discard(connection)

    def cut(self, cause: str) -> None:
        self._metrics.http_cut.labels(self.name, cause).inc()

    def _connect(self) -> asyncio.Protocol:
        if len(self._open) >= self._settings.connection_limit:
            self.cut("limit")
            return Refused()
        return Connection(
            self._server,
            owner=self,
            loop=self._loop,
            keepalive_timeout=self._settings.keepalive_timeout_seconds,
        )

    async def _listen(self) -> asyncio.Server:
        match self._where:
            case address.UnixAddress(path):
                return await self._loop.create_unix_server(self._connect, path, backlog=BACKLOG)
            case address.TcpAddress(host, port):
                return await self._loop.create_server(
                    self._connect,
                    host or None,
                    port,
                    backlog=BACKLOG,
                    reuse_port=self._reuse_port or None,
                )

    def _refused(self, error: OSError) -> SettingsError:
        if error.errno == errno.EADDRINUSE:
            told = f"{self._where} is taken; stop what listens there, or set another address"
        else:
            # asyncio wraps what the system said; who asked for a name gets no number of the system.
            number = error.errno or 0
            reason = os.strerror(number).lower() if number > 0 else str(error.strerror)
            told = f"cannot listen on {self._where}: {reason}"
        return SettingsError(f"http.{self.name}: {told}")

    async def _start_app(self, runner: web.AppRunner) -> None:
        await runner.setup()
        server = runner.server
        if server is None:
            raise RuntimeError("aiohttp made no server for the application")
        self._make_other = server.request_factory
        handle = server.request_handler

        async def handle_other(request: web.BaseRequest) -> web.StreamResponse:
            try:
                return await handle(request)
            except web.HTTPException as error:
                answer = problem.from_exception(error)
                if answer is None:
                    raise
                return answer

        self._handle_other = handle_other

    def _request(
        self,
        message: RawRequestMessage,
        payload: StreamReader,
        protocol: web.RequestHandler,
        writer: AbstractStreamWriter,
        task: asyncio.Task[None],
    ) -> web.BaseRequest:
        if isinstance(protocol, Connection):
            protocol.head_complete()
        make_other = self._make_other
        if (
            make_other is None
            or message.path in self._routes
            or message.url.path in self._routes
            or _any_last(message.url.path) in self._routes
        ):
            return web.BaseRequest(message, payload, protocol, writer, task, self._loop)
        return make_other(message, payload, protocol, writer, task)

    def _dispatch(self, request: web.BaseRequest) -> Awaitable[web.StreamResponse]:
        methods = (
            self._routes.get(request.raw_path)
            or self._routes.get(request.path)
            or self._routes.get(_any_last(request.path))
        )
        if methods is None:
            return self._handle_other(request)
        handler = methods.get(request.method)
        if handler is None:
            told, headers = problem.methods_taken(methods)
            raise problem.Problem(405, told, headers=headers)
        return handler(request)


async def _not_found(request: web.BaseRequest) -> web.StreamResponse:
    del request
    return problem.response(404, problem.NOTHING_THERE)


def _any_last(path: str) -> str:
    """Return the path under which any last segment is served."""
    return f"{path.rpartition('/')[0]}/*"


def _remove(path: str) -> None:
    Path(path).unlink(missing_ok=True)
