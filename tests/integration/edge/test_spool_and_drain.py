"""What happens while Redis is away, on real servers that are killed, paused and moved."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from gateway.bus import keys
from gateway.edge.spoolfile import FORM, TORN
from gateway.errors import SpoolFull
from gateway.model.event import MessageReceived
from gateway.telemetry import logs
from gateway.testing.events import received
from gateway.testing.valkey import ValkeyCluster, ValkeySentinel, ValkeyServer
from tests.waiting import until

ACCOUNTS = ("wa-main", "wa-other", "wa-third", "wa-fourth", "wa-fifth")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ValkeyServer]:
    """A server of this test's own that keeps what it confirmed."""
    options = {"appendonly": "yes", "appendfsync": "always"}
    folder = tmp_path / "valkey"
    folder.mkdir()
    with ValkeyServer(directory=folder, options=options) as made:
        yield made


async def message_ids(edge: Any, account: str = "wa-main") -> list[str]:
    found = [each for each in await edge.events(account) if isinstance(each, MessageReceived)]
    return [each.message.platform_id for each in found if each.account == account]


async def test_events_wait_on_disk_and_come_back_in_order(
    server: ValkeyServer, make_edge: Any, now: int
) -> None:
    async with make_edge(f"unix://{server.socket}") as edge:
        await edge.commit([received(0, at=now)])
        server.kill()
        for number in range(1, 200):
            await edge.commit([received(number, at=now)])
        assert edge.spool.size_bytes > 0
        assert edge.value("relevo_spooled_events_total") == 199
        assert edge.committer.writers[keys.partition_of("wa-main", 4)].problem is not None
        server.start()
        await until(lambda: edge.spool.size_bytes == 0)
        assert await message_ids(edge) == [f"wamid.{number}" for number in range(200)]
        assert all(writer.problem is None for writer in edge.committer.writers)


async def test_what_waited_on_disk_when_the_process_ended_is_drained_by_the_next(
    server: ValkeyServer, make_edge: Any, now: int
) -> None:
    url = f"unix://{server.socket}"
    async with make_edge(url) as edge:
        server.kill()
        await edge.commit([received(1, at=now), received(2, at=now)])
    server.start()
    async with make_edge(url) as edge:
        await until(lambda: edge.spool.size_bytes == 0)
        assert await message_ids(edge) == ["wamid.1", "wamid.2"]


async def test_a_record_that_is_damaged_later_does_not_hold_up_the_others(
    server: ValkeyServer, make_edge: Any, now: int
) -> None:
    async with make_edge(f"unix://{server.socket}") as edge:
        server.kill()
        places = []
        for number in range(300):
            places.append(edge.spool.size_bytes)
            await edge.commit([received(number, at=now)])
        (file,) = (each for each in edge.folder.glob("*.spool") if each.stat().st_size > len(FORM))
        content = bytearray(file.read_bytes())
        content[len(FORM) + places[200] + 100] ^= 1
        file.write_bytes(content)
        with capture_logs() as told:
            server.start()
            await until(lambda: edge.spool.size_bytes == 0)
        expected = [f"wamid.{number}" for number in range(300) if number != 200]
        assert await message_ids(edge) == expected
        (damaged,) = (each for each in told if each["event"] == logs.SPOOL_DAMAGED)
        assert (damaged["file"], damaged["where"]) == (file.name, "middle")
        assert file.with_suffix(TORN).stat().st_size == damaged["bytes"]
        await edge.commit([received(300, at=now)])
        assert await message_ids(edge) == [*expected, "wamid.300"]


async def test_a_spool_that_cannot_be_read_is_logged_once_and_drained_when_it_can(
    server: ValkeyServer, make_edge: Any, now: int
) -> None:
    async with make_edge(f"unix://{server.socket}") as edge:
        server.kill()
        await edge.commit([received(1, at=now)])
        (file,) = (each for each in edge.folder.glob("*.spool") if each.stat().st_size > len(FORM))
        away = file.rename(file.with_suffix(".away"))
        writer = edge.committer.writers[int(file.stem)]
        with capture_logs() as told:
            server.start()
            await until(lambda: f"{file} cannot be read" in (writer.problem or ""))
            await asyncio.sleep(1)  # several tries
        (stuck,) = (each for each in told if each["event"] == logs.SPOOL_STUCK)
        assert stuck["error"] == f"{file} cannot be read: No such file or directory"
        away.rename(file)
        await until(lambda: writer.problem is None)
        assert await message_ids(edge) == ["wamid.1"]


async def test_it_starts_without_redis_and_spools_from_the_first_event(
    server: ValkeyServer, make_edge: Any, now: int
) -> None:
    server.kill()
    async with make_edge(f"unix://{server.socket}") as edge:
        await edge.commit([received(1, at=now)])
        server.start()
        await until(lambda: edge.spool.size_bytes == 0)
        assert await message_ids(edge) == ["wamid.1"]


async def test_a_server_that_hangs_is_given_up_and_nothing_is_doubled(
    server: ValkeyServer, make_edge: Any, now: int
) -> None:
    async with make_edge(f"unix://{server.socket}", timeout_seconds=0.3) as edge:
        await edge.commit([received(1, at=now)])
        server.pause()
        # The commands lie in the server's socket and will be carried out when it goes on.
        await asyncio.gather(*(edge.commit([received(n, at=now)]) for n in range(2, 40)))
        assert edge.value("relevo_spooled_events_total") == 38
        server.resume()
        await until(lambda: edge.spool.size_bytes == 0)
        assert Counter(await message_ids(edge)) == Counter(f"wamid.{n}" for n in range(1, 40))


async def test_a_full_spool_refuses_and_takes_again_when_redis_is_back(
    server: ValkeyServer, make_edge: Any, now: int
) -> None:
    async with make_edge(f"unix://{server.socket}", spool_bytes=3000) as edge:
        server.kill()
        taken, refused = [], 0
        for number in range(30):
            try:
                await edge.commit([received(number, at=now)])
                taken.append(f"wamid.{number}")
            except SpoolFull:
                refused += 1
        assert taken
        assert refused
        assert edge.spool.refused is not None
        server.start()
        await until(lambda: edge.spool.size_bytes == 0)
        await edge.commit([received(99, at=now)])
        assert await message_ids(edge) == [*taken, "wamid.99"]


async def test_load_through_restarts_loses_and_doubles_nothing(
    server: ValkeyServer, make_edge: Any, now: int
) -> None:
    async with make_edge(f"unix://{server.socket}", timeout_seconds=1.0) as edge:
        stopping = False

        async def restarts() -> None:
            while not stopping:
                await asyncio.sleep(0.15)
                await asyncio.to_thread(server.kill)
                await asyncio.to_thread(server.start)

        async def writes(first: int) -> None:
            for number in range(first, first + 300):
                account = ACCOUNTS[number % len(ACCOUNTS)]
                await edge.commit([received(number, at=now, account=account)])
                await asyncio.sleep(0.002)

        restarting = asyncio.create_task(restarts())
        await asyncio.gather(*(writes(first) for first in range(0, 6000, 300)))
        stopping = True
        await restarting
        await until(lambda: edge.spool.size_bytes == 0)
        found: Counter[str] = Counter()
        for account in ACCOUNTS:
            found.update(await message_ids(edge, account))
        assert found == Counter(f"wamid.{number}" for number in range(6000))


async def test_every_partition_of_a_cluster_is_written_where_it_lives(
    cluster: ValkeyCluster, make_edge: Any, now: int
) -> None:
    async with make_edge(cluster.url) as edge:
        for number in range(100):
            account = ACCOUNTS[number % len(ACCOUNTS)]
            await edge.commit([received(number, at=now, account=account)] * 2)
        found = [each for account in ACCOUNTS for each in await message_ids(edge, account)]
        assert Counter(found) == Counter(f"wamid.{number}" for number in range(100))
        holders = {str(await edge.connection.locate(keys.events(each))) for each in range(4)}
        assert len(holders) > 1


async def test_a_failover_under_sentinel_goes_through_the_spool(
    valkey_sentinel: ValkeySentinel, make_edge: Any, now: int
) -> None:
    async with make_edge(valkey_sentinel.url, timeout_seconds=1.0) as edge:
        await edge.commit([received(1, at=now)])
        await asyncio.to_thread(valkey_sentinel.fail_over)
        await edge.commit([received(2, at=now)])
        await until(lambda: edge.spool.size_bytes == 0)
        async with asyncio.timeout(20):
            while await message_ids(edge) != ["wamid.1", "wamid.2"]:  # noqa: ASYNC110
                await asyncio.sleep(0.1)


async def test_another_number_of_partitions_is_refused(
    valkey: Any, valkey_server: ValkeyServer, make_edge: Any
) -> None:
    await valkey.hset(keys.layout(), mapping={"partitions": "8", "version": "1"})
    async with make_edge(f"unix://{valkey_server.socket}") as edge:
        problem = edge.committer.writers[0].problem
        assert "set streams.partitions = 8" in problem


async def test_a_redis_that_is_cut_otherwise_when_it_comes_back_is_logged(
    server: ValkeyServer, make_edge: Any, now: int
) -> None:
    server.client().hset(keys.layout(), mapping={"partitions": "8", "version": "1"})
    server.kill()
    with capture_logs() as told:
        async with make_edge(f"unix://{server.socket}") as edge:
            await edge.commit([received(1, at=now)])
            server.start()
            await until(lambda: [each for each in told if each["event"] == logs.SPOOL_STUCK])
            assert edge.spool.size_bytes > 0
    assert all(
        "set streams.partitions = 8" in each["error"]
        for each in told
        if each["event"] == logs.SPOOL_STUCK
    )


async def test_closing_finishes_what_was_taken(
    server: ValkeyServer, make_edge: Any, now: int
) -> None:
    async with make_edge(f"unix://{server.socket}") as edge:
        waiting = [asyncio.ensure_future(edge.commit([received(n, at=now)])) for n in range(100)]
        await asyncio.sleep(0)
        await edge.committer.close()
        await asyncio.gather(*waiting)
        assert len(await message_ids(edge)) == 100
