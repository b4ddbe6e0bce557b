"""A member of a consumer group over all partitions."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from types import TracebackType
from typing import Literal, Self, TypeAlias

import structlog

from gateway.bus.connection import Connection
from gateway.bus.tasks import end
from gateway.client.delivery import Delivery
from gateway.client.group import Group
from gateway.client.inbox import Inbox
from gateway.client.partitions import wait_for_partitions
from gateway.client.reader import Reader, Rules
from gateway.errors import RedisUnavailable
from gateway.telemetry import logs

log = structlog.get_logger(__name__)

Handler: TypeAlias = Callable[[Delivery], Awaitable[None]]


class Consumer:
    """Reads events as one member of a group; every event reaches the group at least once.

    Redis gives each event to one member. It is delivered again, to any member, when it is not
    done within ``lease_seconds``: because the handler raised, or because the member died. After
    ``max_deliveries`` it goes to the stream ``relevo:{NN}:dead:<group>``. So a handler must be
    able to meet an event twice: ``event.id`` is the same each time.

    Events of one account come from one partition. This member hands out each partition's events
    one after the other and in order, except those that are delivered again; where several
    members share a partition, each has its own events in order. For a strict order per contact give each
    member its own ``partitions``.

    Redis going away and coming back is waited out.
    """

    def __init__(
        self,
        url: str,
        *,
        group: str,
        name: str,
        start: Literal["now", "oldest"] = "now",
        partitions: Iterable[int] | None = None,
        lease_seconds: float = 60.0,
        max_deliveries: int = 5,
    ) -> None:
        """Prepare; nothing is contacted yet.

        Args:
            url: As ``redis.url``; of an embedded Valkey ``unix://DATA_DIR/valkey.sock``.
            group: Who reads: each group gets every event.
            name: Of this member: the same after each restart, so that it takes up at once what it
                had, and of no other living one.
            start: Where a new group begins.
            partitions: Only these; None for all.
            lease_seconds: Longest time from being given an event to being done with it; at least
                three quarters of it are the handler's.
            max_deliveries: How often an event is tried.

        Raises:
            SettingsError: The URL is wrong.
        """
        self._connection = Connection(url)
        self._group = group
        self._name = name
        self._start: Literal["now", "oldest"] = start
        self._partitions = partitions
        self._rules = Rules(lease_seconds=lease_seconds, max_deliveries=max_deliveries)
        self._readers: list[Reader] = []
        self._stopping = asyncio.Event()
        self._reading: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    def stop(self) -> None:
        """Begin no more deliveries; ``run`` and ``async for`` end within about a second."""
        self._stopping.set()
        for reader in self._readers:
            reader.stop()

    async def close(self) -> None:
        """Stop, tell Redis what is done, and disconnect."""
        self.stop()
        if self._reading is not None:
            await end(self._reading)
        for reader in self._readers:
            # What cannot be told now is delivered again: at least once.
            with contextlib.suppress(RedisUnavailable):
                await reader.flush()
        await self._connection.close()

    async def run(self, handler: Handler) -> None:
        """Hand every delivery to a handler until ``stop`` is called.

        One handler at a time runs for each partition. When it returns, the delivery is done;
        when it raises, it is delivered again later.

        Raises:
            SettingsError: Redis refuses user or password.
        """

        async def handle(reader: Reader, delivery: Delivery) -> None:
            if reader.take(delivery):
                await self._handle(handler, reader, delivery)

        await self._read(handle)

    async def __aiter__(self) -> AsyncIterator[Delivery]:
        """Yield deliveries until ``stop`` is called; call ``done`` on each.

        Raises:
            SettingsError: Redis refuses user or password.
        """
        inbox: Inbox[tuple[Reader, Delivery]] = Inbox()

        async def put(reader: Reader, delivery: Delivery) -> None:
            await inbox.put((reader, delivery))

        self._reading = asyncio.create_task(self._read(put))
        async for reader, delivery in inbox.until_done(self._reading):
            if reader.take(delivery):
                yield delivery

    async def _handle(self, handler: Handler, reader: Reader, delivery: Delivery) -> None:
        try:
            await handler(delivery)
        except Exception:  # a stranger's code: whatever it raises, the event is not done
            told = {"entry": delivery.entry, "deliveries": delivery.deliveries}
            log.exception(logs.HANDLER_FAILED, group=self._group, **told)
            reader.give_up(delivery)
        else:
            await delivery.done()

    async def _read(self, sink: Callable[[Reader, Delivery], Awaitable[None]]) -> None:
        count = await wait_for_partitions(self._connection, self._stopping)
        numbers: Sequence[int] = tuple(self._partitions or range(count))
        self._readers = [self._reader(number, sink) for number in numbers]
        if self._stopping.is_set():
            return
        tasks = [asyncio.create_task(reader.run()) for reader in self._readers]
        try:
            await asyncio.gather(*tasks)
        finally:
            await end(*tasks)

    def _reader(
        self, partition: int, sink: Callable[[Reader, Delivery], Awaitable[None]]
    ) -> Reader:
        group = Group(
            self._connection,
            partition=partition,
            name=self._group,
            consumer=self._name,
            start=self._start,
        )
        return Reader(
            group,
            partition=partition,
            where=self._connection.url,
            name=self._group,
            rules=self._rules,
            sink=sink,
        )
