"""Files to fetch in Redis, alone and in a cluster."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from gateway.bus import keys
from gateway.bus.connection import Connection
from gateway.edge.media.queue import MediaQueue
from gateway.errors import RedisUnavailable
from gateway.testing.valkey import ValkeyCluster, ValkeyServer, free_port


@pytest.fixture(params=["single", "cluster"])
async def connection(
    request: pytest.FixtureRequest, valkey: Redis, valkey_server: ValkeyServer
) -> AsyncIterator[Connection]:
    del valkey  # only to have it emptied
    if request.param == "single":
        url = valkey_server.url
    else:
        cluster: ValkeyCluster = request.getfixturevalue("cluster")
        url = cluster.url
    found = Connection(url)
    yield found
    await found.close()


async def test_each_file_is_handed_out_once_and_settled(connection: Connection) -> None:
    for partition in range(8):
        queue = MediaQueue(connection.client, partition, lease_seconds=60)
        for job in (b"a", b"b", b"c"):
            await connection.client.xadd(keys.media(partition), {"job": job})
        first, second = await queue.take(2), await queue.take(2)
        assert [each.data for each in first.taken + second.taken] == [b"a", b"b", b"c"]
        assert (second.waiting, second.later) == (3, 0)
        for each in first.taken + second.taken:
            await queue.done(each)
        after = await queue.take(2)
        assert (after.taken, after.waiting, after.oldest_seconds) == ((), 0, 0)


async def test_what_is_put_back_comes_again_when_it_is_due(connection: Connection) -> None:
    queue = MediaQueue(connection.client, 1, lease_seconds=60)
    await connection.client.xadd(keys.media(1), {"job": b"a"})
    (taken,) = (await queue.take(1)).taken
    await queue.put_back(taken, b"a2", wait_seconds=0.2)
    waiting = await queue.take(1)
    assert (waiting.taken, waiting.waiting, waiting.later) == ((), 0, 1)
    await asyncio.sleep(0.25)
    (again,) = (await queue.take(1)).taken
    assert (again.data, again.handed_out) == (b"a2", 1)


async def test_what_a_dead_worker_held_is_handed_out_after_the_lease(
    connection: Connection,
) -> None:
    queue = MediaQueue(connection.client, 1, lease_seconds=0.2)
    await connection.client.xadd(keys.media(1), {"job": b"a"})
    (first,) = (await queue.take(1)).taken
    assert (await queue.take(1)).taken == ()
    await asyncio.sleep(0.25)
    (second,) = (await queue.take(1)).taken
    assert (second.id, second.handed_out) == (first.id, 2)
    await queue.done(second)
    # The first worker was only slow: what it says now must not bring the file back.
    await queue.put_back(first, b"a", wait_seconds=0)
    after = await queue.take(1)
    assert (after.taken, after.later) == ((), 0)


async def test_nothing_is_taken_when_nobody_is_free(connection: Connection) -> None:
    queue = MediaQueue(connection.client, 1, lease_seconds=60)
    await connection.client.xadd(keys.media(1), {"job": b"a"})
    batch = await queue.take(0)
    assert (batch.taken, batch.waiting) == ((), 1)


async def test_redis_away_is_our_error() -> None:
    connection = Connection(f"redis://127.0.0.1:{free_port()}")
    with pytest.raises(RedisUnavailable):
        await MediaQueue(connection.client, 1, lease_seconds=60).take(1)
    await connection.close()
