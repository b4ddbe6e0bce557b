"""Takes files from the queue, has them fetched and reports what became of each, once.

An outcome is committed first and the file settled after: a crash between the two has the file
handed out again, the store already holds it, and the commit recognises the same event. So
nothing is lost, nothing is said twice, and seldom is a file fetched twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final, TypeAlias

import structlog
from msgspec.structs import replace

from gateway.bus.connection import Client
from gateway.channel.channel import Channel
from gateway.edge.media.attempt import fetch_file, fetched_before
from gateway.edge.media.fetch import HttpFetcher
from gateway.edge.media.job import MediaJob, decode_job, encode_job
from gateway.edge.media.queue import MediaQueue, Taken
from gateway.edge.media.report import Report
from gateway.errors import (
    CodecError,
    MediaRefused,
    MediaUnavailable,
    RelevoError,
    StoreError,
)
from gateway.model.event import Event
from gateway.model.media import StoredMedia
from gateway.policy.retry import full_jitter
from gateway.settings.schema import MediaSettings
from gateway.store.media import MediaStore
from gateway.telemetry import logs
from gateway.telemetry.metrics import Metrics

Commit: TypeAlias = Callable[[Sequence[Event]], Awaitable[object]]

log = structlog.get_logger(__name__)

POLL_SECONDS: Final = 2.0
"""For files that other processes committed, and for those whose next try is due."""
SETTLING_SECONDS: Final = 0.02
"""After a wake-up, so that the files of one burst are taken together."""
LEASE_MARGIN_SECONDS: Final = 30.0
"""Longer than a try may take, for the commit after it."""
RETRY_BASE_SECONDS: Final = 15.0
"""With six attempts the last is about four minutes after the first, eight at the latest."""
RETRY_CAP_SECONDS: Final = 900.0
STORE_RETRY_SECONDS: Final = 30.0


def queues_of(client: Client, partitions: int, settings: MediaSettings) -> list[MediaQueue]:
    """Return the queues of all partitions.

    Args:
        client: Redis, answering in bytes.
        partitions: How many there are.
        settings: Say how long a try may take; who holds a file for longer is dead.
    """
    lease = settings.timeout_seconds + LEASE_MARGIN_SECONDS
    return [MediaQueue(client, each, lease_seconds=lease) for each in range(partitions)]


class MediaWorkers:
    """Fetches the files of all partitions; several processes may do so at once.

    Args:
        queues: See ``queues_of``.
        channels: The channel of every account, by its id.
        fetcher: Speaks HTTP; open for as long as this runs.
        store: Where files go.
        commit: Puts events on the streams; raises when they are not confirmed.
        settings: Limits.
        metrics: What is counted.
        clock: Milliseconds since 1970.
        draw: A random number from 0 to 1.
    """

    def __init__(
        self,
        *,
        queues: Sequence[MediaQueue],
        channels: Mapping[str, Channel[Any]],
        fetcher: HttpFetcher,
        store: MediaStore,
        commit: Commit,
        settings: MediaSettings,
        metrics: Metrics,
        clock: Callable[[], int],
        draw: Callable[[], float],
    ) -> None:
        self._queues = list(queues)
        self._channels = channels
        self._fetcher = fetcher
        self._store = store
        self._commit = commit
        self._settings = settings
        self._report = Report(metrics, clock)
        self._draw = draw
        self._tasks: set[asyncio.Task[None]] = set()
        self._lost: set[int] = set()
        self._stopping = False
        self._awake = asyncio.Event()

    async def run(self) -> None:
        """Fetch files until ``stop``; then finish those under way.

        When cancelled, those under way are abandoned: the lease hands them out again.
        """
        try:
            while not self._stopping:
                took = await self._round()
                await self._pause(more=took)
            await asyncio.gather(*self._tasks)
        finally:
            left = list(self._tasks)
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)

    def stop(self) -> None:
        """Take no more files; ``run`` returns when those under way are done."""
        self._stopping = True
        self._awake.set()

    def wake(self) -> None:
        """Say that a file was put on the queue, so that it need not wait for the next look."""
        self._awake.set()

    async def _pause(self, *, more: bool) -> None:
        """Wait until there may be something to do.

        Args:
            more: The last round found files, so that there may be others behind them.
        """
        if self._free == 0:  # the next file can begin as soon as one ends
            await asyncio.wait(self._tasks, timeout=1.0, return_when=asyncio.FIRST_COMPLETED)
            return
        if more:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(POLL_SECONDS):
                await self._awake.wait()
                await asyncio.sleep(SETTLING_SECONDS)
        self._awake.clear()

    @property
    def _free(self) -> int:
        return self._settings.workers - len(self._tasks)

    async def _round(self) -> bool:
        """Look at every partition once; tell whether there was anything to take."""
        was_free = self._free > 0
        took = False
        for queue in self._queues:
            took = await self._take(queue) or took
            if was_free and self._free == 0:
                break
        # The next round begins elsewhere, so that no partition is always served last.
        self._queues.append(self._queues.pop(0))
        return took

    async def _take(self, queue: MediaQueue) -> bool:
        try:
            batch = await queue.take(self._free)
        except RelevoError as error:
            if queue.partition not in self._lost:
                log.warning(logs.MEDIA_QUEUE_LOST, partition=queue.partition, error=str(error))
            self._lost.add(queue.partition)
            return False
        if queue.partition in self._lost:
            self._lost.discard(queue.partition)
            log.info(logs.MEDIA_QUEUE_BACK, partition=queue.partition)
        self._report.queue(queue.partition, batch)
        for taken in batch.taken:
            task = asyncio.create_task(self._handle(queue, taken))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return bool(batch.taken)

    async def _handle(self, queue: MediaQueue, taken: Taken) -> None:
        try:
            job = decode_job(taken.data)
        except CodecError as error:
            log.warning(logs.MEDIA_JOB_UNREADABLE, partition=queue.partition, error=str(error))
            await self._settled(queue.done(taken), queue)
            return
        # Each time it was handed out without being settled, a worker died over it: that counts,
        # or a file that kills its worker would do so for ever.
        job = replace(job, attempt=job.attempt + taken.handed_out - 1)
        try:
            await self._work(queue, taken, job)
        except Exception as error:  # noqa: BLE001 - a commit may fail in any way; the lease retries
            self._report.unreported(job, error)

    async def _work(self, queue: MediaQueue, taken: Taken, job: MediaJob) -> None:
        try:
            stored = await self._stored(job)
        except MediaRefused as error:
            await self._give_up(queue, taken, job, str(error))
        except MediaUnavailable as error:
            await self._try_later(queue, taken, job, str(error))
        except StoreError as error:
            # The operator's disk is no fault of the file: it costs no attempt.
            log.warning(logs.MEDIA_STORE_REFUSED, **self._report.fields(job), error=str(error))
            await queue.put_back(taken, encode_job(job), wait_seconds=STORE_RETRY_SECONDS)
        else:
            await self._commit([self._report.stored(job, stored)])
            await queue.done(taken)

    async def _stored(self, job: MediaJob) -> StoredMedia:
        if job.attempt > 1 and (found := await fetched_before(job, self._store)):
            return found
        if job.attempt > self._settings.attempts:
            raise MediaRefused("whoever fetched it died or stalled each time")
        if (channel := self._channels.get(job.account)) is None:
            raise MediaUnavailable("its account is not configured here")
        with self._report.timed(job):
            return await self._within_time(job, channel)

    async def _within_time(self, job: MediaJob, channel: Channel[Any]) -> StoredMedia:
        try:
            async with asyncio.timeout(self._settings.timeout_seconds):
                return await fetch_file(
                    job,
                    channel,
                    fetcher=self._fetcher,
                    store=self._store,
                    limit_bytes=self._settings.max_bytes,
                )
        except RelevoError:
            raise
        except TimeoutError as error:
            raise MediaUnavailable("it did not come in time") from error
        except Exception as error:  # a plugin's bug must not cost its neighbours their files
            raise MediaUnavailable(f"the channel failed: {type(error).__name__}") from error

    async def _try_later(self, queue: MediaQueue, taken: Taken, job: MediaJob, why: str) -> None:
        if job.attempt >= self._settings.attempts:
            await self._give_up(queue, taken, job, why)
            return
        wait = full_jitter(
            job.attempt, self._draw(), base=RETRY_BASE_SECONDS, cap=RETRY_CAP_SECONDS
        )
        await queue.put_back(
            taken, encode_job(replace(job, attempt=job.attempt + 1)), wait_seconds=wait
        )
        self._report.retried(job, why)

    async def _give_up(self, queue: MediaQueue, taken: Taken, job: MediaJob, why: str) -> None:
        await self._commit([self._report.failed(job, why)])
        await queue.done(taken)

    async def _settled(self, settling: Awaitable[None], queue: MediaQueue) -> None:
        try:
            await settling
        except RelevoError as error:
            log.warning(logs.MEDIA_QUEUE_LOST, partition=queue.partition, error=str(error))
