"""Keeps Redis in bounds: trims streams, drops old generations, sweeps windows.

Any number of processes may do it at the same time: every step can be repeated.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Final

import structlog

from gateway.bus import keys
from gateway.bus.connection import Connection, reported
from gateway.bus.script import SWEEP
from gateway.errors import RelevoError
from gateway.policy.retention import Stream, trim
from gateway.settings.schema import StreamSettings
from gateway.telemetry import logs
from gateway.telemetry.metrics import Metrics

log = structlog.get_logger(__name__)

EVERY_SECONDS: Final = 60.0
DAY_MS: Final = 24 * 3600 * 1000
SWEEP_BUCKETS: Final = 64
"""A round looks at this many buckets: every window is seen about every two hours."""
UNLINK_AT_ONCE: Final = 512
GENERATIONS: Final = {
    "seen": (keys.SEEN_SECONDS, keys.SEEN_BUCKETS),
    "steps": (keys.STEPS_SECONDS, keys.STEP_BUCKETS),
}


class Upkeep:
    """Looks after every partition now and then.

    Args:
        connection: Where the data is.
        partitions: How many there are.
        settings: How long events are kept.
        metrics: What is counted.
        clock: Milliseconds since 1970.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        partitions: int,
        settings: StreamSettings,
        metrics: Metrics,
        clock: Callable[[], int],
    ) -> None:
        self._connection = connection
        self._client: Any = connection.client
        self._partitions = partitions
        self._settings = settings
        self._metrics = metrics
        self._clock = clock
        self._bucket = 0

    async def run(self) -> None:
        """Do a round every minute, until cancelled; a round that fails is tried again."""
        while True:
            try:
                await self.round()
            except RelevoError as error:
                log.warning(logs.UPKEEP_FAILED, error=str(error))
            await asyncio.sleep(EVERY_SECONDS)

    async def round(self) -> None:
        """Look after every partition once.

        Raises:
            RedisUnavailable: Redis does not answer.
        """
        with reported(self._connection.url):
            for partition in range(self._partitions):
                await self._trim(partition)
                await self._drop_generations(partition)
                await self._sweep_windows(partition)
        self._bucket = (self._bucket + SWEEP_BUCKETS) % keys.WINDOW_BUCKETS

    async def _trim(self, partition: int) -> None:
        stream, label = keys.events(partition), f"{partition:02d}"
        length = await self._client.xlen(stream)
        self._metrics.stream_length.labels(label).set(length)
        if not length:
            return
        decided = trim(
            Stream(length=length, unread_since=await self._unread_since(partition, stream)),
            now=self._clock(),
            max_age=self._settings.max_age_days * DAY_MS,
            max_length=self._settings.max_length,
        )
        self._metrics.stream_held_back.labels(label).set(decided.held_back)
        if decided.held_back:
            log.warning(logs.TRIMMING_HELD_BACK, partition=partition, overdue=decided.overdue)
        await self._client.xtrim(stream, minid=max(decided.before, 0), approximate=True)
        if decided.max_length is not None:
            await self._client.xtrim(stream, maxlen=decided.max_length, approximate=True)

    async def _unread_since(self, partition: int, stream: str) -> int | None:
        """Return the time of the oldest entry that some group has not acknowledged."""
        ages = [
            await self._unread_by(partition, stream, group)
            for group in await self._client.xinfo_groups(stream)
        ]
        return min((age for age in ages if age is not None), default=None)

    async def _unread_by(self, partition: int, stream: str, group: Mapping[str, Any]) -> int | None:
        labels = (f"{partition:02d}", group["name"].decode("utf-8", "replace"))
        after = b"(" + bytes(group["last-delivered-id"])
        unread = await self._client.xrange(stream, min=after, count=1)
        oldest = _milliseconds(unread[0][0]) if unread else None
        if group["pending"]:
            pending = await self._client.xpending(stream, group["name"])
            oldest = _milliseconds(pending["min"])
        # Redis cannot tell the lag of a group whose place was trimmed away.
        lag = group["lag"] if group["lag"] is not None else await self._client.xlen(stream)
        age = 0 if oldest is None else max(self._clock() - oldest, 0) / 1000
        self._metrics.consumer_lag.labels(*labels).set(lag)
        self._metrics.consumer_pending.labels(*labels).set(group["pending"])
        self._metrics.consumer_oldest_seconds.labels(*labels).set(age)
        return oldest

    async def _drop_generations(self, partition: int) -> None:
        listed = keys.generations(partition)
        for entry in await self._client.smembers(listed):
            name, _, number = entry.decode().partition(":")
            seconds, buckets = GENERATIONS[name]
            if int(number) >= self._clock() // 1000 // seconds - 1:
                continue
            for first in range(0, buckets, UNLINK_AT_ONCE):
                await self._client.unlink(
                    *(
                        keys.generation(partition, name, int(number), bucket)
                        for bucket in range(first, first + UNLINK_AT_ONCE)
                    )
                )
            await self._client.srem(listed, entry)

    async def _sweep_windows(self, partition: int) -> None:
        before = self._clock() // 1000 - keys.WINDOW_SECONDS
        last = self._bucket + SWEEP_BUCKETS - 1
        await self._client.eval(
            SWEEP.source,
            1,
            keys.events(partition),
            keys.tag(partition),
            self._bucket,
            last,
            before,
        )


def _milliseconds(entry_id: bytes) -> int:
    return int(entry_id.split(b"-")[0])
