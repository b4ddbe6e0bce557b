"""The commit: what is answered 200 is on the stream, once, or on the disk.

Events that wait in the process go to Redis together: one script call per partition and round
trip (group commit). The script does dedupe, window and XADD atomically.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby
from typing import Any, Final

from gateway.bus.keys import partition_of
from gateway.bus.pipe import Locator
from gateway.channel.rules import WindowRule
from gateway.edge.entry import USUAL, Entries, Unit, Watches
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
        watches: What channels act on, where not the usual.

    Attributes:
        on_files: Called when files of messages were committed.
        on_notices: Called with what was committed that accounts' channels act on.
        writers: One per partition.
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
        watches: Watches = USUAL,
    ) -> None:
        self.on_files: Callable[[], None] | None = None
        self.on_notices: Callable[[Sequence[Event]], None] | None = None
        self._entries = Entries(windows, files=files, watches=watches)
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

    def commit(self, events: Sequence[Event]) -> Awaitable[object]:
        """Take events; done when all are on their streams, or on the disk while Redis is away.

        Awaiting it raises ``SpoolFull`` when some are on neither; all of them may be sent again,
        none will be doubled.
        """
        if _is_one_unit(events):
            # One future and nothing to gather: the commonest case by far.
            unit = self._entries.unit(events)
            done: asyncio.Future[Any] = self._writer(events[0].account).add(unit)
            files, notices = unit.files, unit.notices
        else:
            units = list(self._units(events))
            done = asyncio.gather(*[writer.add(unit) for writer, unit in units])
            files = any(unit.files for _, unit in units)
            notices = tuple([each for _, unit in units for each in unit.notices])
        if files and self.on_files is not None:
            done.add_done_callback(self._tell_of_files)
        if notices and self.on_notices is not None:
            done.add_done_callback(partial(self._tell_of_notices, notices))
        return done

    def _tell_of_notices(self, notices: Sequence[Event], done: asyncio.Future[Any]) -> None:
        if self.on_notices is not None and not done.cancelled() and done.exception() is None:
            self.on_notices(notices)

    def _tell_of_files(self, done: asyncio.Future[Any]) -> None:
        if self.on_files is not None and not done.cancelled() and done.exception() is None:
            self.on_files()

    async def close(self) -> None:
        """Finish what was taken and let go."""
        await asyncio.gather(*(writer.close() for writer in self.writers))

    def _writer(self, account: str) -> Writer:
        partition = self._partitions.get(account)
        if partition is None:
            partition = partition_of(account, len(self.writers))
            self._partitions[account] = partition
        return self.writers[partition]

    def _units(self, events: Sequence[Event]) -> Iterator[tuple[Writer, Unit]]:
        for account, group in groupby(events, key=lambda event: event.account):
            writer, own = self._writer(account), list(group)
            for start in range(0, len(own), UNIT_EVENTS):
                yield writer, self._entries.unit(own[start : start + UNIT_EVENTS])


def _is_one_unit(events: Sequence[Event]) -> bool:
    if not 1 < len(events) <= UNIT_EVENTS:
        return len(events) == 1
    account = events[0].account
    for event in events:  # noqa: SIM110 - half of what all() with a generator costs
        if event.account != account:
            return False
    return True
