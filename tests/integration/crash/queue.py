"""What is given to be sent while processes die, and how far it is."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

from gateway.api import Channel, OutboundMessage
from gateway.bus import keys
from gateway.bus.connection import Connection
from gateway.bus.wire import Wire
from gateway.edge.outbound.attachments import Attachments
from gateway.edge.outbound.outbox import Outbox
from gateway.edge.outbound.shelves import Shelves
from gateway.errors import RedisUnavailable
from gateway.model.outbox import Accepted, OutboundRecord

PARTITIONS = 8


class Queue:
    """The queue of one account, as a caller sees it."""

    def __init__(self, connection: Connection, channel: Channel[Any]) -> None:
        self.connection = connection
        self.partition = keys.partition_of(channel.account, PARTITIONS)
        self.wires = [
            Wire(number, locator=self.connection, timeout_seconds=5, guard=self._fine)
            for number in range(PARTITIONS)
        ]
        self.outbox = Outbox(
            {channel.account: channel},
            shelves=Shelves({}, {}),
            attachments=Attachments(self._no_file),
            wires=self.wires,
            record_seconds=3600,
            clock=lambda: time.time_ns() // 1_000_000,
        )
        self.ids: list[str] = []

    async def _fine(self) -> None:
        return

    async def _no_file(self, stored_id: str) -> None:
        del stored_id

    async def give(self, messages: Sequence[OutboundMessage]) -> None:
        """Give messages to be sent; all must be accepted."""
        answers = await self.outbox.submit(messages)
        accepted = [each.id for each in answers if isinstance(each, Accepted)]
        assert len(accepted) == len(messages), answers
        self.ids += accepted

    async def emptied(self) -> None:
        """Wait until nothing waits any more."""
        give_up = time.monotonic() + 120
        while time.monotonic() < give_up:
            with suppress(RedisUnavailable):
                (state,) = await self.outbox.accounts()
                if state.live == state.bulk == 0:
                    return
            await asyncio.sleep(0.1)
        raise TimeoutError(f"still waiting: {state}")

    async def records(self) -> list[OutboundRecord]:
        """Return what is known of everything that was given."""
        found = [await self.outbox.record(each) for each in self.ids]
        assert None not in found
        return [each for each in found if each is not None]


@asynccontextmanager
async def queue_at(url: str, channel: Channel[Any]) -> AsyncIterator[Queue]:
    """Open an account's queue in a Redis."""
    connection = Connection(url)
    queue = Queue(connection, channel)
    try:
        yield queue
    finally:
        for wire in queue.wires:
            wire.close()
        await connection.close()
