"""One connection for every form of redis.url, against real servers."""

from __future__ import annotations

import asyncio
import gc
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import RedisCluster

from gateway.bus import keys
from gateway.bus.connection import Connection, _version, reported
from gateway.bus.tasks import end
from gateway.bus.wire import Pipes, Wire
from gateway.errors import RedisUnavailable, SettingsError, StoreError
from gateway.testing.valkey import (
    ValkeyCluster,
    ValkeySentinel,
    ValkeyServer,
    free_port,
)
from tests.waiting import until

KEY = keys.events(3)


@pytest.mark.parametrize("form", ["tcp", "unix"])
async def test_a_single_server_holds_every_key(valkey_server: ValkeyServer, form: str) -> None:
    connection = Connection(
        valkey_server.url if form == "tcp" else f"unix://{valkey_server.socket}"
    )
    endpoint = await connection.locate(KEY)
    await connection.client.set(KEY, b"1")
    assert await connection.client.get(KEY) == b"1"
    assert str(endpoint) == (
        f"127.0.0.1:{valkey_server.port}" if form == "tcp" else f"unix://{valkey_server.socket}"
    )
    await connection.close()


async def test_the_version_is_told(valkey_server: ValkeyServer) -> None:
    connection = Connection(valkey_server.url)
    assert (await connection.check_version()).startswith("valkey 9.")
    await connection.close()


async def test_nobody_there_is_unavailable_not_a_settings_error() -> None:
    connection = Connection(f"redis://:hush@127.0.0.1:{free_port()}")
    with pytest.raises(RedisUnavailable, match="does not answer") as caught:
        await connection.check_version()
    assert "hush" not in str(caught.value)
    await connection.close()


async def test_a_wrong_password_is_the_operators_to_mend() -> None:
    with ValkeyServer(port=free_port(), options={"user": "ana on >right ~* &* +@all"}) as server:
        url = server.url.replace("redis://", "redis://ana:{}@")
        right, wrong = Connection(url.format("right")), Connection(url.format("wrong-hush"))
        assert await right.check_version()
        with pytest.raises(SettingsError, match="refuses") as caught:
            await wrong.check_version()
        assert "hush" not in str(caught.value)
        endpoint = await right.locate(KEY)
        assert (endpoint.username, endpoint.password) == ("ana", "right")
        assert "right" not in repr(endpoint)
        await right.close()
        await wrong.close()


async def test_a_hanging_server_is_unavailable_after_the_time_out() -> None:
    with ValkeyServer(port=free_port()) as server:
        connection = Connection(server.url, timeout_seconds=0.2)
        await connection.check_version()
        server.pause()
        with pytest.raises(RedisUnavailable):
            await connection.check_version()
        server.resume()
        assert await connection.check_version()
        await connection.close()


def connections(server: ValkeyServer) -> int:
    """Return how many connections a server was ever asked for, without the one that asks."""
    with server.client() as client:
        return int(client.info("stats")["total_connections_received"]) - 1


@pytest.mark.parametrize("form", ["tcp", "unix"])
async def test_a_server_that_hangs_is_waited_for_once_also_while_connecting(
    tmp_path: Path, form: str
) -> None:
    with ValkeyServer(port=free_port(), directory=tmp_path) as server:
        url = server.url if form == "tcp" else f"unix://{server.socket}"
        connection = Connection(url, timeout_seconds=0.2)
        before = connections(server)
        server.pause()
        with pytest.raises(RedisUnavailable, match="Timeout"), reported(url):
            await connection.client.get(KEY)
        server.resume()
        assert connections(server) == before + 2  # ours, and the one that asked before
        await connection.close()


async def test_a_server_of_a_cluster_that_hangs_is_waited_for_once_too(
    cluster: ValkeyCluster,
) -> None:
    connection = Connection(cluster.url, timeout_seconds=0.3)
    await connection.client.set(KEY, b"1")
    owner = await connection.locate(KEY)
    (server,) = [each for each in cluster.servers if each.port == owner.port]
    before = connections(server)
    server.pause()
    try:
        with pytest.raises(RedisUnavailable, match="Timeout"), reported(cluster.url):
            await connection.client.get(KEY)
    finally:
        server.resume()
    assert connections(server) == before + 1  # the one that asked before; each try takes a new one

    async def found() -> Any:
        with suppress(RedisUnavailable), reported(cluster.url):
            return await connection.client.get(KEY)

    assert await until(found, what="the cluster") == b"1"
    await connection.close()


async def test_who_needs_a_server_that_hangs_waits_together_with_all_others() -> None:
    with ValkeyServer(port=free_port()) as server:
        connection, pipes = Connection(server.url), Pipes(timeout_seconds=0.2)
        endpoint = await connection.locate(KEY)
        before = connections(server)
        server.pause()
        asked = [pipes.at(endpoint) for _ in range(20)]
        told = await asyncio.gather(*asked, return_exceptions=True)
        assert all(isinstance(each, RedisUnavailable) for each in told)
        server.resume()
        assert connections(server) == before + 2
        assert await (await pipes.at(endpoint)).call(b"PING") == b"PONG"
        pipes.close()
        await connection.close()


async def test_nothing_is_said_of_a_server_that_hangs_when_nobody_waits_for_it_any_more() -> None:
    said: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: said.append(context))
    with ValkeyServer(port=free_port()) as server:
        connection, pipes = Connection(server.url), Pipes(timeout_seconds=0.2)
        endpoint = await connection.locate(KEY)
        server.pause()
        asked = asyncio.create_task(pipes.at(endpoint))
        await until(lambda: pipes._connecting)
        await end(asked)
        await until(lambda: not pipes._connecting)
        server.resume()
        pipes.close()
        await connection.close()
    del asked  # it knows the task that failed
    gc.collect()
    assert said == []


@pytest.mark.parametrize(
    "told",
    [{"redis_version": "6.2.14"}, {"redis_version": "7.2.4", "valkey_version": "7.2.9"}],
)
def test_servers_that_are_too_old_are_refused(told: dict[str, str]) -> None:
    with pytest.raises(StoreError, match="needs Redis 7 or Valkey 8"):
        _version(told, where="redis://one")


@pytest.mark.parametrize("form", ["single", "cluster", "sentinel"])
async def test_a_task_that_talks_to_redis_ends_when_it_is_cancelled_at_whatever_moment(
    form: str, request: pytest.FixtureRequest
) -> None:
    fixture = {"single": "valkey_server", "sentinel": "valkey_sentinel"}.get(form, form)
    url = request.getfixturevalue(fixture).url

    async def talk(connection: Connection) -> None:
        while True:
            await connection.client.xread({KEY: "0"}, block=10)

    for moment in range(0, 60, 2):
        connection = Connection(url)
        talking = asyncio.create_task(talk(connection))
        for _ in range(moment):
            await asyncio.sleep(0)
        talking.cancel()
        done, _ = await asyncio.wait([talking], timeout=10)
        assert talking in done, f"it goes on when cancelled {moment} steps after its start"
        await connection.close()


async def test_a_connection_closed_by_another_command_is_a_redis_that_is_unavailable(
    cluster: ValkeyCluster,
) -> None:
    connection = Connection(cluster.url)
    client = connection.client
    assert isinstance(client, RedisCluster)
    await client.initialize()
    failed = 0

    async def ask() -> None:
        nonlocal failed
        for _ in range(50):
            try:
                with reported(connection.url):
                    await client.get(KEY)
            except RedisUnavailable:
                failed += 1
            await asyncio.sleep(0)

    async with asyncio.TaskGroup() as group:
        asking = [group.create_task(ask()) for _ in range(8)]
        while not all(each.done() for each in asking):
            # As the client does to a server that it lost.
            await asyncio.gather(*(each.disconnect() for each in client.get_nodes()))
            await asyncio.sleep(0.001)
    assert failed > 0
    await client.get(KEY)
    await connection.close()


async def test_a_cluster_tells_which_server_holds_a_key(cluster: ValkeyCluster) -> None:
    connection = Connection(cluster.url)
    assert isinstance(connection.client, RedisCluster)
    ports = set()
    for partition in range(16):
        key = keys.events(partition)
        endpoint = await connection.locate(key)
        ports.add(endpoint.port)
        single = Connection(f"redis://{endpoint}")
        await single.client.set(key, b"1")  # a server without the key would answer MOVED
        await single.close()
    assert ports == {server.port for server in cluster.servers}
    assert (await connection.check_version()).startswith("valkey 9.")
    await connection.close()


async def test_a_moved_slot_is_found_after_a_refresh(cluster: ValkeyCluster) -> None:
    connection = Connection(cluster.url)
    before = await connection.locate(KEY)
    slot = connection.client.keyslot(KEY) if isinstance(connection.client, RedisCluster) else 0
    source, target = sorted(cluster.servers, key=lambda each: each.port != before.port)[:2]
    cluster.move_slot(slot, target)
    try:
        await connection.refresh()
        assert (await connection.locate(KEY)).port == target.port
        await connection.client.set(KEY, b"1")
    finally:
        cluster.flush()
        cluster.move_slot(slot, source)
        await connection.close()


async def test_a_sentinel_tells_the_new_master_after_a_failover(
    valkey_sentinel: ValkeySentinel,
) -> None:
    connection = Connection(valkey_sentinel.url)
    assert (await connection.locate(KEY)).port == valkey_sentinel.master.port
    await connection.client.set(KEY, b"1")
    valkey_sentinel.fail_over()
    assert (await connection.locate(KEY)).port == valkey_sentinel.replica.port
    await connection.client.set(KEY, b"2")
    assert await connection.client.get(KEY) == b"2"
    assert (await connection.check_version()).startswith("valkey 9.")
    await connection.close()


async def test_an_unknown_service_is_unavailable(valkey_sentinel: ValkeySentinel) -> None:
    connection = Connection(valkey_sentinel.url.replace("/relevo", "/other"))
    with pytest.raises(RedisUnavailable, match="other"):
        await connection.locate(KEY)
    await connection.close()


async def test_a_refused_command_names_the_server(valkey_server: ValkeyServer) -> None:
    connection = Connection(valkey_server.url)
    await connection.client.set(KEY, b"1")
    with pytest.raises(RedisUnavailable, match="WRONGTYPE"), reported(connection.url):
        await connection.client.xlen(KEY)
    await connection.client.flushall()
    await connection.close()


async def test_a_wire_finds_its_partition_again_when_the_slot_moves(cluster: ValkeyCluster) -> None:
    connection = Connection(cluster.url)
    key = keys.events(0)
    before = await connection.locate(key)
    slot = connection.client.keyslot(key) if isinstance(connection.client, RedisCluster) else 0
    source, target = sorted(cluster.servers, key=lambda each: each.port != before.port)[:2]

    async def no_guard() -> None:
        return

    wire = Wire(0, locator=connection, timeout_seconds=5, guard=no_guard)
    assert await wire.call("XLEN", key) == 0
    cluster.move_slot(slot, target)
    try:
        with pytest.raises(RedisUnavailable, match="MOVED"):
            await wire.call("XLEN", key)
        assert await wire.call("XLEN", key) == 0
    finally:
        cluster.flush()
        cluster.move_slot(slot, source)
        wire.close()
        await connection.close()
