"""The sending side of one process: its outbox, and the engine where the process sends."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final, Literal

from gateway.bus.connection import Connection
from gateway.bus.keys import partition_of
from gateway.bus.wire import Pipes, Wire
from gateway.channel.channel import Channel
from gateway.channel.host import Host
from gateway.daemon.health import ACCOUNT, Health
from gateway.edge.outbound.attachments import Attachments
from gateway.edge.outbound.engine import Engine
from gateway.edge.outbound.outbox import Outbox
from gateway.edge.outbound.partition import Surroundings
from gateway.edge.outbound.room import Room
from gateway.edge.outbound.shelves import Shelves
from gateway.model.event import Event
from gateway.model.outbound import OutboundMessage
from gateway.model.outbox import Submitted
from gateway.policy.pace import Pace
from gateway.settings.schema import Settings
from gateway.store.media import MediaStore
from gateway.telemetry.metrics import Metrics

STOP_SECONDS: Final = 15.0
"""How long calls under way may take to be answered after a stop was asked for."""
DAY_SECONDS: Final = 24 * 3600


class Sending:
    """Takes messages, and sends them where this process has that role.

    Args:
        settings: All.
        channels: By the account's id.
        hosts: What each works with, by the account's id.
        connection: To Redis.
        media: Our files.
        guard: Raises ``RelevoError`` when the data there is not for us.
        commit: Puts events where they are safe.
        health: Told which accounts cannot send.
        metrics: What is counted.
        clock: Milliseconds since 1970.
        ticks: Nanoseconds that only go forward.

    Attributes:
        outbox: What callers ask.
        engine: What sends, once started.
    """

    def __init__(  # noqa: PLR0913 - everything sending is made of
        self,
        settings: Settings,
        *,
        channels: Mapping[str, Channel[Any]],
        hosts: Mapping[str, Host],
        connection: Connection,
        media: MediaStore,
        guard: Callable[[], Awaitable[None]],
        commit: Callable[[Sequence[Event]], Awaitable[object]],
        health: Health,
        metrics: Metrics,
        clock: Callable[[], int],
        ticks: Callable[[], int],
    ) -> None:
        self.engine: Engine | None = None
        self._settings = settings
        self._connection = connection
        self._guard = guard
        self._health = health
        self._running: asyncio.Task[None] | None = None
        partitions = range(settings.streams.partitions)
        self._pipes = Pipes(timeout_seconds=settings.redis.timeout_seconds)
        self._wires = [self._wire(each, self._pipes) for each in partitions]
        shelves = Shelves(channels, hosts)
        self.outbox = Outbox(
            channels,
            shelves=shelves,
            attachments=Attachments(media.note),
            wires=self._wires,
            record_seconds=settings.outbound.record_days * DAY_SECONDS,
            clock=clock,
        )
        metrics.outbound.touch(
            [(each.type, name) for name, each in channels.items()],
            sorted({partition_of(name, len(partitions)) for name in channels}),
        )
        self._around = Surroundings(
            terms=self.outbox.terms,
            hosts=hosts,
            shelves=shelves,
            settings=settings.outbound,
            metrics=metrics,
            commit=commit,
            tell=self._tell,
            app_slowed=self._app_slowed,
            room=Room(),
            submit=self._submit,
            clock=clock,
            ticks=ticks,
            draw=random.random,
        )

    def start(self) -> None:
        """Begin to send for the partitions that fall to this process."""
        self.engine = Engine(
            self._connection, wires=self._wires, ears=self._wire, around=self._around
        )
        self.outbox.on_queued = self.engine.poke
        self.outbox.pace_of = self.engine.share_of
        self._running = asyncio.create_task(self.engine.run())

    async def close(self) -> None:
        """Finish what is under way and let go."""
        if self.engine is not None and self._running is not None:
            await self.engine.stop(STOP_SECONDS)
            await self._running
        self._pipes.close()

    def _wire(self, partition: int, pipes: Pipes | None = None) -> Wire:
        return Wire(
            partition,
            locator=self._connection,
            timeout_seconds=self._settings.redis.timeout_seconds,
            guard=self._guard,
            pipes=pipes,
        )

    async def _submit(
        self, messages: Sequence[OutboundMessage], names: Sequence[str]
    ) -> Sequence[Submitted]:
        return await self.outbox.submit(messages, names=names)

    def _tell(self, account: str, cause: Literal["auth", "platform"] | None, detail: str) -> None:
        component = self._health.component(f"{ACCOUNT}{account}", essential=False)
        if cause is None:
            component.up()
        else:
            component.down(cause, detail)

    def _app_slowed(self, account: str, pace: Pace) -> None:
        if self.engine is not None:
            self.engine.app_slowed(account, pace)
