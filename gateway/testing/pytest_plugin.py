"""Fixtures for everyone's tests: ``valkey_server`` and ``valkey``, a real server and its client.

Loaded by pytest in every project that has Relevo installed, so it imports nothing of Relevo
until a fixture is asked for: otherwise start-up and coverage of those projects would pay.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from redis.asyncio import Redis

    from gateway.testing.valkey import ValkeyCluster, ValkeySentinel, ValkeyServer


@pytest.fixture(scope="session")
def valkey_server() -> Iterator[ValkeyServer]:
    """One Valkey for all tests of a process, on a unix socket and a TCP port."""
    from gateway.testing.valkey import ValkeyServer, free_port  # noqa: PLC0415

    with ValkeyServer(port=free_port()) as server:
        yield server


@pytest.fixture
async def valkey(valkey_server: ValkeyServer) -> AsyncIterator[Redis]:
    """A client of ``valkey_server``, emptied for this test; answers are bytes."""
    from redis.asyncio import Redis  # noqa: PLC0415

    async with Redis(unix_socket_path=str(valkey_server.socket), protocol=2) as client:
        await client.flushall()
        yield client


@pytest.fixture(scope="session")
def valkey_cluster() -> Iterator[ValkeyCluster]:
    """Three masters of one cluster for all tests of a process."""
    from gateway.testing.valkey import ValkeyCluster  # noqa: PLC0415

    with ValkeyCluster() as cluster:
        yield cluster


@pytest.fixture
def cluster(valkey_cluster: ValkeyCluster) -> ValkeyCluster:
    """``valkey_cluster``, emptied for this test."""
    valkey_cluster.flush()
    return valkey_cluster


@pytest.fixture
def valkey_sentinel() -> Iterator[ValkeySentinel]:
    """A master, a replica and a sentinel of this test's own, to be failed over."""
    from gateway.testing.valkey import ValkeySentinel  # noqa: PLC0415

    with ValkeySentinel() as sentinel:
        yield sentinel
