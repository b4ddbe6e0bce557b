"""Clocks that are put back, as happens when a machine's time is set."""

from datetime import timedelta

import pytest

from gateway.testing.whatsapp import WhatsAppPlatform
from tests.integration.outbound.scene import ANA, Scene, SimulatedTime, text


@pytest.fixture(autouse=True)
async def open_window(sending: Scene) -> None:
    await sending.platform.post(sending.platform.contact(ANA, name="Ana").writes("Olá"))


async def test_a_clock_that_is_put_back_delays_no_retry(
    sending: Scene, platform: WhatsAppPlatform, at: SimulatedTime
) -> None:
    platform.fail_next(131016, times=2)
    (answer,) = await sending.outbox.submit([text()])

    async def refused() -> bool:
        return bool((await sending.record(answer)).attempts)

    await sending.until(refused)
    at.is_put_back(timedelta(hours=1))
    record = await sending.becomes(answer, "delivered", "read")
    assert len(record.attempts) == 2


async def test_a_clock_that_is_put_back_delays_nobody_s_rate(
    sending: Scene, platform: WhatsAppPlatform, at: SimulatedTime
) -> None:
    platform.fail_next(130429)
    first, second = await sending.outbox.submit([text("0"), text("1", to=ANA)])

    async def throttled() -> bool:
        (state,) = await sending.outbox.accounts()
        return state.pace is not None and state.pace < 1

    await sending.until(throttled)
    at.is_put_back(timedelta(hours=1))
    await sending.becomes(first, "delivered", "read")
    await sending.becomes(second, "delivered", "read")


async def test_a_clock_that_is_put_back_keeps_no_account_paused(
    sending: Scene, platform: WhatsAppPlatform, at: SimulatedTime
) -> None:
    platform.fail_next(190)
    (answer,) = await sending.outbox.submit([text()])
    await sending.until(sending.alerts)
    at.is_put_back(timedelta(hours=1))
    at.passes(timedelta(minutes=1))
    await sending.becomes(answer, "delivered", "read")
