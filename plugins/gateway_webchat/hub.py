"""Every window that looks at a chat through this process, and what each has been told.

A window is told what stands in its visitor's log, in order, each entry once: first what it has
missed, by reading; then what is new, by the signals of the account. One reader serves all windows
of a process. A window that does not keep up is cut: it comes back with its cursor.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Final, Protocol

from gateway.api import ChatLogs, ChatSignal, RedisUnavailable
from gateway_webchat import frames
from gateway_webchat.hours import Hours

READ: Final = 200
"""Entries read at once."""
CLOCK_SECONDS: Final = 15.0
"""How often the opening hours are looked at."""
PATIENCE_SECONDS: Final = 3.0
"""How long the reader may take to see that it is to stop; a cancelled command leaves its connection
in disorder."""
READER_SECONDS: Final = 5.0
"""How long a new window waits for the reader to find its place."""
STOPPING: Final = 1001
TRY_AGAIN: Final = 1013
"""Close codes. Source: RFC 6455, section 7.4.1, and IANA's registry."""


class Window(Protocol):
    """Whoever is told.

    Attributes:
        log: The visitor's.
        cursor: Of the last entry it was told of.
        live: It has all there is, and is told what comes.
        catching_up: What it has missed is being read.
        missed: Something came meanwhile.
    """

    log: str
    cursor: str
    live: bool
    catching_up: bool
    missed: bool

    def tell(self, data: bytes) -> None:
        """Hand over a frame; never waits, and never raises."""
        ...

    async def ready(self) -> None:
        """Wait until more can be told at once, if much was."""
        ...

    async def close(self, code: int) -> None:
        """Ask the visitor's side to come back."""
        ...


class Hub:
    """The windows of one account in this process.

    Args:
        chats: The account's logs.
        hours: When somebody answers.
        now: The time, aware.
    """

    def __init__(
        self,
        chats: ChatLogs,
        hours: Hours,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._chats = chats
        self._hours = hours
        self._now = now
        self._windows: dict[str, list[Window]] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._stopped = False
        self._reading = asyncio.Event()

    @property
    def is_open(self) -> bool:
        """Whether somebody answers now."""
        return self._hours.are_open(self._now())

    def windows(self) -> list[Window]:
        """Return every window."""
        return [each for several in self._windows.values() for each in several]

    async def join(self, window: Window) -> None:
        """Tell a window what it has missed, and from then on what is new.

        Raises:
            ValueError: Its cursor is none.
            RedisUnavailable: Not now.
        """
        if self._stopped:
            await window.close(STOPPING)
            return
        self._start()
        self._windows.setdefault(window.log, []).append(window)
        try:
            async with asyncio.timeout(READER_SECONDS):
                await self._reading.wait()
        except TimeoutError:
            raise RedisUnavailable("the account's signals cannot be read") from None
        await self._catch_up(window)

    def leave(self, window: Window) -> None:
        """Forget a window."""
        several = self._windows.get(window.log, [])
        if window in several:
            several.remove(window)
        if not several:
            self._windows.pop(window.log, None)

    async def close(self) -> None:
        """Ask everybody to come back to another process, and stop reading."""
        self._stopped = True
        for task in self._tasks[1:]:
            task.cancel()
        pending = set(self._tasks)
        if pending:
            _, pending = await asyncio.wait(pending, timeout=PATIENCE_SECONDS)
        while pending:
            for task in pending:
                task.cancel()
            # Again after a while: a command that waits can take a cancellation for its time-out.
            _, pending = await asyncio.wait(pending, timeout=0.2)
        self._tasks.clear()
        await self._drop(STOPPING)

    def broadcast(self, data: bytes) -> None:
        """Tell every window something that is in no log."""
        for window in self.windows():
            window.tell(data)

    def _start(self) -> None:
        if self._tasks and not self._tasks[0].done():
            return
        for task in self._tasks[1:]:
            task.cancel()
        self._reading.clear()
        self._tasks = [
            asyncio.create_task(self._follow()),
            asyncio.create_task(self._watch_the_clock()),
        ]

    async def _follow(self) -> None:
        try:
            async with aclosing(self._chats.signals()) as batches:
                async for batch in batches:
                    if self._stopped:
                        break
                    await self._heard(batch)
        except RedisUnavailable:
            return
        finally:
            # Nobody may be left waiting for what no one reads any more: they come back, and
            # the first of them starts a new reader.
            await self._drop(STOPPING if self._stopped else TRY_AGAIN)

    async def _heard(self, batch: Sequence[ChatSignal] | None) -> None:
        if batch is None:
            self._reading.set()
            await asyncio.gather(*(self._catch_up(each) for each in self.windows()))
            return
        for signal in batch:
            for window in self._windows.get(signal.name, ()):
                _pass_on(signal, window)

    async def _catch_up(self, window: Window) -> None:
        window.live, window.missed = False, True
        if window.catching_up:
            return  # two at once could pass each other; the one that runs looks again
        window.catching_up = True
        try:
            while window.missed:
                window.missed = False
                entries = await self._chats.read(window.log, after=window.cursor, most=READ)
                for entry in entries:
                    _entry(window, entry.cursor, entry.data)
                    await window.ready()
                window.missed = window.missed or len(entries) == READ
            window.live = True
        finally:
            window.catching_up = False

    async def _watch_the_clock(self) -> None:
        told = self.is_open
        while True:
            await asyncio.sleep(CLOCK_SECONDS)
            if (now := self.is_open) != told:
                told = now
                self.broadcast(frames.opened(is_open=now))

    async def _drop(self, code: int) -> None:
        await asyncio.gather(*(each.close(code) for each in self.windows()))


def _pass_on(signal: ChatSignal, window: Window) -> None:
    if not signal.cursor:
        window.tell(signal.data)
    elif not window.live:
        window.missed = True
    else:
        _entry(window, signal.cursor, signal.data)


def _entry(window: Window, cursor: str, data: bytes) -> None:
    """Tell an entry of the log, unless it was told already."""
    if cursor > window.cursor:
        window.cursor = cursor
        window.tell(frames.with_cursor(data, cursor))
