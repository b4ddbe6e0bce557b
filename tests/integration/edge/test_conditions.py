"""What ``/readyz`` is told of Redis, while nothing comes that would find it out."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry
from redis import Redis
from structlog.testing import capture_logs

from gateway.daemon.condition import Conditions
from gateway.daemon.health import Health
from gateway.errors import SpoolFull
from gateway.telemetry import logs
from gateway.telemetry.metrics import Metrics
from gateway.testing.events import received
from gateway.testing.valkey import ValkeyServer, wait_until
from tests.waiting import until


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
            await until(lambda: redis.condition.state == "degraded")
            assert redis.condition.cause == "redis"
            assert "partitions 00, 01, 02, 03: no answer within 0.5 s" in redis.condition.detail
            server.resume()
            await until(lambda: redis.condition.state == "up")
            looking.cancel()


def refuse_writes(client: Redis, folder: Path) -> None:
    """Have a server stop taking anything, as on a full disk: its files cannot be written."""
    folder.mkdir()
    client.config_set("dir", str(folder))
    folder.rmdir()
    client.config_set("save", "3600 1")
    client.bgsave()
    wait_until(
        lambda: client.info("persistence")["rdb_last_bgsave_status"] == "err", "it cannot save"
    )


async def test_a_redis_that_takes_nothing_for_its_full_disk_is_told_and_not_taken_for_back(
    tmp_path: Path, make_edge: Any
) -> None:
    (tmp_path / "valkey").mkdir()
    options = {"enable-protected-configs": "yes"}
    with ValkeyServer(directory=tmp_path / "valkey", options=options) as server:
        async with make_edge(f"unix://{server.socket}") as edge:
            health = Health(Metrics(CollectorRegistry()))
            conditions = Conditions(health, edge.committer.writers, edge.spool, [])
            with capture_logs() as told:
                looking = asyncio.create_task(conditions.run())
                client = server.client()
                await asyncio.to_thread(refuse_writes, client, tmp_path / "gone")
                redis = health.component("redis")
                await until(lambda: redis.condition.state == "degraded")
                await asyncio.sleep(0.5)  # several tries to come back
                assert redis.condition.detail.startswith("partitions 00, 01, 02, 03: MISCONF")
                client.config_set("save", "")
                await until(lambda: redis.condition.state == "up")
                looking.cancel()
            events = [each["event"] for each in told]
            assert events.count(logs.REDIS_LOST) == events.count(logs.REDIS_BACK) == 4


async def test_a_full_spool_is_logged_once_however_many_webhooks_it_refuses(
    tmp_path: Path, make_edge: Any, now: int
) -> None:
    (tmp_path / "valkey").mkdir()
    with ValkeyServer(directory=tmp_path / "valkey") as server:
        async with make_edge(f"unix://{server.socket}", spool_bytes=10) as edge:
            server.kill()
            with capture_logs() as told:
                for number in range(5):
                    with pytest.raises(SpoolFull):
                        await edge.commit([received(number, at=now)])
            assert [each["event"] for each in told].count(logs.SPOOL_FULL) == 1
