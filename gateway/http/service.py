"""A daemon with its two listeners: the whole process."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

import structlog
from aiohttp import web

from gateway.bus.apikeys import ApiKeys
from gateway.channel.channel import ChannelSettings
from gateway.daemon.daemon import STOP_SECONDS, Daemon
from gateway.daemon.health import milliseconds
from gateway.http import own_routes, private, webhooks
from gateway.http.api.access import Gate
from gateway.http.api.documents import documents
from gateway.http.api.routes import routes
from gateway.http.api.table import OPERATIONS
from gateway.http.listener import Listener
from gateway.loader import Plugins
from gateway.settings.load import Configuration
from gateway.telemetry import logs

log = structlog.get_logger(__name__)


class Service:
    """Starts everything, answers, and stops in the right order; an async context manager.

    Args:
        configuration: What the operator set.
        plugins: What is loaded.
        clock: Milliseconds since 1970.
        ticks: Nanoseconds that only go forward.

    Attributes:
        daemon: What works behind the listeners.
        public: Webhooks; None where this process has no such role.
        private: The API, metrics, health.
    """

    def __init__(
        self,
        configuration: Configuration[ChannelSettings],
        plugins: Plugins,
        *,
        clock: Callable[[], int] = milliseconds,
        ticks: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self.daemon = Daemon(configuration, plugins, clock=clock, ticks=ticks)
        self.public: Listener | None = None
        self.private: Listener

    @property
    def public_url(self) -> str:
        """Where platforms knock; empty where this process does not listen to them."""
        return "" if self.public is None else f"http://{self.public.address}"

    @property
    def private_url(self) -> str:
        """Where operators ask."""
        return f"http://{self.private.address}"

    async def __aenter__(self) -> Self:
        daemon = await self.daemon.__aenter__()
        try:
            await self._listen(daemon)
        except BaseException:
            await daemon.__aexit__(None, None, None)
            raise
        log.info(
            logs.STARTED,
            public=self.public_url,
            private=self.private_url,
            accounts=sorted(daemon.channels),
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        log.info(logs.STOPPING)
        began = time.monotonic()
        self.daemon.health.stopping()
        # Sockets end when somebody ends them; then the public side, so that what was received is
        # answered before the rest is taken down.
        await asyncio.gather(*(each.close() for each in self.daemon.channels.values()))
        if self.public is not None:
            await self.public.stop(STOP_SECONDS)
        await self.daemon.__aexit__(kind, error, trace)
        await self.private.stop(1.0)
        log.info(logs.STOPPED, seconds=round(time.monotonic() - began, 3))

    def _api(self, daemon: Daemon) -> list[web.RouteDef]:
        gate = Gate(
            ApiKeys(daemon.redis),
            mode=daemon.settings.http.api_keys,
            clock=daemon.clock,
            forward=time.monotonic,
        )
        return [*routes(OPERATIONS, daemon, gate), *documents(OPERATIONS)]

    async def _listen(self, daemon: Daemon) -> None:
        http, metrics = daemon.settings.http, daemon.metrics
        self.private = Listener(
            "private",
            http.private,
            settings=http,
            metrics=metrics,
            app=private.application(daemon.health, metrics.registry, self._api(daemon)),
        )
        await self.private.start()
        if "ingress" not in daemon.settings.roles:
            return
        try:
            self.public = self._public(daemon)
            await self.public.start()
        except BaseException:
            await self.private.stop(1.0)
            raise

    def _public(self, daemon: Daemon) -> Listener:
        http, metrics = daemon.settings.http, daemon.metrics
        return Listener(
            "public",
            http.public,
            settings=http,
            metrics=metrics,
            routes={
                **webhooks.routes(
                    list(daemon.channels.values()),
                    commit=daemon.committer.commit,
                    settings=http,
                    metrics=metrics,
                    clock=daemon.clock,
                ),
                **own_routes.routes(daemon.channels, daemon.hosts),
            },
        )
