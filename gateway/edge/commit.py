"""The commit: what is answered 200 is on the stream, once, or on the disk.

Events that wait in the process go to Redis together: one script call per partition and round
trip (group commit). The script does dedupe, window and XADD atomically.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from itertools import groupby
from typing import Final

from gateway.bus.keys import partition_of
from gateway.bus.pipe import Locator
from gateway.channel.rules import WindowRule
from gateway.edge.entry import Entries
from gateway.edge.spool import Spool
from gateway.edge.writer import Writer
from gateway.model.event import Event
from gateway.telemetry.metrics import Metrics

UNIT_EVENTS: Final = 256
"""A larger webhook (an import of history) is committed in pieces, so that Redis stays lively."""


class Committer:
    """Commits events, whatever partition they belong to.

    Args:
        partitions: How many there are.
        windows: The window rule of every channel type that has one.
        files: Whether files of messages are to be fetched.
        locator: Tells which server holds a partition.
        spool: Where events wait while Redis is away.
        metrics: What is counted.
        timeout_seconds: An answer of Redis that takes longer counts as lost.
        guard: Awaited on new connections; raises ``RelevoError`` when the data there is not for us.
    """

    def __init__(
        self,
        partitions: int,
        *,
        windows: Mapping[str, WindowRule],
        files: bool,
        locator: Locator,
        spool: Spool,
        metrics: Metrics,
        timeout_seconds: float,
        guard: Callable[[], Awaitable[None]],
    ) -> None:
        self._entries = Entries(windows, files=files)
        self._partitions: dict[str, int] = {}
        self.writers = [
            Writer(
                partition,
                locator=locator,
                spool=spool,
                metrics=metrics,
                timeout_seconds=timeout_seconds,
                guard=guard,
            )
            for partition in range(partitions)
        ]

    async def start(self) -> None:
        """Connect and begin to drain the spool; works without Redis too."""
        await asyncio.gather(*(writer.start() for writer in self.writers))

    async def commit(self, events: Sequence[Event]) -> None:
        """Return when every event is on its stream, or on the disk while Redis is away.

        Raises:
            SpoolFull: Some are on neither; all of them may be sent again, none will be doubled.
        """
        if len(events) == 1:
            await self._writer(events[0].account).add(self._entries.unit(events))
        elif events:
            await asyncio.gather(*self._add_all(events))

    async def close(self) -> None:
        """Finish what was taken and let go."""
        await asyncio.gather(*(writer.close() for writer in self.writers))

    def _writer(self, account: str) -> Writer:
        partition = self._partitions.get(account)
        if partition is None:
            partition = partition_of(account, len(self.writers))
            self._partitions[account] = partition
        return self.writers[partition]

    def _add_all(self, events: Sequence[Event]) -> list[asyncio.Future[None]]:
        return [
            self._writer(account).add(self._entries.unit(own[start : start + UNIT_EVENTS]))
            for account, group in groupby(events, key=lambda event: event.account)
            for own in (list(group),)
            for start in range(0, len(own), UNIT_EVENTS)
        ]
