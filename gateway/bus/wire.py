"""A way to the server of one partition that mends itself: connected when it is needed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

import hiredis

from gateway.bus import keys
from gateway.bus.connection import Endpoint
from gateway.bus.pipe import Locator, Pipe, Word, connect, run_script
from gateway.bus.script import Script
from gateway.errors import RedisUnavailable, RelevoError


class Pipes:
    """One connection to each server, for all wires that lead there.

    Partitions on one server then share its wake-ups: what is asked in one turn of the loop is one
    write and one read, whichever partitions it is for. They share its trying to connect as well:
    where a server stands still, one after the other would each wait for the time-outs of all before.

    Args:
        timeout_seconds: An answer that takes longer counts as lost.
    """

    def __init__(self, *, timeout_seconds: float) -> None:
        self._timeout = timeout_seconds
        self._open: dict[Endpoint, Pipe] = {}
        self._connecting: dict[Endpoint, asyncio.Task[Pipe]] = {}
        self._closed = False

    async def at(self, endpoint: Endpoint) -> Pipe:
        """Return an open connection to a server.

        Raises:
            RedisUnavailable: It cannot be reached, or refuses us.
        """
        pipe = self._open.get(endpoint)
        if pipe is not None and pipe.is_open:
            return pipe
        task = self._connecting.get(endpoint)
        if task is None:
            task = asyncio.create_task(self._connected(endpoint))
            # Whoever waited may wait no longer: then nobody asks why it failed.
            task.add_done_callback(lambda done: done.cancelled() or done.exception())
            self._connecting[endpoint] = task
        return await asyncio.shield(task)  # others may wait for it when one does no longer

    def close(self) -> None:
        """Let go for good; what is under way fails."""
        self._closed = True
        for pipe in self._open.values():
            pipe.close()

    async def _connected(self, endpoint: Endpoint) -> Pipe:
        try:
            pipe = await connect(endpoint, timeout_seconds=self._timeout)
        finally:
            del self._connecting[endpoint]
        self._open[endpoint] = pipe
        if self._closed:
            pipe.close()
        return pipe


class Wire:
    """Commands and scripts for one partition.

    Args:
        partition: Its number.
        locator: Tells which server holds it.
        timeout_seconds: An answer that takes longer counts as lost.
        pipes: Connections that are shared; without them it has its own, as who waits for long needs.
        guard: Awaited on a new connection before anything is asked; raises ``RelevoError`` when
            the data there is not for us.
    """

    def __init__(
        self,
        partition: int,
        *,
        locator: Locator,
        timeout_seconds: float,
        guard: Callable[[], Awaitable[None]],
        pipes: Pipes | None = None,
    ) -> None:
        self.partition = partition
        self._locator = locator
        self._pipes = pipes or Pipes(timeout_seconds=timeout_seconds)
        self._shares = pipes is not None
        self._guard = guard
        self._pipe: Pipe | None = None
        self._moved = False

    async def run(self, script: Script, *words: Word) -> Any:
        """Run a script; the words are the number of keys, the keys and the arguments.

        Raises:
            RedisUnavailable: No answer, or an error for an answer; it may have been done.
        """
        try:
            return await run_script(await self._connected(), script, *words)
        except RedisUnavailable as error:
            self._notice(str(error))
            raise

    async def call(self, *words: Word) -> Any:
        """Send one command and return its answer.

        Raises:
            RedisUnavailable: No answer, or an error for an answer; it may have been done.
        """
        return self._told(await (await self._connected()).call(*words))

    async def calls(self, commands: list[tuple[Word, ...]]) -> list[Any]:
        """Send commands together and return their answers in order.

        Raises:
            RedisUnavailable: As for ``call``, for any of them.
        """
        pipe = await self._connected()
        answers = await asyncio.gather(*[pipe.call(*each) for each in commands])
        return [self._told(each) for each in answers]

    def close(self) -> None:
        """Let go for good of what is its own; what is under way there fails."""
        if not self._shares:
            self._pipes.close()

    async def _connected(self) -> Pipe:
        if self._pipe is None or not self._pipe.is_open:
            try:
                if self._moved:
                    await self._locator.refresh()
                    self._moved = False
                await self._guard()
                endpoint = await self._locator.locate(keys.events(self.partition))
                self._pipe = await self._pipes.at(endpoint)
            except RelevoError:
                await self._locator.refresh()
                raise
        return self._pipe

    def _told(self, answer: Any) -> Any:
        if isinstance(answer, hiredis.ReplyError):
            self._notice(str(answer))
            raise RedisUnavailable(str(answer))
        return answer

    def _notice(self, error: str) -> None:
        """Look for the partition anew when the server says that it is not the one to ask."""
        if error.startswith(_ELSEWHERE):
            self._pipe, self._moved = None, True


_ELSEWHERE: Final = ("MOVED", "ASK", "READONLY", "CLUSTERDOWN", "MASTERDOWN")
"""A slot went to another server, or the server is a replica now; the connection itself is fine."""
