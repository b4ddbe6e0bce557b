import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from prometheus_client import CollectorRegistry

from gateway.bus import keys
from gateway.bus.connection import Connection
from gateway.bus.layout import Layout
from gateway.channel.rules import WindowRule
from gateway.codec.stream import decode
from gateway.edge.commit import Committer
from gateway.edge.spool import Spool
from gateway.model.event import Event, MessageReceived
from gateway.telemetry.metrics import Metrics

PARTITIONS = 4
RULE = WindowRule(
    length=timedelta(hours=24),
    opens=lambda event: isinstance(event, MessageReceived),
    described=("a message",),
    source="this test",
)


class Edge:
    """A committer on a real server, and what to look at it with."""

    def __init__(
        self,
        url: str,
        folder: Path,
        *,
        spool_bytes: int,
        timeout_seconds: float,
        guard: Callable[[], Awaitable[None]] | None,
    ) -> None:
        self.connection = Connection(url, timeout_seconds=timeout_seconds)
        self.client: Any = self.connection.client
        self.metrics = Metrics(CollectorRegistry())
        self.folder = folder
        self.spool = Spool(folder, max_bytes=spool_bytes, partitions=PARTITIONS)
        self.committer = Committer(
            PARTITIONS,
            windows={"whatsapp": RULE},
            files=True,
            locator=self.connection,
            spool=self.spool,
            metrics=self.metrics,
            timeout_seconds=timeout_seconds,
            guard=guard or Layout(self.connection, partitions=PARTITIONS).check,
        )
        self.commit = self.committer.commit

    async def events(self, account: str = "wa-main") -> list[Event]:
        """Return every event of the account's partition, in the stream's order."""
        stream = keys.events(keys.partition_of(account, PARTITIONS))
        return [decode(fields[b"data"]) for _, fields in await self.client.xrange(stream)]

    def value(self, name: str, **labels: str) -> float:
        """Return a metric's value, 0 when it was never counted."""
        return self.metrics.registry.get_sample_value(name, labels) or 0.0

    async def close(self) -> None:
        await self.committer.close()
        self.spool.close()
        await self.connection.close()


MakeEdge: TypeAlias = Callable[..., Any]


@pytest.fixture
def make_edge(tmp_path: Path) -> MakeEdge:
    """Open an edge on a server; closed at the end of the ``async with``."""

    @asynccontextmanager
    async def make(
        url: str,
        *,
        spool_bytes: int = 1 << 26,
        timeout_seconds: float = 2.0,
        guard: Callable[[], Awaitable[None]] | None = None,
    ) -> AsyncIterator[Edge]:
        edge = Edge(
            url,
            tmp_path / "spool",
            spool_bytes=spool_bytes,
            timeout_seconds=timeout_seconds,
            guard=guard,
        )
        await edge.committer.start()
        try:
            yield edge
        finally:
            await edge.close()

    return make


@pytest.fixture
def now() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000
