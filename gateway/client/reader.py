"""Reads one partition for a consumer, through everything that can happen to Redis and to us."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Final, TypeAlias

import msgspec
import structlog
from redis.exceptions import ResponseError

from gateway.bus.connection import reported
from gateway.bus.tasks import end
from gateway.client.delivery import Delivery, read_event
from gateway.client.group import Entry, Group
from gateway.client.hands import Hands
from gateway.errors import RedisUnavailable
from gateway.policy.retry import full_jitter
from gateway.telemetry import logs

log = structlog.get_logger(__name__)

BATCH: Final = 100
BLOCK_MS: Final = 1000
"""A stop is noticed after at most this time."""
TELL_SECONDS: Final = 0.005
LONGEST_WAIT_SECONDS: Final = 5.0

Sink: TypeAlias = Callable[["Reader", Delivery], Awaitable[None]]


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """How a consumer works; see ``Consumer``."""

    lease_seconds: float
    max_deliveries: int


class Reader:
    """One partition: reads, hands out in order, takes over what others left, tells what is done.

    Args:
        group: The consumer on this partition's stream.
        partition: Its number.
        where: Which Redis, for errors.
        name: Of the group, for logs.
        rules: How to work.
        sink: Takes each delivery; the next one of the partition is offered when it returns.
    """

    def __init__(
        self, group: Group, *, partition: int, where: object, name: str, rules: Rules, sink: Sink
    ) -> None:
        self._group = group
        self._partition = partition
        self._where = where
        self._name = name
        self._rules = rules
        self._sink = sink
        self._hands = Hands(lease_seconds=rules.lease_seconds)
        self._stopping = False
        self._telling = asyncio.Lock()
        self._to_tell = asyncio.Event()

    def stop(self) -> None:
        """Read no more; what is handed out may still be done."""
        self._stopping = True

    def take(self, delivery: Delivery) -> bool:
        """Take a delivery to work on it; False when it is not ours any more."""
        return not self._stopping and self._hands.hand_out(delivery.entry, now=_now())

    def give_up(self, delivery: Delivery) -> None:
        """Let a delivery lie; it comes again when its lease has ended."""
        self._hands.give_up(delivery.entry)

    async def run(self) -> None:
        """Work until stopped.

        Raises:
            SettingsError: Redis refuses user or password.
        """
        beside = [asyncio.create_task(self._keep_telling())]
        beside.append(asyncio.create_task(self._keep_renewing()))
        try:
            await self._keep_reading()
        finally:
            await end(*beside)

    async def flush(self) -> None:
        """Tell Redis what is done.

        Raises:
            RedisUnavailable: It cannot be told; it will be delivered again.
        """
        async with self._telling:
            if entries := self._hands.to_tell():
                with reported(self._where):
                    await self._group.acknowledge(entries)
                self._hands.told(len(entries))

    async def _keep_reading(self) -> None:
        failures = 0
        while not self._stopping:
            try:
                with reported(self._where):
                    await self._group.make()
                    if failures:
                        log.info(logs.CONSUMER_BACK, partition=self._partition, group=self._name)
                    failures = 0
                    await self._read()
            except RedisUnavailable as error:
                failures += 1
                if failures == 1:
                    lost = {"partition": self._partition, "group": self._name}
                    log.warning(logs.CONSUMER_LOST, **lost, error=str(error))
                await asyncio.sleep(_pause(failures))

    async def _read(self) -> None:
        """Take up what was ours, then read on until stopped or until the group is gone."""
        await self._take_over(idle_ms=0, mine=True)
        next_look = _now()
        while not self._stopping:
            if _now() >= next_look:
                self._hands.lapsed(now=_now())
                idle_ms = int(self._rules.lease_seconds * 1000)
                await self._take_over(idle_ms=idle_ms, mine=False)
                next_look = _now() + self._rules.lease_seconds / 2
            try:
                entries = await self._group.read(count=BATCH, block_ms=self._block_ms())
            except ResponseError as error:
                if not str(error).startswith(("NOGROUP", "UNBLOCKED")):
                    raise
                await self._group.make()
            else:
                await self._hand_out(entries)

    def _block_ms(self) -> int:
        return max(1, min(BLOCK_MS, int(self._rules.lease_seconds * 250)))

    async def _take_over(self, *, idle_ms: int, mine: bool) -> None:
        async for found in self._group.left(count=BATCH, idle_ms=idle_ms, mine=mine):
            left = {entry: times for entry, times in found if entry not in self._hands}
            if left:
                entries = await self._group.claim(left, idle_ms=idle_ms)
                await self._hand_out([each async for each in self._living(entries)])
            if self._stopping:
                return

    async def _living(self, entries: Iterable[Entry]) -> AsyncIterator[Entry]:
        """Yield the entries that may be delivered once more; bury the others."""
        for entry in entries:
            if entry.deliveries <= self._rules.max_deliveries:
                yield entry
            elif await self._group.bury(entry, deliveries=entry.deliveries - 1):
                told = {"group": self._name, "entry": entry.id, "dead": self._group.dead}
                log.error(logs.DELIVERY_BURIED, deliveries=entry.deliveries - 1, **told)

    async def _hand_out(self, entries: list[Entry]) -> None:
        self._hands.read([each.id for each in entries], now=_now())
        for entry in entries:
            if self._stopping:
                return
            await self._sink(self, self._delivery(entry))

    def _delivery(self, entry: Entry) -> Delivery:
        return Delivery(
            event=read_event(entry.words),
            entry=entry.id,
            partition=self._partition,
            deliveries=entry.deliveries,
            done=self._done,
        )

    async def _done(self, entry: str) -> None:
        self._to_tell.set()
        if self._hands.done(entry) >= BATCH:
            await asyncio.sleep(0)  # lets the teller run, should the handler never wait

    async def _keep_telling(self) -> None:
        failures = 0
        while True:
            await self._to_tell.wait()
            self._to_tell.clear()
            await asyncio.sleep(TELL_SECONDS)
            try:
                await self.flush()
                failures = 0
            except RedisUnavailable:  # the reading side logs it
                failures += 1
                self._to_tell.set()
                await asyncio.sleep(_pause(failures))

    async def _keep_renewing(self) -> None:
        while True:
            await asyncio.sleep(self._rules.lease_seconds / 4)
            now = _now()
            if entries := self._hands.to_renew(now=now):
                try:
                    with reported(self._where):
                        self._hands.renewed(await self._group.renew(entries), now=now)
                except RedisUnavailable:  # the reading side logs it; the leases run on
                    continue


def _now() -> float:
    return asyncio.get_running_loop().time()


def _pause(failures: int) -> float:
    # Not a secret: it only keeps consumers apart that failed together.
    draw = 0.5 + random.random() / 2  # noqa: S311
    return full_jitter(failures, draw, base=0.1, cap=LONGEST_WAIT_SECONDS)
