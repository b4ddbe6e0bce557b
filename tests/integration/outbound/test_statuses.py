"""Statuses in any order, at the same time and twice: a message never goes back."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from gateway.model.event import MessageStatus
from gateway.testing.whatsapp import App, Timing, WhatsAppPlatform
from tests.integration.outbound.scene import ANA, Scene, text

# All at once, shuffled and doubled; and before the answer to the call is even read.
WILD = Timing(
    sent=timedelta(),
    delivered=timedelta(),
    read=timedelta(),
    disorder=1.0,
    duplicates=1.0,
)


@pytest.fixture
async def platform() -> AsyncIterator[WhatsAppPlatform]:
    async with WhatsAppPlatform(app=App(), timing=WILD) as made:
        yield made


async def test_statuses_in_any_order_and_twice_are_each_kept_once(
    sending: Scene, platform: WhatsAppPlatform
) -> None:
    await platform.post(platform.contact(ANA, name="Ana").writes("Olá"))
    answers = await sending.outbox.submit([text(str(number)) for number in range(15)])
    for each in answers:
        await sending.becomes(each, "read")
    await platform.settled()

    async def all_three() -> bool:
        records = [await sending.record(each) for each in answers]
        return all(len(each.steps) == 3 for each in records)

    await sending.until(all_three)
    for each in answers:
        record = await sending.record(each)
        assert record.state == "read"
        assert {step.status for step in record.steps} == {"sent", "delivered", "read"}
    told = [each for each in await sending.events() if isinstance(each, MessageStatus)]
    assert len(told) == 3 * len(answers)
    late = {(each.status.platform_id, each.status.status) for each in told if each.late}
    kept = {
        (record.parts[0].platform_id, step.status)
        for record in [await sending.record(each) for each in answers]
        for step in record.steps
        if step.late
    }
    assert kept == late
