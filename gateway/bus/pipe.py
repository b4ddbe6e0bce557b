"""One connection to Redis for the hot path: many calls on the way at once, little work for each.

redis-py costs about 4 µs more per batch (see docs/performance.md); everything that is not the hot
path uses it all the same. A pipe that loses its connection fails every call that is under way
with ``RedisUnavailable`` and is made anew by whoever holds it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any, Final, Protocol, TypeAlias, cast

import hiredis

from gateway.bus.connection import Endpoint
from gateway.bus.script import Script
from gateway.errors import RedisUnavailable

Word: TypeAlias = str | int | float | bytes
"""What a command is made of."""

CONNECT_SECONDS: Final = 3.0

# hiredis declares a tuple of one word; it takes any number.
_pack = cast(Callable[[tuple[Word, ...]], bytes], hiredis.pack_command)


class Locator(Protocol):
    """Tells which server holds a key now."""

    async def locate(self, key: str) -> Endpoint:
        """Return the server that holds ``key``."""
        ...

    async def refresh(self) -> None:
        """Forget what was known about servers."""
        ...


class Pipe(asyncio.Protocol):
    """Sends commands without waiting and hands out their answers in order.

    Args:
        timeout_seconds: The connection is given up when an answer takes longer.

    Attributes:
        on_close: Told once, with the reason, when the connection ends.
    """

    def __init__(self, *, timeout_seconds: float) -> None:
        self.on_close: Callable[[str], None] | None = None
        self._timeout = timeout_seconds
        self._reader = hiredis.Reader()
        self._waiting: deque[tuple[asyncio.Future[Any], float]] = deque()
        self._transport: asyncio.Transport | None = None
        self._watch: asyncio.TimerHandle | None = None
        self._loop = asyncio.get_running_loop()
        self._closed = False

    @property
    def is_open(self) -> bool:
        """Whether commands can be sent."""
        return self._transport is not None and not self._closed

    @property
    def is_waiting(self) -> bool:
        """Whether a command is under way."""
        return bool(self._waiting)

    def call(self, *words: Word) -> asyncio.Future[Any]:
        """Send a command; the future holds its answer, which may be a ``hiredis.ReplyError``.

        The future fails with ``RedisUnavailable`` when the connection is lost or too slow; the
        command may have been carried out or not.
        """
        future: asyncio.Future[Any] = self._loop.create_future()
        if self._transport is None or self._closed:
            future.set_exception(RedisUnavailable("not connected"))
            return future
        self._waiting.append((future, self._loop.time() + self._timeout))
        if self._watch is None:
            self._watch = self._loop.call_later(self._timeout, self._check)
        self._transport.write(_pack(words))
        return future

    def close(self, reason: str = "closed") -> None:
        """Give the connection up; calls under way fail."""
        self._closed = True
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None
        if self._transport is not None:
            self._transport.abort()
        while self._waiting:
            future, _ = self._waiting.popleft()
            if not future.done():
                future.set_exception(RedisUnavailable(reason))
        if self.on_close is not None:
            told, self.on_close = self.on_close, None
            told(reason)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self.close(f"connection lost: {exc}" if exc else "connection closed by the server")

    def data_received(self, data: bytes) -> None:
        self._reader.feed(data)
        try:
            # RESP2 has no boolean: False means that nothing more is complete.
            while (reply := self._reader.gets()) is not False:
                future, _ = self._waiting.popleft()
                if not future.done():
                    future.set_result(reply)
        except (hiredis.ProtocolError, IndexError) as error:
            self.close(f"not the Redis protocol: {error}")

    def _check(self) -> None:
        self._watch = None
        if not self._waiting:
            return
        oldest = self._waiting[0][1]
        if oldest <= self._loop.time():
            self.close(f"no answer within {self._timeout:g} s")
        else:
            self._watch = self._loop.call_at(oldest, self._check)


async def connect(endpoint: Endpoint, *, timeout_seconds: float) -> Pipe:
    """Open a pipe to a server and sign in.

    Raises:
        RedisUnavailable: It cannot be reached, or refuses us; the text says which.
    """
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            if endpoint.path:
                _, pipe = await loop.create_unix_connection(
                    lambda: Pipe(timeout_seconds=timeout_seconds), endpoint.path
                )
            else:
                _, pipe = await loop.create_connection(
                    lambda: Pipe(timeout_seconds=timeout_seconds),
                    endpoint.host,
                    endpoint.port,
                    ssl=endpoint.tls,
                )
            try:
                await _sign_in(pipe, endpoint)
            except BaseException:
                pipe.close()  # nobody else has it
                raise
    except (OSError, TimeoutError) as error:
        raise RedisUnavailable(f"{endpoint}: {str(error) or 'no connection in time'}") from error
    return pipe


async def _sign_in(pipe: Pipe, endpoint: Endpoint) -> None:
    commands: list[tuple[str, ...]] = [("CLIENT", "SETNAME", "relevo-pipe")]
    if endpoint.password is not None:
        user = (endpoint.username,) if endpoint.username else ()
        commands.insert(0, ("AUTH", *user, endpoint.password))
    if endpoint.db:
        commands.append(("SELECT", str(endpoint.db)))
    for command in commands:
        reply = await pipe.call(*command)
        if isinstance(reply, hiredis.ReplyError):
            pipe.close()
            raise RedisUnavailable(f"{endpoint} refuses {command[0]}: {reply}")


async def run_script(pipe: Pipe, script: Script, *words: Word) -> Any:
    """Run a script by its digest, loading it first where the server does not know it.

    Args:
        pipe: Where to.
        script: Which one.
        words: Number of keys, keys and arguments, as EVALSHA takes them.

    Raises:
        RedisUnavailable: No answer, or an error for an answer; the text has it.
    """
    reply = await pipe.call(b"EVALSHA", script.sha, *words)
    if isinstance(reply, hiredis.ReplyError) and str(reply).startswith("NOSCRIPT"):
        reply = await pipe.call(b"EVAL", script.source, *words)
    if isinstance(reply, hiredis.ReplyError):
        raise RedisUnavailable(str(reply))
    return reply
