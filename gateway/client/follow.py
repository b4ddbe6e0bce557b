"""Reading without a group: nothing is remembered, nobody else notices."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from typing import Any, Final

import msgspec
import structlog

from gateway.bus import keys
from gateway.bus.connection import Connection, reported
from gateway.bus.tasks import end
from gateway.client.delivery import UnknownEvent, read_event
from gateway.client.inbox import Inbox
from gateway.client.partitions import wait_for_partitions
from gateway.client.reader import BATCH, BLOCK_MS
from gateway.errors import RedisUnavailable
from gateway.model.event import Event
from gateway.telemetry import logs

log = structlog.get_logger(__name__)

PAUSE_SECONDS: Final = 0.5


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """An event that was read without a group.

    Attributes:
        entry: Id of the stream entry, unique within the partition.
        partition: Which stream it came from.
        event: What happened.
        raw: The event as it stands on the stream.
    """

    entry: str
    partition: int
    event: Event | UnknownEvent
    raw: bytes


async def follow(url: str, *, start: str = "now") -> AsyncGenerator[Seen, None]:
    """Yield the events of all partitions as they come, those of one partition in order.

    Redis going away and coming back is waited out.

    Args:
        url: As ``redis.url``; of an embedded Valkey ``unix://DATA_DIR/valkey.sock``.
        start: ``now``, ``oldest``, or an entry id (also milliseconds since 1970) after which to
            begin.

    Raises:
        SettingsError: The URL is wrong, or Redis refuses user or password.
    """
    connection = Connection(url)
    inbox: Inbox[Seen] = Inbox()
    reading = asyncio.create_task(_read_all(connection, start, inbox))
    try:
        async for seen in inbox.until_done(reading):
            yield seen
    finally:
        await end(reading)
        await connection.close()


async def _read_all(connection: Connection, start: str, inbox: Inbox[Seen]) -> None:
    count = await wait_for_partitions(connection, asyncio.Event())
    tasks = [
        asyncio.create_task(_read(connection, partition, start, inbox))
        for partition in range(count)
    ]
    try:
        await asyncio.gather(*tasks)
    finally:
        await end(*tasks)


async def _read(connection: Connection, partition: int, start: str, inbox: Inbox[Seen]) -> None:
    last: str | None = {"now": None, "oldest": "0"}.get(start, start)
    lost = False
    while True:
        try:
            with reported(connection.url):
                last = last or await _newest(connection, partition)
                answer: Any = await connection.client.xread(
                    {keys.events(partition): last}, count=BATCH, block=BLOCK_MS
                )
        except RedisUnavailable as error:
            if not lost:
                log.warning(logs.CONSUMER_LOST, partition=partition, group=None, error=str(error))
            lost = True
            await asyncio.sleep(PAUSE_SECONDS)
            continue
        lost = False
        for _, entries in answer or ():
            for entry, words in entries:
                last = entry.decode()
                await inbox.put(
                    Seen(
                        entry=last,
                        partition=partition,
                        event=read_event(words),
                        raw=words.get(b"data", b""),
                    )
                )


async def _newest(connection: Connection, partition: int) -> str:
    with contextlib.suppress(LookupError):
        answer: Any = await connection.client.xrevrange(keys.events(partition), count=1)
        return str(answer[0][0].decode())
    return "0"
