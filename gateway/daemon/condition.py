"""Tells ``Health`` how Redis, the spool and the accounts are, once a second."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import Final

from gateway.daemon.health import ACCOUNT, Health
from gateway.edge.spool import Spool
from gateway.edge.writer import Writer

EVERY_SECONDS: Final = 1.0


class Conditions:
    """Watches the parts of the edge that do not speak for themselves.

    Args:
        health: Who is told.
        writers: One per partition.
        spool: Stands in while Redis is away.
        accounts: Ids of the accounts; they are up from the start, for receiving needs nothing.
    """

    def __init__(
        self, health: Health, writers: Sequence[Writer], spool: Spool, accounts: Iterable[str]
    ) -> None:
        self._redis = health.component("redis")
        self._disk = health.component("spool")
        self._writers = writers
        self._spool = spool
        for account in accounts:
            health.component(f"{ACCOUNT}{account}", essential=False).up()
        self.look()

    async def run(self) -> None:
        """Look once a second, until cancelled; Redis is asked where nothing else is."""
        while True:
            for writer in self._writers:
                writer.ask()
            self.look()
            await asyncio.sleep(EVERY_SECONDS)

    def look(self) -> None:
        """Look once."""
        away = [writer for writer in self._writers if writer.problem is not None]
        if not away:
            self._redis.up()
        else:
            which = ", ".join(f"{writer.partition:02d}" for writer in away)
            self._redis.degraded("redis", f"partitions {which}: {away[0].problem}")
        if self._spool.refused is None:
            self._disk.up()
        else:
            self._disk.down("disk", self._spool.refused)
