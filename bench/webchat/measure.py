"""One round of one server: memory of idle sockets, then frames to all of them."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import aiohttp
import msgspec

from bench.process import Server
from bench.webchat.crowd import ACCOUNT, Crowd, chat, visitor
from gateway.bus.connection import Connection
from gateway.bus.keys import partition_of
from gateway.edge.chats import RedisChatLogs
from gateway.settings.schema import StreamSettings
from gateway.testing.valkey import ValkeyServer, free_port
from gateway_webchat.visitors import log_of

SERVERS: Final = Path(__file__).parent / "servers"
FRAME: Final = msgspec.json.encode({"type": "notice", "text": "x" * 159})
"""190 bytes of text, as in the message of an agent."""
FIRST: Final = 100
"""Sockets that are there before memory is counted: buffers and modules are warm then."""
TOLD_AT_ONCE: Final = 200


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """What a round showed.

    Attributes:
        kib: Resident memory for each idle socket.
        per_second: Broadcast frames in a second of the clock.
        cpu_us: CPU time of the server for each broadcast frame.
        message_us: CPU time for each message that goes through Redis into one visitor's log and
            to their socket; None for the reference, which has no Redis.
    """

    kib: float
    per_second: float
    cpu_us: float
    message_us: float | None = None

    @property
    def per_cpu_second(self) -> float:
        """Broadcast frames in a second of the server's CPU: what a core of one's own would do."""
        return 1e6 / self.cpu_us


def bare(folder: Path, *, sockets: int, rounds: int) -> Measured:
    """Measure the reference."""
    port, control = free_port(), free_port()
    return asyncio.run(
        _measured(folder, [str(SERVERS / "bare.py")], port, control, sockets, rounds, redis="")
    )


def daemon(folder: Path, *, sockets: int, rounds: int) -> Measured:
    """Measure the daemon."""
    port, control = free_port(), free_port()
    with ValkeyServer() as valkey:
        redis = f"unix://{valkey.socket}"
        return asyncio.run(
            _measured(
                folder, [str(SERVERS / "daemon.py")], port, control, sockets, rounds, redis=redis
            )
        )


async def _measured(
    folder: Path,
    command: list[str],
    port: int,
    control: int,
    sockets: int,
    rounds: int,
    *,
    redis: str,
) -> Measured:
    words = [str(port), str(control), *([redis, str(folder)] if redis else [])]
    ready = f"http://127.0.0.1:{control}/"
    environment: Mapping[str, str] = {"PYTHONPATH": "plugins"}
    server = Server(
        [sys.executable, *command, *words], ready=ready, folder=folder, environment=environment
    )
    with server:
        async with aiohttp.ClientSession(ready) as http:
            crowd = Crowd(port)
            try:
                await crowd.grow(FIRST)
                await _all_in(http, FIRST)
                before = await _rss_kib(http, server)
                await crowd.grow(sockets)
                await _all_in(http, sockets)
                after = await _rss_kib(http, server)
                told = await _broadcast(http, crowd, sockets, rounds)
                message_us = await _messages(server, crowd, sockets, redis) if redis else None
            finally:
                crowd.close()
    return Measured(
        kib=(after - before) / (sockets - FIRST),
        per_second=told["frames"] / told["wall"],
        cpu_us=told["cpu"] / told["frames"] * 1e6,
        message_us=message_us,
    )


async def _all_in(http: aiohttp.ClientSession, size: int) -> None:
    while True:
        async with http.get("/") as response:
            if int(await response.text()) >= size:
                return
        await asyncio.sleep(0.02)


async def _rss_kib(http: aiohttp.ClientSession, server: Server) -> float:
    async with http.post("/collect"):
        return server.rss_mib() * 1024


async def _broadcast(http: aiohttp.ClientSession, crowd: Crowd, sockets: int, rounds: int) -> Any:
    """Tell everybody, some times for warmth and some times for the record."""
    told: Any = None
    for times in (2, rounds):
        await crowd.until(_still(crowd), "silence")
        heard = crowd.heard
        async with http.post("/broadcast", params={"rounds": times}, data=FRAME) as response:
            told = await response.json()
        size = (len(FRAME) + 4) * sockets * times  # a head of four bytes
        await crowd.until(lambda: crowd.heard >= heard + size, "the frames")  # noqa: B023
    return told


def _still(crowd: Crowd) -> Any:
    """Return a test for whether nothing has come since the last time it was asked."""
    last = [-1]

    def holds() -> bool:
        last[:], before = [crowd.heard], last[0]
        return before == crowd.heard

    return holds


async def _messages(server: Server, crowd: Crowd, sockets: int, redis: str) -> float:
    """Write one message to each visitor, as ``deliver`` does, and see it come."""
    connection = Connection(redis)
    partition = partition_of(ACCOUNT, StreamSettings().partitions)
    chats = RedisChatLogs(ACCOUNT, partition=partition, connection=connection)
    logs = [log_of(chat().id, visitor(number)) for number in range(sockets)]
    heard, cpu = crowd.heard, server.cpu_seconds()
    for first in range(0, sockets, TOLD_AT_ONCE):
        some = logs[first : first + TOLD_AT_ONCE]
        await asyncio.gather(
            *(chats.append(each, FRAME, keep=timedelta(days=1), most=500) for each in some)
        )
    size = (len(FRAME) + 4) * sockets
    await crowd.until(lambda: crowd.heard >= heard + size, "the messages")
    await connection.close()
    return (server.cpu_seconds() - cpu) / sockets * 1e6
