"""What a simulated platform does in the background: posting webhooks, carrying messages."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeAlias

Sleep: TypeAlias = Callable[[float], Awaitable[Any]]
"""Waits for seconds; a simulated clock brings its own."""


class Errands:
    """Pieces of work, each in a task of its own."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()

    def begin(self, errand: Coroutine[Any, Any, None]) -> None:
        """Begin a piece of work; nobody waits for it but ``settled``."""
        task = asyncio.create_task(errand)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    @property
    def busy(self) -> bool:
        """Whether anything is under way that comes to an end by itself."""
        return bool(self._running)

    async def settled(self) -> None:
        """Wait until nothing is."""
        while self.busy:
            await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)

    async def stop(self) -> None:
        """Leave what is under way."""
        running = tuple(self._running)
        for each in running:
            each.cancel()
        await asyncio.gather(*running, return_exceptions=True)
