"""Consumers of the streams, through crashes of theirs and of Redis."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from typing import Any

import msgspec
import pytest
from redis.asyncio import Redis
from structlog.testing import capture_logs

from gateway.bus import keys
from gateway.bus.connection import Connection
from gateway.client import Consumer, Delivery, UnknownEvent
from gateway.codec import stream
from gateway.errors import RedisUnavailable, SettingsError
from gateway.model.contact import Contact
from gateway.model.content import Text
from gateway.model.event import MessageReceived
from gateway.model.message import Message
from gateway.telemetry import logs
from gateway.testing.valkey import ValkeyCluster, ValkeySentinel, ValkeyServer, free_port
from tests.waiting import until

PARTITIONS = 4


def event(number: int) -> MessageReceived:
    return MessageReceived(
        id=f"{number:032x}",
        at=number,
        channel="whatsapp",
        account="wa-main",
        contact=Contact(id="34600111222"),
        message=Message(
            id=f"{number:032x}",
            platform_id=f"wamid.{number}",
            timestamp=number,
            content=Text(text="hola"),
        ),
    )


async def publish(url: str, numbers: Iterable[int]) -> None:
    connection = Connection(url)
    try:
        await connection.client.hset(keys.layout(), "partitions", str(PARTITIONS))
        for number in numbers:
            words = stream.fields(event(number))
            await connection.client.xadd(keys.events(number % PARTITIONS), dict(words.items()))
    finally:
        await connection.close()


@contextlib.asynccontextmanager
async def handling(consumer: Consumer, into: list[Delivery]) -> AsyncIterator[None]:
    async def handle(delivery: Delivery) -> None:
        into.append(delivery)

    async with consumer:
        running = asyncio.create_task(consumer.run(handle))
        try:
            yield
        finally:
            consumer.stop()
            await running


def numbers(deliveries: Iterable[Delivery]) -> list[int]:
    return [each.event.at for each in deliveries if not isinstance(each.event, UnknownEvent)]


async def pending(valkey: Redis, group: str) -> int:
    told = [await valkey.xpending(keys.events(each), group) for each in range(PARTITIONS)]
    return sum(each["pending"] for each in told)


async def test_a_loop_gets_every_event_once_and_each_partition_in_order(
    valkey: Redis, valkey_server: ValkeyServer
) -> None:
    await publish(valkey_server.url, range(500))
    got: list[Delivery] = []
    async with Consumer(valkey_server.url, group="crm", name="one", start="oldest") as consumer:
        async for delivery in consumer:
            got.append(delivery)
            await delivery.done()
            if len(got) == 500:
                consumer.stop()
    assert sorted(numbers(got)) == list(range(500))
    for partition in range(PARTITIONS):
        mine = numbers(each for each in got if each.partition == partition)
        assert mine == sorted(mine)
    assert await pending(valkey, "crm") == 0


async def test_a_handler_gets_every_event_once(valkey: Redis, valkey_server: ValkeyServer) -> None:
    got: list[Delivery] = []
    await publish(valkey_server.url, range(5))
    async with handling(Consumer(valkey_server.url, group="crm", name="one", start="oldest"), got):
        await until(lambda: len(got) == 5)
        await publish(valkey_server.url, range(5, 300))
        await until(lambda: len(got) == 300)
    assert sorted(numbers(got)) == list(range(300))
    assert all(each.deliveries == 1 for each in got)
    assert await pending(valkey, "crm") == 0


async def test_a_new_group_begins_with_now(valkey_server: ValkeyServer, valkey: Redis) -> None:
    await publish(valkey_server.url, range(8))
    got: list[Delivery] = []
    async with handling(Consumer(valkey_server.url, group="crm", name="one"), got):
        await _until_groups(valkey, "crm")
        await publish(valkey_server.url, range(8, 12))
        await until(lambda: len(got) == 4)
    assert sorted(numbers(got)) == [8, 9, 10, 11]


async def _until_groups(valkey: Redis, group: str) -> None:
    async with asyncio.timeout(20):
        for partition in range(PARTITIONS):
            while True:
                with contextlib.suppress(Exception):
                    groups = await valkey.xinfo_groups(keys.events(partition))
                    if [each for each in groups if each["name"] == group.encode()]:
                        break
                await asyncio.sleep(0.01)


async def test_two_members_share_the_events(valkey_server: ValkeyServer, valkey: Redis) -> None:
    await publish(valkey_server.url, ())
    one: list[Delivery] = []
    two: list[Delivery] = []
    async with (
        handling(Consumer(valkey_server.url, group="crm", name="one", start="oldest"), one),
        handling(Consumer(valkey_server.url, group="crm", name="two", start="oldest"), two),
    ):
        await publish(valkey_server.url, range(200))
        await until(lambda: len(one) + len(two) == 200)
    assert sorted(numbers(one) + numbers(two)) == list(range(200))
    assert await pending(valkey, "crm") == 0


CRASHING = """
import asyncio, os, signal, sys
from gateway.client import Consumer

async def main():
    done = 0
    async with Consumer(sys.argv[1], group="crm", name="mortal", start="oldest") as consumer:
        async for delivery in consumer:
            if done == 37:
                await asyncio.sleep(0.3)  # what is done has been told by then
                os.kill(os.getpid(), signal.SIGKILL)
            done += 1
            print(delivery.event.at, flush=True)
            await delivery.done()

asyncio.run(main())
"""


async def test_what_a_killed_member_had_not_done_is_taken_over_and_nothing_else(
    valkey: Redis, valkey_server: ValkeyServer
) -> None:
    await publish(valkey_server.url, range(100))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", CRASHING, valkey_server.url, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    done = [int(each) for each in output.split()]
    assert len(done) == 37
    got: list[Delivery] = []
    survivor = Consumer(
        valkey_server.url, group="crm", name="survivor", start="oldest", lease_seconds=1.0
    )
    async with handling(survivor, got):
        await until(lambda: len(got) >= 63)
    assert sorted(numbers(got)) == sorted(set(range(100)) - set(done))
    assert await pending(valkey, "crm") == 0


async def test_a_member_that_comes_back_takes_up_what_it_had_at_once(
    valkey: Redis, valkey_server: ValkeyServer
) -> None:
    await publish(valkey_server.url, range(20))
    async with Consumer(valkey_server.url, group="crm", name="one", start="oldest") as consumer:
        async for delivery in consumer:
            await delivery.done()
            break
    got: list[Delivery] = []
    # From the oldest again: it may have gone before it began in every partition.
    back = Consumer(valkey_server.url, group="crm", name="one", start="oldest")
    async with handling(back, got):
        await until(lambda: len(got) == 19)
    assert len(set(numbers(got))) == 19
    assert await pending(valkey, "crm") == 0


async def test_a_failing_event_is_tried_again_then_moved_to_the_dead_stream(
    valkey: Redis, valkey_server: ValkeyServer
) -> None:
    await publish(valkey_server.url, range(8))
    tries: Counter[int] = Counter()

    async def handle(delivery: Delivery) -> None:
        assert not isinstance(delivery.event, UnknownEvent)
        tries[delivery.event.at] += 1
        assert delivery.deliveries == tries[delivery.event.at]
        if delivery.event.at == 5:
            raise LookupError("no such customer")

    consumer = Consumer(
        valkey_server.url,
        group="crm",
        name="one",
        start="oldest",
        lease_seconds=0.2,
        max_deliveries=3,
    )
    with capture_logs() as written:
        async with consumer:
            running = asyncio.create_task(consumer.run(handle))
            async with asyncio.timeout(20):
                while not await valkey.exists(keys.dead(1, "crm")):  # noqa: ASYNC110 - the server's
                    await asyncio.sleep(0.01)
            consumer.stop()
            await running
    assert tries == {0: 1, 1: 1, 2: 1, 3: 1, 4: 1, 5: 3, 6: 1, 7: 1}
    entries: Any = await valkey.xrange(keys.dead(1, "crm"))
    [(_, dead)] = entries
    assert stream.decode(dead[b"data"]) == event(5)
    assert dead[b"type"] == b"message.received"
    assert dead[b"deliveries"] == b"3"
    assert await pending(valkey, "crm") == 0
    phrases = Counter(each["event"] for each in written)
    assert phrases == {logs.HANDLER_FAILED: 3, logs.DELIVERY_BURIED: 1}


@pytest.mark.usefixtures("valkey")
async def test_events_that_wait_for_a_slow_handler_are_not_taken_away(
    valkey_server: ValkeyServer,
) -> None:
    await publish(valkey_server.url, range(0, 40, PARTITIONS))  # ten, one partition
    slow: list[Delivery] = []
    other: list[Delivery] = []

    async def handle(delivery: Delivery) -> None:
        slow.append(delivery)
        await asyncio.sleep(0.15)

    first = Consumer(valkey_server.url, group="crm", name="slow", start="oldest", lease_seconds=0.5)
    async with first:
        running = asyncio.create_task(first.run(handle))
        await until(lambda: bool(slow))
        second = Consumer(valkey_server.url, group="crm", name="other", lease_seconds=0.5)
        async with handling(second, other):
            await until(lambda: len(slow) + len(other) >= 10)
        first.stop()
        await running
    assert len(slow) == 10
    assert not other


async def test_an_event_of_a_newer_gateway_does_not_stop_a_consumer(
    valkey: Redis, valkey_server: ValkeyServer
) -> None:
    await publish(valkey_server.url, ())
    newer = {"type": "message.sung", "v": 1, "id": "1", "tune": "la"}
    await valkey.xadd(
        keys.events(0), {"type": "message.sung", "data": msgspec.msgpack.encode(newer)}
    )
    await valkey.xadd(keys.events(0), {"type": "message.received", "data": b"\xc1 broken"})
    await valkey.xadd(keys.events(0), {"other": "words"})
    await publish(valkey_server.url, [0])
    got: list[Delivery] = []
    async with handling(Consumer(valkey_server.url, group="crm", name="one", start="oldest"), got):
        await until(lambda: len(got) == 4)
    first, second, third, known = (each.event for each in got)
    assert isinstance(first, UnknownEvent)
    assert (first.type, first.data) == ("message.sung", newer)
    assert isinstance(second, UnknownEvent)
    assert (second.type, second.data, second.raw) == ("message.received", {}, b"\xc1 broken")
    assert isinstance(third, UnknownEvent)
    assert known == event(0)


async def test_a_flushed_redis_is_begun_anew(valkey: Redis, valkey_server: ValkeyServer) -> None:
    await publish(valkey_server.url, range(4))
    got: list[Delivery] = []
    async with handling(Consumer(valkey_server.url, group="crm", name="one", start="oldest"), got):
        await until(lambda: len(got) == 4)
        await valkey.flushall()
        await publish(valkey_server.url, range(10, 20))
        await until(lambda: len(got) == 14)
    assert sorted(numbers(got)) == [0, 1, 2, 3, *range(10, 20)]


@pytest.mark.crash
async def test_redis_killed_in_the_middle_loses_no_event() -> None:
    options = {"appendonly": "yes", "appendfsync": "always"}
    with ValkeyServer(port=free_port(), options=options) as server:
        await publish(server.url, range(50))
        got: list[Delivery] = []
        consumer = Consumer(server.url, group="crm", name="one", start="oldest", lease_seconds=2.0)
        with capture_logs() as written:
            async with handling(consumer, got):
                await until(lambda: len(got) >= 50)
                server.kill()
                await until(lambda: any(each["event"] == logs.CONSUMER_LOST for each in written))
                server.start()
                await publish(server.url, range(50, 100))
                await until(lambda: set(numbers(got)) == set(range(100)))
        assert [each for each in written if each["event"] == logs.CONSUMER_BACK]


@pytest.mark.usefixtures("valkey")
async def test_a_consumer_started_before_the_gateway_waits_for_it(
    valkey_server: ValkeyServer,
) -> None:
    got: list[Delivery] = []
    with capture_logs() as written:
        async with handling(
            Consumer(valkey_server.url, group="crm", name="one", start="oldest"), got
        ):
            await until(lambda: bool(written))
            await publish(valkey_server.url, range(4))
            await until(lambda: len(got) == 4)
    assert written[0]["event"] == logs.CONSUMER_WAITING


async def test_a_refused_password_ends_the_consumer() -> None:
    options = {"user": "ana on >right ~* &* +@all"}
    with ValkeyServer(port=free_port(), options=options) as server:
        url = server.url.replace("redis://", "redis://ana:wrong@")
        async with Consumer(url, group="crm", name="one") as consumer:
            with pytest.raises(SettingsError, match="refuses"):
                async for _ in consumer:
                    pass
            with pytest.raises(SettingsError, match="refuses"):
                await consumer.run(_ignore)


async def _ignore(delivery: Delivery) -> None:
    """Take a delivery for done."""


async def test_a_consumer_reads_a_cluster(cluster: ValkeyCluster) -> None:
    await publish(cluster.url, range(100))
    got: list[Delivery] = []
    async with handling(Consumer(cluster.url, group="crm", name="one", start="oldest"), got):
        await until(lambda: len(got) == 100)
    assert sorted(numbers(got)) == list(range(100))


@pytest.mark.crash
async def test_a_consumer_follows_a_failover(valkey_sentinel: ValkeySentinel) -> None:
    url = valkey_sentinel.url
    await publish(url, range(20))
    got: list[Delivery] = []
    async with handling(
        Consumer(url, group="crm", name="one", start="oldest", lease_seconds=2.0), got
    ):
        await until(lambda: len(got) >= 20)
        await asyncio.to_thread(valkey_sentinel.fail_over)
        await publish(url, range(20, 40))
        await until(lambda: set(numbers(got)) == set(range(40)))


@pytest.mark.crash
async def test_a_consumer_follows_a_failover_in_a_cluster() -> None:
    with ValkeyCluster(replicas=1) as cluster:
        await publish(cluster.url, range(20))
        got: list[Delivery] = []
        consumer = Consumer(cluster.url, group="crm", name="one", start="oldest", lease_seconds=2.0)
        connection = Connection(cluster.url)
        async with handling(consumer, got):
            await until(lambda: len(got) >= 20)
            before = await connection.locate(keys.events(0))
            [master] = [each for each in cluster.servers if each.port == before.port]
            master.kill()
            async with asyncio.timeout(20):
                while (await connection.locate(keys.events(0))).port == before.port:
                    await asyncio.sleep(0.1)
                    with contextlib.suppress(RedisUnavailable):
                        await connection.refresh()
            await publish(cluster.url, range(20, 40))
            await until(lambda: set(numbers(got)) == set(range(40)))
        await connection.close()
