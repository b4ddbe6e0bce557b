"""How many contacts may be written to first in a day: kept for all numbers of a business together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

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
    ANA,
    Scene,
    SimulatedTime,
    account,
    running,
    settings,
    text,
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


def hello(number: int, *, by: str = ACCOUNT, **more: Any) -> OutboundMessage:
    given: dict[str, Any] = {
        "account": by,
        "to": f"3519{number:08d}",
        "content": HELLO,
        "lane": "bulk",
    }
    return OutboundMessage(**(given | more))


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


async def full(
    sending: Scene, platform: WhatsAppPlatform, waiting: int, **more: Any
) -> list[Submitted]:
    """Write to as many as may be, and return what waits then: more than is read ahead."""
    answers = await sent(sending, [hello(each, **more) for each in range(MOST + waiting)])
    await asked(sending, waiting)
    await reached(platform, MOST)
    return [each for each in answers if await sending.state(each) == "queued"]


def asked_for_room(sending: Scene) -> float:
    return sending.value(
        "relevo_outbound_rate_waits_total", channel="whatsapp", account=ACCOUNT, scope="reach"
    )


async def asked(sending: Scene, times: int) -> None:
    await sending.becomes_true(lambda: asked_for_room(sending) >= times)


@pytest.fixture
def short_sighted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer tickets are in memory than wait in these tests."""
    monkeypatch.setattr("gateway.edge.outbound.sender.READ_AT_ONCE", 10)
    monkeypatch.setattr("gateway.edge.outbound.sender.AHEAD", 20)


@pytest.mark.usefixtures("short_sighted")
async def test_answers_go_past_any_number_of_templates_that_wait_for_room(
    sending: Scene, platform: WhatsAppPlatform, at: SimulatedTime
) -> None:
    waiting = await full(sending, platform, 60, lane="live")
    assert len(waiting) == 60
    await platform.post(platform.contact(ANA, name="Ana").writes("Olá"))
    (answer,) = await sent(sending, [text("Sim")])
    await sending.becomes(answer, "delivered", "read")
    # Each asked once; from then on one of them asks for all.
    assert asked_for_room(sending) == 60
    for minute in range(1, 4):
        at.passes(timedelta(minutes=1, seconds=1))
        await asked(sending, 60 + minute)
    await asyncio.sleep(0.5)
    assert asked_for_room(sending) == 63
    assert [await sending.state(each) for each in waiting] == ["queued"] * 60


@pytest.mark.usefixtures("short_sighted")
async def test_all_that_waited_for_room_have_their_turn_when_it_is_there(
    sending: Scene, platform: WhatsAppPlatform, at: SimulatedTime
) -> None:
    await full(sending, platform, 60, lane="live")
    at.passes(timedelta(hours=24, minutes=1))
    assert len(await reached(platform, 2 * MOST)) == 2 * MOST
    at.passes(timedelta(hours=24, minutes=1))
    assert len(await reached(platform, MOST + 60)) == MOST + 60


@pytest.mark.usefixtures("short_sighted")
async def test_what_waits_for_room_goes_at_once_and_in_order_when_its_contact_writes(
    sending: Scene, platform: WhatsAppPlatform
) -> None:
    await full(sending, platform, 60, lane="live")
    last = hello(MOST + 59)
    ana = platform.contact(str(last.to), name="Ana")
    (behind,) = await sent(sending, [text("Olá?", to=last.to, on_closed_window="reject")])
    assert not isinstance(behind, Accepted)  # closed: nothing is taken that could not go
    await platform.post(ana.writes("Olá"))
    (answer,) = await sent(sending, [text("Sim", to=last.to)])
    await sending.becomes(answer, "delivered", "read")
    assert [each.said for each in ana.inbox] == ["Hello", "Sim"]
    assert asked_for_room(sending) == 60


@pytest.mark.usefixtures("short_sighted")
async def test_the_next_owner_passes_what_waits_for_room_as_well_and_loses_none(
    valkey_server: ValkeyServer,
    valkey: Redis,
    tmp_path: Path,
    platform: WhatsAppPlatform,
    at: SimulatedTime,
) -> None:
    own = settings(valkey_server, tmp_path)
    business = platform.app.number.business_account_id
    reach = msgspec.json.encode(Reach(shared=business, most=MOST))
    partition = keys.partition_of(ACCOUNT, own.streams.partitions)
    await valkey.set(keys.kept(partition, ACCOUNT, "reach"), reach)
    run = partial(running, own, account(platform), client=valkey, platform=platform, at=at)
    async with run() as first:
        await full(first, platform, 60, lane="live")
    async with run() as second:
        await platform.post(platform.contact(ANA, name="Ana").writes("Olá"))
        (answer,) = await sent(second, [text("Sim")])
        at.passes(timedelta(minutes=1, seconds=1))  # what was put off just before has waited
        await second.becomes(answer, "delivered", "read")
        at.passes(timedelta(hours=24, minutes=1))
        assert len(await reached(platform, 2 * MOST + 1)) == 2 * MOST + 1


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
