"""Asks together what is asked at the same time: one script call instead of many."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Generic, TypeVar

Q = TypeVar("Q")
A = TypeVar("A")

MOST: Final = 256
ON_THE_WAY: Final = 2


class Batch(Generic[Q, A]):
    """Collects questions while others are being answered.

    Args:
        ask: Asks several questions and returns as many answers, in order.
    """

    def __init__(self, ask: Callable[[Sequence[Q]], Awaitable[Sequence[A]]]) -> None:
        self._ask = ask
        self._waiting: deque[tuple[Q, asyncio.Future[A]]] = deque()
        self._under_way: set[asyncio.Task[None]] = set()
        self._soon: asyncio.Handle | None = None
        self._loop = asyncio.get_running_loop()

    def add(self, question: Q) -> asyncio.Future[A]:
        """Ask a question; awaiting the answer raises what asking raised."""
        future: asyncio.Future[A] = self._loop.create_future()
        self._waiting.append((question, future))
        if self._soon is None and len(self._under_way) < ON_THE_WAY:
            self._soon = self._loop.call_soon(self._start)
        return future

    def _start(self) -> None:
        self._soon = None
        while self._waiting and len(self._under_way) < ON_THE_WAY:
            several = [self._waiting.popleft() for _ in range(min(MOST, len(self._waiting)))]
            task = self._loop.create_task(self._asked(several))
            self._under_way.add(task)
            task.add_done_callback(self._answered)

    def _answered(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self._start()

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
