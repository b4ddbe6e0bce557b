"""The oldest Redis we promise to work with, where the machine has one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.model.event import MessageReceived, MessageStatus, WindowOpened
from gateway.testing.events import received, status
from gateway.testing.valkey import ValkeyServer

FOUND = shutil.which("redis-server")

pytestmark = pytest.mark.skipif(
    FOUND is None, reason="no redis-server here (Debian: apt-get install redis-server)"
)


@pytest.fixture
def redis_server() -> Iterator[ValkeyServer]:
    with ValkeyServer(binary=Path(str(FOUND))) as server:
        yield server


async def test_commit_dedupe_window_and_statuses_work_on_redis(
    redis_server: ValkeyServer, make_edge: Any, now: int
) -> None:
    async with make_edge(f"unix://{redis_server.socket}") as edge:
        assert (await edge.connection.check_version()).startswith("redis ")
        batch = [
            received(1, at=now),
            received(1, at=now),
            status(1, "read", at=now),
            status(1, "delivered", at=now),
        ]
        await edge.commit(batch)
        await edge.commit(batch)
        found = await edge.events()
        assert [type(each) for each in found] == [
            MessageReceived,
            WindowOpened,
            MessageStatus,
            MessageStatus,
        ]
        assert found[3].late


async def test_ids_and_windows_are_as_small_on_redis(
    redis_server: ValkeyServer, make_edge: Any, now: int
) -> None:
    """The sets stay sets of integers, the hashes one block of memory."""
    async with make_edge(f"unix://{redis_server.socket}") as edge:
        await edge.commit([received(number, at=now) for number in range(500)])
        encodings = {
            name.split(b":")[2]: await edge.client.object("encoding", name)
            for name in await edge.client.keys("relevo:*:*:*")
        }
        assert encodings == {b"seen": b"intset", b"window": b"listpack"}
