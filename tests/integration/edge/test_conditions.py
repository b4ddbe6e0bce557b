"""What ``/readyz`` is told of Redis, while nothing comes that would find it out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry

from gateway.daemon.condition import Conditions
from gateway.daemon.health import Health
from gateway.telemetry.metrics import Metrics
from gateway.testing.valkey import ValkeyServer


async def eventually(happened: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not happened():  # noqa: ASYNC110 - looks at a server, which tells nobody
            await asyncio.sleep(0.01)


async def test_a_redis_that_stands_still_is_told_although_no_webhook_comes(
    tmp_path: Path, make_edge: Any
) -> None:
    with ValkeyServer(directory=tmp_path) as server:
        async with make_edge(f"unix://{server.socket}", timeout_seconds=0.5) as edge:
            health = Health(Metrics(CollectorRegistry()))
            conditions = Conditions(health, edge.committer.writers, edge.spool, [])
            looking = asyncio.create_task(conditions.run())
            redis = health.component("redis")
            assert redis.condition.state == "up"
            server.pause()
            await eventually(lambda: redis.condition.state == "degraded")
            assert redis.condition.cause == "redis"
            assert "partitions 00, 01, 02, 03: no answer within 0.5 s" in redis.condition.detail
            server.resume()
            await eventually(lambda: redis.condition.state == "up")
            looking.cancel()
