"""Sends for the partitions this process owns, and sees to it that each has an owner."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Final

import structlog

from gateway.bus.connection import Connection
from gateway.bus.keys import partition_of, wake
from gateway.bus.wire import Wire
from gateway.edge.outbound.gate import told_pace
from gateway.edge.outbound.interruption import Interruption
from gateway.edge.outbound.lease import Leases
from gateway.edge.outbound.partition import OwnedPartition, Surroundings
from gateway.errors import RelevoError
from gateway.policy.pace import Pace
from gateway.telemetry import logs

log = structlog.get_logger(__name__)

LOST_SECONDS: Final = 30.0
"""How long what is under way may take to come back after a lease was lost."""
TOLD_AGAIN_NS: Final = 1_000_000_000
"""By so much a stop of the whole application must be longer before others are told again."""


class Engine:
    """Owns partitions and sends for their accounts.

    Args:
        connection: To Redis.
        wires: One per partition, for commands.
        ears: One per partition, for reading.
        around: What sending works with.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        wires: Sequence[Wire],
        ears: Callable[[int], Wire],
        around: Surroundings,
    ) -> None:
        self._wires = wires
        self._ears = ears
        self._around = around
        self._accounts: dict[int, list[str]] = {}
        for account in sorted(around.terms):
            self._accounts.setdefault(partition_of(account, len(wires)), []).append(account)
        self._seconds = around.settings.lease_seconds / 5
        self._leases = Leases(
            connection,
            wires=wires,
            wanted=sorted(self._accounts),
            lease_seconds=around.settings.lease_seconds,
            clock=around.clock,
        )
        self.owned: dict[int, OwnedPartition] = {}
        self._hurry = asyncio.Event()
        self._idle = asyncio.Event()
        self._closing = False
        self._stopping: set[asyncio.Task[None]] = set()
        self._beside: set[asyncio.Task[None]] = set()
        self._lost: set[int] = set()
        self._told: dict[str, int] = {}

    async def run(self) -> None:
        """Take, keep and share out partitions, until ``stop``."""
        interruption = Interruption(None)
        try:
            while not self._closing:
                try:
                    await self._look()
                    interruption.ends()
                except RelevoError as error:
                    interruption.begins(error)
                await self._rest()
        finally:
            self._idle.set()

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(self._seconds):
                await self._hurry.wait()
        except TimeoutError:
            return
        self._hurry.clear()

    async def stop(self, seconds: float) -> None:
        """Finish what is under way and give every partition up; ``run`` comes to its end first."""
        self._closing = True
        self._hurry.set()
        await self._idle.wait()
        for each in list(self.owned):
            self._give_up(each, seconds)
        while self._stopping:
            await asyncio.wait(self._stopping, timeout=self._seconds)
            await self._kept_while_stopping()
        if self._beside:
            await asyncio.wait(self._beside)
        try:
            await self._leases.withdraw()
        except RelevoError:
            return  # it is forgotten by itself

    def poke(self, account: str) -> None:
        """Look for new messages of an account, if it is ours."""
        partition = self.owned.get(partition_of(account, len(self._wires)))
        if partition is not None:
            partition.poke(account)

    def share_of(self, account: str) -> float | None:
        """Return which share of its rate an account uses; None when it is not ours."""
        partition = self.owned.get(partition_of(account, len(self._wires)))
        sender = None if partition is None else partition.senders.get(account)
        return None if sender is None else sender.gate.share

    def app_slowed(self, account: str, pace: Pace) -> None:
        """Slow down every account that shares an application with one, whoever sends for it."""
        if pace.until - self._told.get(account, 0) < TOLD_AGAIN_NS:
            return  # an answer to another message that was under way
        self._told[account] = pace.until
        for each in self.owned.values():
            each.slow_down(account, pace)
        own = self._around.terms[account]
        elsewhere = {
            partition
            for partition, names in self._accounts.items()
            if partition not in self.owned
            and any(own.shares_application(self._around.terms[each]) for each in names)
        }
        if elsewhere:
            told = told_pace(pace, at=self._around.clock(), ticks=self._around.ticks())
            self._do_beside(self._tell_slowed(elsewhere, account, told))

    async def _tell_slowed(self, partitions: set[int], account: str, told: bytes) -> None:
        for each in partitions:
            try:
                await self._wires[each].call(
                    *(b"XADD", wake(each), b"MAXLEN", b"~", 1000, b"*"),
                    *(b"account", account, b"slow", told),
                )
            except RelevoError:
                return  # the platform will tell them itself

    async def _look(self) -> None:
        for partition in {*await self._leases.keep(), *self._lost}:
            self._lost.discard(partition)
            self._leases.held.pop(partition, None)
            self._let_go(partition)
        share = await self._leases.share()
        if len(self.owned) > share:
            self._give_up(next(iter(self.owned)), LOST_SECONDS)
        while len(self.owned) + len(self._stopping) < share:
            taken = await self._leases.take()
            if taken is None:
                break
            await self._own(taken)

    async def _own(self, partition: int) -> None:
        owned = OwnedPartition(
            self._wires[partition],
            ear=self._ears(partition),
            wires=self._wires,
            lease=self._leases.held[partition],
            accounts=self._accounts[partition],
            around=self._around,
            lost=lambda: self._is_lost(partition),
        )
        self.owned[partition] = owned
        self._around.metrics.outbound.owned.labels(f"{partition:02d}").set(1)
        try:
            await owned.start()
        except RelevoError:
            self._give_up(partition, 0)
            raise

    def _is_lost(self, partition: int) -> None:
        self._lost.add(partition)
        self._hurry.set()

    def _let_go(self, partition: int) -> None:
        """Stop sending for a partition that is not ours any more."""
        owned = self._forget(partition, lost=True)
        if owned is not None:
            self._stop_beside(owned.stop(seconds=LOST_SECONDS, clean=False))

    def _give_up(self, partition: int, seconds: float) -> None:
        """Stop sending for a partition, and leave it to others when what is under way is back."""
        owned = self._forget(partition, lost=False)
        if owned is not None:
            self._stop_beside(self._left(partition, owned, seconds))

    async def _left(self, partition: int, owned: OwnedPartition, seconds: float) -> None:
        await owned.stop(seconds=seconds, clean=True)
        try:
            await self._leases.leave(partition)
        except RelevoError:
            return  # it runs out by itself

    def _do_beside(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)

    def _stop_beside(self, work: Coroutine[Any, Any, None]) -> None:
        """Stop beside everything else: the leases must be kept meanwhile."""
        task = asyncio.create_task(work)
        self._stopping.add(task)
        task.add_done_callback(self._stopping.discard)

    async def _kept_while_stopping(self) -> None:
        try:
            await self._leases.keep()
        except RelevoError:
            return  # what is under way may be in doubt then

    def _forget(self, partition: int, *, lost: bool) -> OwnedPartition | None:
        owned = self.owned.pop(partition, None)
        if owned is not None:
            self._around.metrics.outbound.owned.labels(f"{partition:02d}").set(0)
            log.info(logs.PARTITION_GIVEN_UP, partition=partition, lost=lost)
        return owned
