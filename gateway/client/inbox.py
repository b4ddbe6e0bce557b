"""From several tasks that read into one loop that asks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Final, Generic, TypeVar

T = TypeVar("T")

AHEAD: Final = 64


class Inbox(Generic[T]):
    """A short queue that ends with the task that fills it."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[T] = asyncio.Queue(AHEAD)
        self._news = asyncio.Event()

    async def put(self, item: T) -> None:
        """Add an item; waits while the queue is full."""
        await self._queue.put(item)
        self._news.set()

    async def until_done(self, reading: asyncio.Task[None]) -> AsyncIterator[T]:
        """Yield what is put, until the task is over; raises what the task raised."""
        reading.add_done_callback(lambda _: self._news.set())
        while not reading.done():
            if self._queue.empty():
                self._news.clear()
                await self._news.wait()
            else:
                yield self._queue.get_nowait()
        if not reading.cancelled():
            reading.result()
