"""Chat logs on a real server: what was said, and how every process learns of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from datetime import timedelta
from typing import Any

import pytest

from gateway.bus.connection import Connection
from gateway.channel.host import ChatSignal
from gateway.edge.chats import RedisChatLogs, cursor_of, id_of
from gateway.errors import RedisUnavailable
from gateway.testing.valkey import ValkeyCluster, ValkeyServer

DAY = timedelta(days=1)


def logs(url: str, account: str = "web-main") -> RedisChatLogs:
    return RedisChatLogs(account, partition=3, connection=Connection(url, timeout_seconds=4))


@pytest.fixture
async def chats(valkey: Any, valkey_server: ValkeyServer) -> AsyncIterator[RedisChatLogs]:
    del valkey  # emptied for this test
    made = logs(f"unix://{valkey_server.socket}")
    yield made
    await made._connection.close()


async def say(chats: RedisChatLogs, *texts: str, most: int = 100) -> list[str]:
    made = [await chats.append("ana", text.encode(), keep=DAY, most=most) for text in texts]
    return [each.cursor for each in made]


async def heard(chats: RedisChatLogs, count: int) -> list[ChatSignal]:
    found: list[ChatSignal] = []
    async with asyncio.timeout(10):
        async with aclosing(chats.signals()) as batches:
            async for batch in batches:
                found += batch or ()
                if len(found) >= count:
                    break
    return found


async def test_what_comes_after_a_cursor_is_read_in_order(chats: RedisChatLogs) -> None:
    cursors = await say(chats, "one", "two", "three")
    assert cursors == sorted(cursors)
    after = await chats.read("ana", after=cursors[0])
    assert [(each.cursor, each.data) for each in after] == [
        (cursors[1], b"two"),
        (cursors[2], b"three"),
    ]
    assert [each.data for each in await chats.read("ana", most=2)] == [b"one", b"two"]
    assert await chats.read("ana", after=cursors[2]) == []


async def test_a_repeated_entry_is_written_once_and_told_once(chats: RedisChatLogs) -> None:
    follow = asyncio.create_task(heard(chats, 2))
    await until_following(chats, follow)
    first = await chats.append("ana", b"hello", keep=DAY, most=9, once="message-1")
    again = await chats.append("ana", b"hello", keep=DAY, most=9, once="message-1")
    last = await chats.append("ana", b"bye", keep=DAY, most=9, once="message-2")
    assert (first.new, again.new, again.cursor) == (True, False, first.cursor)
    assert [each.data for each in await chats.read("ana")] == [b"hello", b"bye"]
    assert await follow == [
        ChatSignal("ana", b"hello", first.cursor),
        ChatSignal("ana", b"bye", last.cursor),
    ]


async def until_following(chats: RedisChatLogs, *follow: asyncio.Future[Any]) -> None:
    """Wait until readers have found their place and wait for what is new."""
    client: Any = chats._connection.client
    async with asyncio.timeout(10):
        while _reading(await client.client_list()) < len(follow):
            assert not any(each.done() for each in follow)
            await asyncio.sleep(0.01)


def _reading(clients: list[dict[str, str]]) -> int:
    return sum(each["cmd"] == "xread" and "b" in each["flags"] for each in clients)


async def test_only_the_newest_are_kept(chats: RedisChatLogs) -> None:
    await say(chats, "one", "two", "three", "four", most=2)
    assert [each.data for each in await chats.read("ana")] == [b"three", b"four"]


async def test_what_is_too_old_goes_with_the_next_one_and_all_of_it_in_the_end(
    chats: RedisChatLogs,
) -> None:
    client: Any = chats._connection.client
    await client.xadd("relevo:{03}:chat:web-main:ana", {"data": b"old"}, id="1-0")
    await say(chats, "new")
    assert [each.data for each in await chats.read("ana")] == [b"new"]
    left = await client.pttl("relevo:{03}:chat:web-main:ana")
    assert 0 < left <= DAY.total_seconds() * 1000


async def test_what_is_signalled_is_told_to_every_reader_and_kept_in_no_log(
    chats: RedisChatLogs, valkey_server: ValkeyServer
) -> None:
    other = logs(f"unix://{valkey_server.socket}")
    readers = [asyncio.create_task(heard(each, 1)) for each in (chats, other)]
    await until_following(chats, *readers)
    await chats.signal("ana", b"typing")
    assert await asyncio.gather(*readers) == [[ChatSignal("ana", b"typing")]] * 2
    assert await chats.read("ana") == []
    await other._connection.close()


async def test_accounts_do_not_hear_of_each_other(
    chats: RedisChatLogs, valkey_server: ValkeyServer
) -> None:
    other = logs(f"unix://{valkey_server.socket}", "web-other")
    await say(chats, "for the first account only")
    assert await other.read("ana") == []
    await other._connection.close()


async def next_of(
    batches: AsyncGenerator[Sequence[ChatSignal] | None, None],
) -> Sequence[ChatSignal] | None:
    """Return the next batch that is not empty."""
    while (batch := await anext(batches)) is not None and not batch:
        pass
    return batch


class Watched(RedisChatLogs):
    """Tells when its reader has noticed that Redis is away."""

    def __init__(self, url: str) -> None:
        super().__init__("web-main", partition=3, connection=Connection(url, timeout_seconds=4))
        self.lost = asyncio.Event()

    async def _following(self, last: bytes) -> Any:
        try:
            return await super()._following(last)
        except RedisUnavailable:
            self.lost.set()
            raise


async def test_a_reader_says_when_it_may_have_missed_something_and_goes_on() -> None:
    with ValkeyServer() as server:
        chats = Watched(f"unix://{server.socket}")
        batches = chats.signals()
        assert await anext(batches) is None
        waiting = asyncio.create_task(next_of(batches))
        await until_following(chats, waiting)
        server.kill()
        with pytest.raises(RedisUnavailable):
            await chats.append("ana", b"lost", keep=DAY, most=9)
        async with asyncio.timeout(10):
            await chats.lost.wait()
        assert not waiting.done()
        server.start()
        assert await asyncio.wait_for(waiting, 10) is None
        waiting = asyncio.create_task(next_of(batches))
        await until_following(chats, waiting)
        await say(chats, "again")
        assert [each.data for each in await asyncio.wait_for(waiting, 10) or ()] == [b"again"]
        await batches.aclose()
        await chats._connection.close()


async def test_any_number_may_write_and_read_at_the_same_moment(chats: RedisChatLogs) -> None:
    written = await asyncio.gather(
        *(chats.append(f"log-{n}", b"x", keep=DAY, most=9) for n in range(500))
    )
    assert all(each.new for each in written)
    found = await asyncio.gather(*(chats.read(f"log-{n}") for n in range(500)))
    assert all(len(each) == 1 for each in found)


async def test_it_works_on_a_cluster(cluster: ValkeyCluster) -> None:
    chats = logs(cluster.url)
    follow = asyncio.create_task(heard(chats, 1))
    async with asyncio.timeout(10):
        while not follow.done():
            await say(chats, "hello")
            await asyncio.sleep(0.05)
    assert [each.data for each in await chats.read("ana", most=1)] == [b"hello"]
    assert (await follow)[0].data == b"hello"
    await chats._connection.close()


@pytest.mark.parametrize("id_", [b"0-0", b"1764104062123-7", b"1764104062123-65536"])
def test_a_cursor_is_an_id_and_back(id_: bytes) -> None:
    assert id_of(cursor_of(id_)).encode() == id_


def test_cursors_sort_as_their_ids_do() -> None:
    ids = [b"9-1", b"10-0", b"10-2", b"10-10", b"1764104062123-0"]
    assert [cursor_of(each) for each in ids] == sorted(cursor_of(each) for each in ids)


@pytest.mark.parametrize("text", ["1-0", "+", "$", "0" * 19, "00000000000g-000000", ""])
def test_what_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a cursor"):
        id_of(text)
