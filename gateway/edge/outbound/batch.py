"""Asks together what is asked at the same time: one script call instead of many."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Generic, TypeVar

Q = TypeVar("Q")
A = TypeVar("A")

MOST: Final = 256
GATHER_SECONDS: Final = 0.008
"""So long a batch gathers after the one before; nothing beside the platform's own 30 ms and more,
and ten times fewer calls. Who asks after a pause is asked for at once."""


class Batch(Generic[Q, A]):
    """Collects questions for a moment, and asks them together.

    Args:
        ask: Asks several questions and returns as many answers, in order.
    """

    def __init__(self, ask: Callable[[Sequence[Q]], Awaitable[Sequence[A]]]) -> None:
        self._ask = ask
        self._waiting: deque[tuple[Q, asyncio.Future[A]]] = deque()
        self._under_way: set[asyncio.Task[None]] = set()
        self._soon: asyncio.Handle | None = None
        self._started_at = 0.0
        self._loop = asyncio.get_running_loop()

    def add(self, question: Q) -> asyncio.Future[A]:
        """Ask a question; awaiting the answer raises what asking raised."""
        future: asyncio.Future[A] = self._loop.create_future()
        self._waiting.append((question, future))
        if self._soon is None:
            self._start_soon()
        elif len(self._waiting) == MOST:
            self._soon.cancel()
            self._soon = self._loop.call_soon(self._start)
        return future

    def _start_soon(self) -> None:
        due = self._started_at + GATHER_SECONDS
        if due <= self._loop.time():
            self._soon = self._loop.call_soon(self._start)
        else:
            self._soon = self._loop.call_at(due, self._start)

    def _start(self) -> None:
        self._soon = None
        self._started_at = self._loop.time()
        while self._waiting:
            several = [self._waiting.popleft() for _ in range(min(MOST, len(self._waiting)))]
            task = self._loop.create_task(self._asked(several))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def _asked(self, several: list[tuple[Q, asyncio.Future[A]]]) -> None:
        try:
            answers = await self._ask([question for question, _ in several])
        except BaseException as error:
            for _, future in several:
                if not future.done():
                    future.set_exception(error)
            if not isinstance(error, Exception):
                raise
            return
        for (_, future), answer in zip(several, answers, strict=True):
            if not future.done():
                future.set_result(answer)
