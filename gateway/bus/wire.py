"""A way to the server of one partition that mends itself: connected when it is needed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import hiredis

from gateway.bus import keys
from gateway.bus.pipe import Locator, Pipe, Word, connect, run_script
from gateway.bus.script import Script
from gateway.errors import RedisUnavailable, RelevoError


class Wire:
    """Commands and scripts for one partition.

    Args:
        partition: Its number.
        locator: Tells which server holds it.
        timeout_seconds: An answer that takes longer counts as lost.
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
    ) -> None:
        self.partition = partition
        self._locator = locator
        self._timeout = timeout_seconds
        self._guard = guard
        self._pipe: Pipe | None = None
        self._connecting = asyncio.Lock()
        self._closed = False

    async def run(self, script: Script, *words: Word) -> Any:
        """Run a script; the words are the number of keys, the keys and the arguments.

        Raises:
            RedisUnavailable: No answer, or an error for an answer; it may have been done.
        """
        return await run_script(await self._connected(), script, *words)

    async def call(self, *words: Word) -> Any:
        """Send one command and return its answer.

        Raises:
            RedisUnavailable: No answer, or an error for an answer; it may have been done.
        """
        return _told(await (await self._connected()).call(*words))

    async def calls(self, commands: list[tuple[Word, ...]]) -> list[Any]:
        """Send commands together and return their answers in order.

        Raises:
            RedisUnavailable: As for ``call``, for any of them.
        """
        pipe = await self._connected()
        answers = await asyncio.gather(*[pipe.call(*each) for each in commands])
        return [_told(each) for each in answers]

    def close(self) -> None:
        """Let go for good; what is under way fails."""
        self._closed = True
        if self._pipe is not None:
            self._pipe.close()

    async def _connected(self) -> Pipe:
        if self._pipe is not None and self._pipe.is_open:
            return self._pipe
        async with self._connecting:
            if self._closed:
                raise RedisUnavailable("closed")
            if self._pipe is None or not self._pipe.is_open:
                pipe = await self._connect()
                if self._closed:  # in the meantime
                    pipe.close()
                self._pipe = pipe
            return self._pipe

    async def _connect(self) -> Pipe:
        try:
            await self._guard()
            endpoint = await self._locator.locate(keys.events(self.partition))
            return await connect(endpoint, timeout_seconds=self._timeout)
        except RelevoError:
            await self._locator.refresh()
            raise


def _told(answer: Any) -> Any:
    if isinstance(answer, hiredis.ReplyError):
        raise RedisUnavailable(str(answer))
    return answer
