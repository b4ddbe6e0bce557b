"""Commits the events of one partition; what is answered is on the stream or on the disk.

::

    connected ──connection lost, error answer, no answer in time──▶ away
        ▲                                                             │ events go to the spool
        └──── connected again and the spool drained in order ◀────────┘

Everything happens on the event loop except the disk, so that the switch back, taken between two
spool writes, leaves no event behind.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from functools import partial
from itertools import chain
from time import perf_counter
from typing import Any, Final, TypeAlias

import hiredis
import structlog

from gateway.bus import keys
from gateway.bus.pipe import Locator, Pipe, Word, connect, run_script
from gateway.bus.script import COMMIT
from gateway.bus.tasks import end
from gateway.edge.count import WriterCount
from gateway.edge.entry import Unit
from gateway.edge.spool import Spool
from gateway.errors import RedisUnavailable, RelevoError, SpoolFull
from gateway.telemetry import logs
from gateway.telemetry.metrics import Metrics

log = structlog.get_logger(__name__)

BATCH_EVENTS: Final = 512
"""Measured: larger calls gain nothing and keep Redis busy for milliseconds."""
ON_THE_WAY: Final = 2
"""Measured: with two large calls on the way Redis and this process work at the same time."""
WORTH_A_SECOND: Final = 64
"""Events that must wait before a second call is sent. Waking Redis costs about as much as
committing ten events, so that small calls had better wait for each other."""
RETRY_SECONDS: Final = (0.02, 0.1, 0.25, 0.5, 1.0, 2.0)

Waiting: TypeAlias = tuple[Unit, "asyncio.Future[None]"]


class Writer:
    """Commits the events of one partition.

    Args:
        partition: Its number.
        locator: Tells which server holds it.
        spool: Where events wait while that server is away.
        metrics: What is counted.
        timeout_seconds: An answer that takes longer counts as lost.
        guard: Awaited on a new connection before anything is written; raises ``RelevoError`` when
            the data there is not for us.
    """

    def __init__(
        self,
        partition: int,
        *,
        locator: Locator,
        spool: Spool,
        metrics: Metrics,
        timeout_seconds: float,
        guard: Callable[[], Awaitable[None]],
    ) -> None:
        self.partition = partition
        self.problem: str | None = "not connected yet"
        self._locator = locator
        self._spool = spool
        self._timeout = timeout_seconds
        self._guard = guard
        self._loop = asyncio.get_running_loop()
        self._pipe = Pipe(timeout_seconds=timeout_seconds)  # connected later
        self._pending: deque[Waiting] = deque()
        self._waiting_events = 0
        self._returned: deque[Waiting] = deque()
        self._on_the_way: set[asyncio.Future[Any]] = set()
        self._flushing: asyncio.Handle | None = None
        self._spooling: asyncio.Task[None] | None = None
        self._recovering: asyncio.Task[None] | None = None
        self._count = WriterCount(metrics, partition)
        self._words: Final[tuple[Word, ...]] = (
            2,
            keys.events(partition),
            keys.media(partition),
            keys.tag(partition),
        )

    async def start(self) -> None:
        """Connect, and drain what an earlier run left on the disk; returns without Redis too."""
        if not self._spool.waiting(self.partition):
            try:
                await self._connect()
            except RelevoError as error:
                self.problem = str(error)
            else:
                self._be_back()
                return
        self._be_away(self.problem or "the spool is being drained")

    def add(self, unit: Unit) -> asyncio.Future[None]:
        """Take a unit; the future is done when it is on the stream or on the disk.

        It fails with ``SpoolFull`` when it is on neither.
        """
        future: asyncio.Future[None] = self._loop.create_future()
        self._pending.append((unit, future))
        self._waiting_events += len(unit.types)
        if self._flushing is None:
            # Everything that arrives in this turn of the loop goes together.
            self._flushing = self._loop.call_soon(self._flush)
        return future

    def ask(self) -> None:
        """Find out whether Redis takes anything, where no events are on the way that would tell."""
        if self._recovering is None and not self._pipe.is_waiting:
            self._pipe.call(b"PING").add_done_callback(self._told)

    def _told(self, answer: asyncio.Future[Any]) -> None:
        # A lost connection is told by on_close. Redis refuses a PING when it would refuse a write.
        if answer.exception() is None and isinstance(answer.result(), hiredis.ReplyError):
            self._be_away(str(answer.result()))

    async def close(self) -> None:
        """Finish what was taken, then let go; what waits on disk stays there."""
        waiting = [future for _, future in chain(self._returned, self._pending)]
        if waiting:
            await asyncio.wait(waiting)
        if self._on_the_way:
            await asyncio.wait(self._on_the_way)
        if self._spooling is not None:
            await self._spooling
        if self._recovering is not None:
            await end(self._recovering)
        self._pipe.on_close = None
        self._pipe.close()

    # connected

    def _flush(self) -> None:
        self._flushing = None
        if self._recovering is not None:
            self._spool_soon()
            return
        while self._pending and self._may_send():
            self._send(self._batch())

    def _may_send(self) -> bool:
        if not self._on_the_way:
            return True
        return self._waiting_events >= WORTH_A_SECOND and len(self._on_the_way) < ON_THE_WAY

    def _batch(self) -> list[Waiting]:
        batch = [self._pending.popleft()]
        events = len(batch[0][0].types)
        while self._pending and events < BATCH_EVENTS:
            batch.append(self._pending.popleft())
            events += len(batch[-1][0].types)
        self._waiting_events -= events
        return batch

    def _send(self, batch: list[Waiting], *, load: bool = False) -> None:
        command = (b"EVAL", COMMIT.source) if load else (b"EVALSHA", COMMIT.sha)
        words = chain(command, self._words, *[unit.words for unit, _ in batch])
        answer = self._pipe.call(*words)
        self._on_the_way.add(answer)
        answer.add_done_callback(partial(self._answered, batch, perf_counter()))

    def _answered(self, batch: list[Waiting], sent_at: float, answer: asyncio.Future[Any]) -> None:
        self._on_the_way.discard(answer)
        error = answer.exception() or answer.result()
        if isinstance(error, hiredis.ReplyError) and str(error).startswith("NOSCRIPT"):
            self._send(batch, load=True)
            return
        if isinstance(error, Exception):
            self._returned.extend(batch)
            self._be_away(str(error))
            return
        self._count.committed(
            [unit for unit, _ in batch], answer.result(), perf_counter() - sent_at
        )
        for _, future in batch:
            if not future.done():
                future.set_result(None)
        if self._pending and self._flushing is None:
            self._flush()

    # away

    def _be_away(self, problem: str) -> None:
        if self._recovering is None:
            self.problem = problem
            log.warning(logs.REDIS_LOST, partition=self.partition, error=problem)
            self._count.up(up=False)
            self._recovering = self._loop.create_task(self._recover())
        self._spool_soon()

    def _spool_soon(self) -> None:
        # What is still on the way was sent before what waits, and must be on the disk before it.
        if self._spooling is None and not self._on_the_way and (self._returned or self._pending):
            self._spooling = self._loop.create_task(self._spool_waiting())

    async def _spool_waiting(self) -> None:
        while self._returned or self._pending:
            batch = [*self._returned, *self._pending]
            self._returned.clear()
            self._pending.clear()
            self._waiting_events = 0
            units = [unit for unit, _ in batch]
            error: SpoolFull | None = None
            refused = self._spool.refused
            try:
                await asyncio.to_thread(self._spool.append, self.partition, units)
            except SpoolFull as full:
                error = full
                if refused is None:  # once, not for each webhook: the disk may be full
                    log.warning(logs.SPOOL_FULL, bytes=self._spool.size_bytes, error=str(full))
            else:
                self._count.spooled(units, self._spool.size_bytes)
            for _, future in batch:
                if future.done():
                    continue
                if error is None:
                    future.set_result(None)
                else:
                    future.set_exception(error)
        self._spooling = None

    async def _recover(self) -> None:
        waits = chain(RETRY_SECONDS, iter(lambda: RETRY_SECONDS[-1], None))
        for wait in waits:
            try:
                await self._connect()
                await self._takes()
                await self._drain()
            except RedisUnavailable as error:
                self.problem = str(error)
            except RelevoError as error:
                if self.problem != str(error):  # once, not with every try
                    log.warning(logs.SPOOL_STUCK, partition=self.partition, error=str(error))
                self.problem = str(error)
            else:
                return
            await asyncio.sleep(wait)

    async def _takes(self) -> None:
        answer = await self._pipe.call(b"PING")
        if isinstance(answer, hiredis.ReplyError):
            raise RedisUnavailable(str(answer))

    async def _drain(self) -> None:
        events = position = 0
        while True:
            units = await asyncio.to_thread(
                self._spool.read, self.partition, position, BATCH_EVENTS // 4
            )
            if units is None:
                # What was damaged is put aside. Sending the others twice is harmless.
                position = 0
            elif units:
                words = chain.from_iterable(unit.words for unit, _ in units)
                sent_at = perf_counter()
                answer = await run_script(self._pipe, COMMIT, *self._words, *words)
                batch = [unit for unit, _ in units]
                self._count.committed(batch, answer, perf_counter() - sent_at)
                events += sum(len(unit.types) for unit in batch)
                position = units[-1][1]
            elif self._spooling is not None:
                await self._spooling
            elif self._on_the_way:
                await asyncio.wait(self._on_the_way)
            elif position == self._spool.waiting(self.partition):
                # Looked at here, not in the thread that read: more may have been written since.
                self._spool.clear(self.partition)
                self._be_back()
                if events:
                    log.info(logs.SPOOL_DRAINED, partition=self.partition, events=events)
                return

    async def _connect(self) -> None:
        if self._pipe.is_open:
            return
        try:
            await self._guard()
            endpoint = await self._locator.locate(keys.events(self.partition))
            pipe = await connect(endpoint, timeout_seconds=self._timeout)
        except RelevoError:
            await self._locator.refresh()
            raise
        pipe.on_close = self._be_away
        self._pipe = pipe

    def _be_back(self) -> None:
        self.problem = None
        if self._recovering is not None:
            log.info(logs.REDIS_BACK, partition=self.partition)
            self._recovering = None
        self._count.up(up=True)
        self._count.waiting(self._spool.size_bytes)
        self._flush()
