"""What becomes of messages that wait for the answer to an opener which somebody takes back."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
from redis.asyncio import Redis

from gateway.api import OutboundMessage, Template, TextParameter
from gateway.bus import keys
from gateway.edge.outbound.ticket import contact_of
from gateway.model.event import MessageFailed
from gateway.model.outbound import Fallback
from gateway.model.outbox import OutboundRecord, Submitted
from gateway.testing.valkey import ValkeyServer
from gateway.testing.whatsapp import WhatsAppPlatform
from tests.integration.outbound.scene import ACCOUNT, ANA, Scene, account, running, settings, text

UNPAID = 131042
HELLO = Fallback(
    template=Template(
        name="hello", language="en_US", category="utility", body=(TextParameter(text="Ana"),)
    )
)
Run = Callable[..., AbstractAsyncContextManager[Scene]]


@pytest.fixture(autouse=True)
def unpaid(platform: WhatsAppPlatform) -> None:
    """The first template is refused for a bill, so that it waits and answers would go."""
    platform.template("hello", "Hello {{1}}, we have news")
    platform.contact(ANA, name="Ana")
    platform.fail_next(UNPAID)


@pytest.fixture
def run(
    valkey_server: ValkeyServer, valkey: Redis, tmp_path: Path, platform: WhatsAppPlatform
) -> Run:
    """Runs one daemon after the other on the same server, with some roles."""

    def started(*roles: str) -> AbstractAsyncContextManager[Scene]:
        own = settings(valkey_server, tmp_path, roles=roles or ("ingress", "egress"))
        return running(own, account(platform), client=valkey, platform=platform)

    return started


def news(words: str) -> OutboundMessage:
    return text(words, on_closed_window="hold", fallback=HELLO)


async def held(scene: Scene, *words: str) -> list[Submitted]:
    answers = await scene.outbox.submit([news(each) for each in words])
    for each in answers:
        await scene.becomes(each, "held")
    return answers


async def opener_of(scene: Scene, answer: Submitted) -> str:
    """Return the id of what a held message waits for."""
    record = await scene.record(answer)
    key = keys.message(partition(scene), record.id)
    return str((await scene.client.hget(key, "o")).decode())


def partition(scene: Scene) -> int:
    return keys.partition_of(ACCOUNT, scene.partitions)


async def refused_for_the_bill(scene: Scene, opener: str) -> None:
    async def tried() -> bool:
        record = await scene.outbox.record(opener)
        return record is not None and bool(record.attempts) and record.state == "queued"

    await scene.until(tried)


async def taken_back(scene: Scene, opener: str) -> None:
    record = await scene.outbox.cancel(opener)
    assert record is not None
    assert record.state == "cancelled"


def told(record: OutboundRecord) -> str | None:
    return None if record.failure is None else record.failure.reason


async def test_what_waits_for_an_opener_that_is_cancelled_fails_and_says_so(
    sending: Scene, platform: WhatsAppPlatform
) -> None:
    answers = await held(sending, "0", "1")
    opener = await opener_of(sending, answers[0])
    await refused_for_the_bill(sending, opener)
    await taken_back(sending, opener)
    for each in answers:
        record = await sending.becomes(each, "failed")
        assert told(record) == "opener_cancelled"
    failed = [each for each in await sending.events() if isinstance(each, MessageFailed)]
    assert [each.failure.reason for each in failed] == ["opener_cancelled"] * 2
    assert await sending.client.keys("*:held:*") == []
    noted = keys.unopened(partition(sending))

    async def done() -> bool:
        return not await sending.client.exists(noted)

    await sending.until(done)
    await sending.outbox.resume(ACCOUNT)
    # The next message brings an opener of its own.
    (later,) = await held(sending, "2")
    await sending.becomes_true(lambda: len(platform.sent) == 1)
    assert await opener_of(sending, later) != opener


async def test_an_opener_that_is_cancelled_while_nobody_sends_is_told_by_the_next_owner(
    run: Run,
) -> None:
    async with run() as first:
        answers = await held(first, "0", "1")
        opener = await opener_of(first, answers[0])
        await refused_for_the_bill(first, opener)
    async with run("ingress") as meanwhile:
        await taken_back(meanwhile, opener)
        assert [await meanwhile.state(each) for each in answers] == ["held"] * 2
    async with run() as last:
        for each in answers:
            assert told(await last.becomes(each, "failed")) == "opener_cancelled"


async def test_who_is_put_aside_after_the_opener_was_cancelled_does_not_wait_for_it(
    run: Run,
) -> None:
    async with run() as first:
        (before,) = await held(first, "0")
        opener = await opener_of(first, before)
        await refused_for_the_bill(first, opener)
    async with run("ingress") as meanwhile:
        (after,) = await meanwhile.outbox.submit([news("1")])
        await taken_back(meanwhile, opener)
    async with run() as last:
        assert told(await last.becomes(before, "failed")) == "opener_cancelled"

        async def settled() -> bool:
            # It met the first still waiting and fails with it, or brought an opener of its own.
            record = await last.record(after)
            if record.state == "held":
                return await opener_of(last, after) != opener
            return told(record) == "opener_cancelled"

        await last.until(settled)


async def test_a_message_that_no_opener_is_for_may_be_cancelled_and_nobody_else_fails(
    sending: Scene,
) -> None:
    first, second = await held(sending, "0", "1")
    record = await sending.record(first)
    await sending.outbox.cancel(record.id)
    assert not await sending.client.exists(keys.unopened(partition(sending)))
    assert await sending.state(second) == "held"
    assert await sending.client.llen(keys.held(partition(sending), contact_of(ACCOUNT, ANA))) == 1
