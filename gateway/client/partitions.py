"""How many streams there are; the gateway decides it at its first start."""

from __future__ import annotations

import asyncio
from typing import Final

import structlog

from gateway.bus import keys
from gateway.bus.connection import Connection, reported
from gateway.errors import RedisUnavailable
from gateway.telemetry import logs

log = structlog.get_logger(__name__)

PAUSE_SECONDS: Final = 1.0


async def partitions(connection: Connection) -> int:
    """Return the number of partitions; 0 when no gateway has used this Redis yet.

    Raises:
        RedisUnavailable: It does not answer.
        SettingsError: It refuses user or password.
    """
    with reported(connection.url):
        told = await connection.client.hget(keys.layout(), "partitions")
    return int(told or 0)


async def wait_for_partitions(connection: Connection, stop: asyncio.Event) -> int:
    """Return the number of partitions as soon as it is known; 0 when stopped before.

    Raises:
        SettingsError: Redis refuses user or password.
    """
    told = False
    while not stop.is_set():
        try:
            if count := await partitions(connection):
                return count
            reason = "no gateway has used it yet"
        except RedisUnavailable as error:
            reason = str(error)
        if not told:
            log.warning(logs.CONSUMER_WAITING, url=str(connection.url), reason=reason)
            told = True
        try:
            async with asyncio.timeout(PAUSE_SECONDS):
                await stop.wait()
        except TimeoutError:
            continue
    return 0
