"""The private listener's application: metrics and health, and what other parts add.

Nothing here is for the internet: ``/readyz`` names accounts, and routes may show messages.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import msgspec
from aiohttp import web
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

from gateway.daemon.health import Health


def application(
    health: Health, registry: CollectorRegistry, routes: Sequence[web.AbstractRouteDef] = ()
) -> web.Application:
    """Make the application of the private listener.

    Args:
        health: What ``/readyz`` shows.
        registry: What ``/metrics`` shows.
        routes: More routes.
    """
    pages = _Pages(health, registry)
    app = web.Application()
    app.add_routes(
        [
            web.get("/livez", pages.live),
            web.get("/readyz", pages.ready),
            web.get("/metrics", pages.metrics),
            *routes,
        ]
    )
    return app


class _Pages:
    def __init__(self, health: Health, registry: CollectorRegistry) -> None:
        self._health = health
        self._registry = registry

    async def live(self, request: web.Request) -> web.Response:
        """Answer at all: whoever hears this knows that the event loop turns."""
        del request
        return web.Response(text="live\n", headers={"Cache-Control": "no-store"})

    async def ready(self, request: web.Request) -> web.Response:
        """Say whether work may be sent here, and why not."""
        del request
        report = self._health.report()
        return web.Response(
            status=200 if report.ready else 503,
            body=msgspec.json.encode(report),
            content_type="application/json",
            headers={"Cache-Control": "no-store"},
        )

    async def metrics(self, request: web.Request) -> web.Response:
        """Show every metric, in the format the scraper asks for."""
        encode, content_type = choose_encoder(request.headers.get("Accept", ""))
        # Thousands of series take milliseconds; webhooks must not wait for them.
        body = await asyncio.to_thread(encode, self._registry)
        return web.Response(body=body, headers={"Content-Type": content_type})
