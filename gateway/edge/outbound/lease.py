"""Who sends for which partition: leases with fencing tokens, shared out evenly."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any, Final

from gateway.bus import keys
from gateway.bus.connection import Connection, reported
from gateway.bus.script import LEASE
from gateway.bus.wire import Wire


class Leases:
    """The leases of one process.

    Args:
        connection: To Redis.
        wires: One per partition.
        wanted: Partitions that have accounts of ours.
        lease_seconds: After this long without a sign of life another process takes over.
        clock: Milliseconds since 1970.

    Attributes:
        held: The leases we have, as Redis has them, by partition.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        wires: Sequence[Wire],
        wanted: Sequence[int],
        lease_seconds: int,
        clock: Any,
    ) -> None:
        self.name: Final = secrets.token_hex(4)
        self.held: dict[int, bytes] = {}
        self._connection = connection
        self._wires = wires
        # Everybody begins elsewhere, so that two who start together do not race for each.
        start = int(self.name, 16) % len(wanted) if wanted else 0
        self._wanted = [*wanted[start:], *wanted[:start]]
        self._ms = lease_seconds * 1000
        self._clock = clock

    async def keep(self) -> list[int]:
        """Prolong every lease; returns the partitions that are not ours any more.

        Raises:
            RedisUnavailable: Nobody knows; what is not confirmed for long enough will be lost.
        """
        lost = []
        for partition, lease in list(self.held.items()):
            if not await self._asked(partition, "keep", lease):
                del self.held[partition]
                lost.append(partition)
        return lost

    async def share(self) -> int:
        """Return how many partitions are ours by right, among all who live.

        Raises:
            RedisUnavailable: Not now.
        """
        now, client = self._clock(), self._connection.client
        with reported(self._connection.url):
            await client.zadd(keys.owners(), {self.name: now})
            await client.zremrangebyscore(keys.owners(), "-inf", now - self._ms)
            members = await client.zcard(keys.owners())
        return -(-len(self._wanted) // max(1, members))

    async def take(self) -> int | None:
        """Take one free partition; returns it, or None when none is free.

        Raises:
            RedisUnavailable: Not now.
        """
        for partition in self._wanted:
            if partition not in self.held:
                lease = await self._asked(partition, "take", self.name)
                if lease is not None:
                    self.held[partition] = lease
                    return partition
        return None

    async def leave(self, partition: int) -> None:
        """Give a partition up at once.

        Raises:
            RedisUnavailable: It will be free when the lease has run out.
        """
        lease = self.held.pop(partition, None)
        if lease is not None:
            await self._asked(partition, "leave", lease)

    async def withdraw(self) -> None:
        """Stop being counted among those who live.

        Raises:
            RedisUnavailable: We are counted a few seconds longer.
        """
        with reported(self._connection.url):
            await self._connection.client.zrem(keys.owners(), self.name)

    async def _asked(self, partition: int, what: str, who: str | bytes) -> Any:
        names = (keys.lease(partition), keys.fence(partition))
        return await self._wires[partition].run(LEASE, 2, *names, what, who, self._ms)
