"""How many contacts may be written to first in a day: kept for all numbers of a business together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from redis.asyncio import Redis

from gateway.api import OutboundMessage, Reach, Template
from gateway.bus import keys
from gateway.model.outbox import Accepted, Submitted
from gateway.testing.valkey import ValkeyServer
from gateway.testing.whatsapp import Number, WhatsAppPlatform
from tests.integration.outbound.scene import (
    ACCOUNT,
    Scene,
    SimulatedTime,
    account,
    running,
    settings,
)
from tests.waiting import until

MOST = 50
OTHER = "wa-other"
HELLO = Template(name="hello", language="en_US", category="utility")
"""The smallest limit that Meta has: a few messages are enough for it."""


@pytest.fixture(autouse=True)
def limited(platform: WhatsAppPlatform) -> None:
    platform.template("hello", "Hello")
    platform.number.tier = f"TIER_{MOST}"


@pytest.fixture
async def sending(
    valkey_server: ValkeyServer,
    valkey: Redis,
    tmp_path: Path,
    platform: WhatsAppPlatform,
    at: SimulatedTime,
) -> AsyncIterator[Scene]:
    """A daemon with two numbers of one business, which knows their limit."""
    number = platform.add_number(
        Number(
            phone_number_id="106540352242901",
            display_phone_number="+1 555 078 3882",
            business_account_id=platform.app.number.business_account_id,
        )
    )
    number.tier = f"TIER_{MOST}"
    own = settings(valkey_server, tmp_path)
    accounts = (
        account(platform),
        account(platform, id=OTHER, phone_number_id=number.id),
    )
    reach = msgspec.json.encode(Reach(shared=number.number.business_account_id, most=MOST))
    for each in (ACCOUNT, OTHER):  # as the last daemon left it
        partition = keys.partition_of(each, own.streams.partitions)
        await valkey.set(keys.kept(partition, each, "reach"), reach)
    async with running(own, *accounts, client=valkey, platform=platform, at=at) as made:
        yield made


def hello(number: int, *, by: str = ACCOUNT) -> OutboundMessage:
    return OutboundMessage(account=by, to=f"3519{number:08d}", content=HELLO, lane="bulk")


async def sent(sending: Scene, several: Sequence[OutboundMessage]) -> list[Submitted]:
    return list(await sending.outbox.submit(several))


async def reached(platform: WhatsAppPlatform, count: int) -> set[str]:
    """Wait until so many messages went, and a moment longer; return to whom."""

    async def there() -> bool:
        return len(platform.sent) >= count

    await until(there, what=f"{count} messages")
    await asyncio.sleep(0.5)
    assert len(platform.sent) == count
    return {each.body["to"] for each in platform.sent}


async def test_no_more_contacts_are_written_to_first_than_allowed_and_the_rest_goes_a_day_later(
    sending: Scene, platform: WhatsAppPlatform, at: SimulatedTime
) -> None:
    answers = await sent(sending, [hello(each) for each in range(MOST + 5)])
    first = await reached(platform, MOST)
    assert len(first) == MOST
    waiting = [each for each in answers if await sending.state(each) == "queued"]
    assert len(waiting) == 5
    record = await sending.record(waiting[0])
    assert [(each.outcome, each.error and each.error.code) for each in record.attempts] == [
        ("throttled", "reach")
    ]
    labels = {"channel": "whatsapp", "account": ACCOUNT}
    assert sending.value("relevo_outbound_rate_waits_total", **labels, scope="reach") >= 5
    await sending.becomes_true(
        lambda: sending.value("relevo_outbound_reached_contacts", **labels) == MOST
    )
    at.passes(timedelta(hours=24, minutes=1))
    assert len(await reached(platform, MOST + 5)) == MOST + 5


async def test_the_numbers_of_a_business_count_together_and_a_contact_of_both_once(
    sending: Scene, platform: WhatsAppPlatform
) -> None:
    await sent(sending, [hello(each) for each in range(MOST)])
    await reached(platform, MOST)
    await sent(sending, [hello(each, by=OTHER) for each in range(MOST - 1, MOST + 3)])
    assert len(await reached(platform, MOST + 1)) == MOST


async def test_who_has_an_open_window_does_not_count(
    sending: Scene, platform: WhatsAppPlatform
) -> None:
    for each in (1000, 1001):
        await platform.post(platform.contact(f"3519{each:08d}", name="Ana").writes("Olá"))
    await sent(sending, [hello(each) for each in (1000, *range(MOST), 1001)])
    assert len(await reached(platform, MOST + 2)) == MOST + 2


async def test_who_could_not_be_written_to_does_not_count(
    sending: Scene, platform: WhatsAppPlatform
) -> None:
    platform.fail_next(131026, to="351900000000")
    (refused,) = await sent(sending, [hello(0)])
    await sending.becomes(refused, "failed")
    await sent(sending, [hello(each) for each in range(1, MOST + 1)])
    assert len(await reached(platform, MOST)) == MOST


async def test_what_waits_for_room_goes_when_the_contact_writes(
    sending: Scene, platform: WhatsAppPlatform, at: SimulatedTime
) -> None:
    await sent(sending, [hello(each) for each in range(MOST)])
    await reached(platform, MOST)
    late = hello(MOST)
    (waits,) = await sent(sending, [late])
    assert isinstance(waits, Accepted)
    await asyncio.sleep(0.5)
    await platform.post(platform.contact(str(late.to), name="Ana").writes("Olá"))
    at.passes(timedelta(minutes=1))
    await sending.becomes(waits, "delivered", "read")


async def test_a_limit_that_is_lifted_lets_everybody_go(
    sending: Scene, platform: WhatsAppPlatform, at: SimulatedTime
) -> None:
    await sent(sending, [hello(each) for each in range(MOST + 5)])
    await reached(platform, MOST)
    labels = {"channel": "whatsapp", "account": ACCOUNT}
    registry = sending.daemon.metrics.registry

    def shown() -> float | None:
        return registry.get_sample_value("relevo_outbound_reached_contacts", labels)

    await sending.becomes_true(lambda: shown() == MOST)
    await platform.post(platform.number.limited("TIER_UNLIMITED"))
    await sending.becomes_true(lambda: shown() is None)
    at.passes(timedelta(minutes=1))
    assert len(await reached(platform, MOST + 5)) == MOST + 5
