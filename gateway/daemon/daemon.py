"""One process's insides, without its listeners: what it is made of, how it starts and stops."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import structlog

from gateway.bus.connection import Connection
from gateway.bus.embedded import EmbeddedValkey
from gateway.bus.keys import partition_of
from gateway.bus.layout import Layout
from gateway.bus.tasks import end
from gateway.channel.channel import Channel, ChannelSettings
from gateway.daemon.condition import Conditions
from gateway.daemon.health import Health, milliseconds
from gateway.daemon.sending import Sending
from gateway.daemon.standing import Standing
from gateway.edge.calls.http import platform_http
from gateway.edge.commit import Committer
from gateway.edge.host import AccountHost
from gateway.edge.media.fetch import HttpFetcher
from gateway.edge.media.worker import MediaWorkers, queues_of
from gateway.edge.notices import Notices
from gateway.edge.outbound.outbox import Outbox
from gateway.edge.spool import Spool
from gateway.edge.upkeep import Upkeep
from gateway.errors import RedisUnavailable, SettingsError
from gateway.loader import Plugins
from gateway.settings.load import Configuration
from gateway.store.files import FileStore
from gateway.store.folder import unusable
from gateway.store.media import MediaStore
from gateway.telemetry.metrics import Metrics
from gateway.telemetry.registry import new_registry

log = structlog.get_logger(__name__)

EMBEDDED: Final = "embedded"
STOP_SECONDS: Final = 20.0
"""How long work under way may take to finish after a stop was asked for."""


class Daemon:
    """Everything that works behind the listeners; an async context manager.

    Args:
        configuration: What the operator set.
        plugins: What is loaded.
        clock: Milliseconds since 1970.
        ticks: Nanoseconds that only go forward.

    Attributes:
        clock: As given.
        channels: The channel of every account, by its id.
        hosts: What each account's channel works with, by the account's id.
        committer: Puts events where they are safe.
        media: Where files are kept.
        outbox: Takes messages to be sent, and tells what became of them.
        sending: What is behind it; sends, where this process has that role.
        redis: The one connection for ordinary commands.
        metrics: What is counted.
        health: How every part is.
        redis_url: Where the streams are, for others on this machine.
    """

    def __init__(
        self,
        configuration: Configuration[ChannelSettings],
        plugins: Plugins,
        *,
        clock: Callable[[], int] = milliseconds,
        ticks: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self.clock = clock
        self._ticks = ticks
        self.configuration = configuration
        self.settings = configuration.settings
        self.metrics = Metrics(new_registry())
        self.health = Health(self.metrics, clock=clock)
        self.channels: Mapping[str, Channel[Any]] = {
            each.id: plugins.open(each) for each in configuration.accounts
        }
        self._windows = {
            name: channel.window
            for name, channel in plugins.channels.items()
            if channel.window is not None
        }
        self._watches = {name: channel.watches for name, channel in plugins.channels.items()}
        self._stack = AsyncExitStack()
        self.redis_url = self.settings.redis.url
        self.hosts: Mapping[str, AccountHost] = {}
        self.committer: Committer
        self.media: MediaStore
        self.outbox: Outbox
        self.sending: Sending
        self.redis: Connection

    async def __aenter__(self) -> Self:
        try:
            await self._start()
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stack.aclose()

    async def _start(self) -> None:
        data_dir = _made(Path(self.settings.data_dir))
        partitions = self.settings.streams.partitions
        self.metrics.touch([], partitions)
        for type_ in {each.type for each in self.channels.values()}:
            self.metrics.touch_media(type_)
        if self.redis_url == EMBEDDED:
            await self._start_valkey(data_dir)
        connection = self.redis = self._connection()
        layout = Layout(connection, partitions=partitions)
        await _unless_away(connection.check_version())
        await _unless_away(layout.check())
        spool = Spool(
            data_dir / "spool", max_bytes=self.settings.spool.max_bytes, partitions=partitions
        )
        self._stack.callback(spool.close)
        self.committer = Committer(
            partitions,
            windows=self._windows,
            files=self.settings.media.enabled,
            locator=connection,
            spool=spool,
            metrics=self.metrics,
            timeout_seconds=self.settings.redis.timeout_seconds,
            guard=layout.check,
            watches=self._watches,
        )
        self._stack.push_async_callback(self.committer.close)
        await self.committer.start()
        self.media = MediaStore(FileStore.open(self.settings.media.url, folder=data_dir / "media"))
        await self._make_hosts(connection)
        if self.settings.media.enabled and "ingress" in self.settings.roles:
            await self._start_media(connection)
        self.sending = Sending(
            self.settings,
            channels=self.channels,
            hosts=self.hosts,
            connection=connection,
            media=self.media,
            guard=layout.check,
            commit=self.committer.commit,
            health=self.health,
            metrics=self.metrics,
            clock=self.clock,
            ticks=self._ticks,
        )
        self.outbox = self.sending.outbox
        self._stack.push_async_callback(self.sending.close)
        if "egress" in self.settings.roles:
            self.sending.start()
        conditions = Conditions(self.health, self.committer.writers, spool, self.channels)
        self._in_background(conditions.run())
        # After the conditions, which say of every account that it is up.
        self._in_background(Standing(self.hosts, self.health, self.metrics).run())
        self._in_background(
            Upkeep(
                connection,
                partitions=partitions,
                settings=self.settings.streams,
                metrics=self.metrics,
                clock=self.clock,
            ).run()
        )

    async def _start_valkey(self, data_dir: Path) -> None:
        valkey = EmbeddedValkey(data_dir, appendfsync=self.settings.redis.appendfsync)
        await valkey.start()
        self._stack.push_async_callback(valkey.stop)
        self.redis_url = valkey.url

    def _connection(self) -> Connection:
        connection = Connection(self.redis_url, timeout_seconds=self.settings.redis.timeout_seconds)
        self._stack.push_async_callback(connection.close)
        return connection

    async def _make_hosts(self, connection: Connection) -> None:
        http = await self._stack.enter_async_context(platform_http())
        self.hosts = {
            account: AccountHost(
                account,
                partition=partition_of(account, self.settings.streams.partitions),
                http=http,
                connection=connection,
                media=self.media,
                commit=self.committer.commit,
            )
            for account in self.channels
        }
        notices = Notices(self.channels, self.hosts)
        self.committer.on_notices = notices.add
        self._in_background(notices.run())

    async def _start_media(self, connection: Connection) -> None:
        workers = MediaWorkers(
            queues=queues_of(
                connection.client, self.settings.streams.partitions, self.settings.media
            ),
            channels=self.channels,
            fetcher=await self._stack.enter_async_context(HttpFetcher()),
            store=self.media,
            commit=self.committer.commit,
            settings=self.settings.media,
            metrics=self.metrics,
            clock=self.clock,
            draw=random.random,
        )
        self.committer.on_files = workers.wake
        running = asyncio.create_task(workers.run(), name="media")

        async def stop() -> None:
            workers.stop()
            _, late = await asyncio.wait([running], timeout=STOP_SECONDS)
            await end(*late)

        self._stack.push_async_callback(stop)

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        self._stack.push_async_callback(end, asyncio.create_task(work))


def _made(data_dir: Path) -> Path:
    if problem := unusable(data_dir):
        raise SettingsError(f"data_dir: {problem}")
    data_dir.mkdir(parents=True, exist_ok=True)
    return data_dir


async def _unless_away(asking: Awaitable[object]) -> None:
    """Start without Redis too: the spool stands in, and the question is asked again later."""
    try:
        await asking
    except RedisUnavailable:
        return
