"""What is kept when an answer of Redis, or a signature in it, got lost."""

import time
from typing import Any
from unittest.mock import ANY

import pytest
from redis.asyncio import Redis

from gateway.bus import keys
from gateway.bus.connection import Connection
from gateway.bus.wire import Wire
from gateway.edge.outbound.ledger import ALTHOUGH_IN_DOUBT, Ask, Begun, Change, Ledger, unchanged
from gateway.edge.outbound.progress import Progress
from gateway.edge.outbound.ticket import Ticket
from gateway.testing.valkey import ValkeyServer

PARTITION = 1
OWNER = b"me:1"
KEY = keys.message(PARTITION, "m")


async def no_guard() -> None:
    return


@pytest.fixture
async def ledger(valkey_server: ValkeyServer, valkey: Redis) -> Any:
    client: Any = valkey
    connection = Connection(f"unix://{valkey_server.socket}")
    wire = Wire(PARTITION, locator=connection, timeout_seconds=5, guard=no_guard)
    await client.set(keys.lease(PARTITION), OWNER)
    entry = await client.xadd(keys.out(PARTITION, "a", "live"), {"t": b"x"})
    await client.hset(
        KEY, mapping={"s": "queued", "a": "a", "l": "live", "e": entry, "b": OWNER, "m": b"m"}
    )
    yield Ledger(wire, owner=OWNER, record_seconds=60, clock=lambda: time.time_ns() // 1_000_000)
    wire.close()
    await connection.close()


def later() -> Change:
    return Change(id="m", expected=b"b" + OWNER, what="l", arg=5, progress=Progress(tries=1))


def over(**more: Any) -> Change:
    given: dict[str, Any] = {"id": "m", "expected": b"b" + OWNER, "what": "d", "arg": "accepted"}
    return Change(**(given | {"progress": Progress(updated_at=7)} | more))


@pytest.mark.parametrize("change", [later(), over()], ids=["later", "over"])
async def test_a_change_whose_answer_got_lost_is_still_ours(ledger: Ledger, change: Change) -> None:
    assert await ledger.settle(change) == 1
    assert await ledger.settle(change) == 1


async def test_a_message_whose_signature_got_lost_is_over_all_the_same(
    ledger: Ledger, valkey: Redis
) -> None:
    client: Any = valkey
    await client.hdel(KEY, "b")
    assert await ledger.settle(over()) == 1
    assert await client.hget(KEY, "s") == b"accepted"
    assert await client.xlen(keys.out(PARTITION, "a", "live")) == 0


async def test_who_was_replaced_writes_nothing_over(ledger: Ledger, valkey: Redis) -> None:
    client: Any = valkey
    await client.hset(KEY, "b", b"other:2")
    assert await ledger.settle(over()) == 0
    assert await ledger.settle(later()) == 0
    assert await client.hget(KEY, "s") == b"queued"
    await client.hdel(KEY, "b")
    await client.hset(KEY, "s", "cancelled")
    assert await ledger.settle(over()) == 0


@pytest.mark.parametrize("change", ["failed", "accepted"])
async def test_an_opener_that_does_not_arrive_is_noted_in_the_step_that_keeps_its_end(
    ledger: Ledger, valkey: Redis, change: Any
) -> None:
    client: Any = valkey
    # The platform's word came before ours.
    await client.hset(keys.sent(PARTITION, "a", "wamid.1"), "failed", b"why")
    told = over(arg=change, platform_ids=("wamid.1",), contact="ana", opener=True)
    assert await ledger.settle(told) == 1
    assert await client.hgetall(keys.unopened(PARTITION)) == {b"m": b"ana"}


async def test_an_opener_that_arrives_is_not_noted(ledger: Ledger, valkey: Redis) -> None:
    client: Any = valkey
    await client.hset(keys.sent(PARTITION, "a", "wamid.1"), "delivered", b"when")
    assert await ledger.settle(over(platform_ids=("wamid.1",), contact="ana", opener=True)) == 1
    assert not await client.exists(keys.unopened(PARTITION))


async def test_who_takes_a_message_back_writes_over_nothing_that_came_since(
    ledger: Ledger, valkey: Redis
) -> None:
    client: Any = valkey
    await client.hdel(KEY, "b")
    await client.hset(KEY, "r", b"two parts are out")
    seen = unchanged(b"queued", b"one part is out")
    assert await ledger.settle(over(expected=seen, arg="cancelled")) == 0
    assert await client.hget(KEY, "s") == b"queued"
    seen = unchanged(b"queued", b"two parts are out")
    assert await ledger.settle(over(expected=seen, arg="cancelled")) == 1
    assert await client.hget(KEY, "s") == b"cancelled"


async def test_what_was_begun_although_in_doubt_is_in_doubt_also_when_the_answer_got_lost(
    ledger: Ledger, valkey: Redis
) -> None:
    client: Any = valkey
    await client.hset(KEY, "b", b"dead:1")
    ask = Ask(Ticket("m", "ana", "text"), 0, ALTHOUGH_IN_DOUBT)
    assert await ledger.begin(ask) == Begun(b"m", b"", doubt=True)
    assert await ledger.begin(Ask(ask.ticket, 0)) == Begun(b"m", b"", doubt=True)
    await ledger.settle(later())
    assert await ledger.begin(Ask(ask.ticket, 0)) == Begun(b"m", ANY, doubt=False)
