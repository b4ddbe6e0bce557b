"""What the platform refuses, and what becomes of it."""

import asyncio
from datetime import timedelta

import pytest

from gateway.api import Template
from gateway.bus import keys
from gateway.edge.outbound.pause import decode
from gateway.edge.outbound.suppression import ALL_REASONS, Kept, encode
from gateway.edge.outbound.ticket import contact_of
from gateway.errors import NotCancellable
from gateway.model.event import AccountAlert
from gateway.model.outbound import Fallback
from gateway.model.outbox import Accepted, Refused
from gateway.testing.whatsapp import WhatsAppPlatform
from gateway.testing.whatsapp.faults import Fault
from tests.integration.outbound.scene import ACCOUNT, ANA, Scene, SimulatedTime, text

BEA = "351922222222"


@pytest.fixture(autouse=True)
async def open_windows(sending: Scene) -> None:
    platform = sending.platform
    for phone in (ANA, BEA):
        await platform.post(platform.contact(phone, name=phone).writes("Olá"))


def said(platform: WhatsAppPlatform) -> list[str]:
    return [each.said for each in platform.sent]


async def test_a_passing_failure_is_tried_again_and_later_messages_wait_behind(
    sending: Scene, platform: WhatsAppPlatform
) -> None:
    platform.fail_next(131016, times=2)
    answers = await sending.outbox.submit([text(str(number)) for number in range(5)])
    for each in answers:
        await sending.becomes(each, "delivered", "read")
    assert said(platform) == ["0", "1", "2", "3", "4"]
    first = await sending.record(answers[0])
    assert [each.outcome for each in first.attempts] == ["temporary", "temporary"]
    assert first.attempts[0].error is not None
    assert first.attempts[0].error.code == "131016"
    assert (
        sending.value(
            "relevo_outbound_retries_total", channel="whatsapp", account=ACCOUNT, reason="temporary"
        )
        == 2
    )


async def test_another_contact_does_not_wait(sending: Scene, platform: WhatsAppPlatform) -> None:
    platform.fail_next(131016, times=3, to=ANA)
    stuck, free = await sending.outbox.submit([text("stuck"), text("free", to=BEA)])
    await sending.becomes(free, "delivered", "read")
    await sending.becomes(stuck, "delivered", "read")
    assert said(platform) == ["free", "stuck"]


async def test_a_refusal_ends_it_and_a_person_may_send_it_again(
    sending: Scene, platform: WhatsAppPlatform
) -> None:
    platform.fail_next(131009)
    (answer,) = await sending.outbox.submit([text("again")])
    record = await sending.becomes(answer, "failed")
    assert record.failure is not None
    assert record.failure.reason == "rejected"
    assert record.failure.error is not None
    assert record.failure.error.code == "131009"
    assert [each.id for each in await sending.outbox.dead(ACCOUNT)] == [record.id]
    (replayed,) = await sending.outbox.replay([record.id])
    assert isinstance(replayed, Accepted)
    await sending.becomes(answer, "delivered", "read")
    assert said(platform) == ["again"]
    assert await sending.outbox.dead(ACCOUNT) == []
    (twice,) = await sending.outbox.replay([record.id])
    assert isinstance(twice, Refused)


async def test_a_contact_who_cannot_be_reached_is_left_alone_until_they_write(
    sending: Scene, platform: WhatsAppPlatform
) -> None:
    platform.fail_next(131026)
    (answer,) = await sending.outbox.submit([text()])
    await sending.becomes(answer, "failed")
    (refused,) = await sending.outbox.submit([text()])
    assert isinstance(refused, Refused)
    assert refused.reason == "unreachable"
    await platform.post(platform.contact(ANA, name="Ana").writes("I am here"))

    async def free() -> bool:
        return not await sending.outbox.suppressed(ACCOUNT, ANA)

    await sending.until(free)


async def test_a_refusal_counts_for_the_contact_although_redis_fails_in_that_moment(
    sending: Scene, platform: WhatsAppPlatform
) -> None:
    platform.faults.add(Fault(code=131026, delay=timedelta(seconds=1)))
    (answer,) = await sending.outbox.submit([text()])
    await sending.becomes(answer, "sending")
    # Redis refuses every command on the list, and no other.
    wishes = keys.suppressed(keys.partition_of(ACCOUNT, sending.partitions))
    await sending.client.set(wishes, "broken")
    await asyncio.sleep(1.3)
    await sending.client.delete(wishes)
    await sending.becomes(answer, "failed")
    assert await sending.outbox.suppressed(ACCOUNT, ANA) == ("unreachable",)


async def test_who_could_not_be_reached_is_forgotten_when_the_time_is_over(sending: Scene) -> None:
    wishes = keys.suppressed(keys.partition_of(ACCOUNT, sending.partitions))
    past = sending.now() - 1
    for phone, blocked in ((ANA, True), (BEA, False)):
        kept = Kept(blocked=blocked, unreachable_until=past)
        await sending.client.hset(wishes, contact_of(ACCOUNT, phone), encode(kept))

    async def forgotten() -> bool:
        return bool(await sending.client.hlen(wishes) == 1)

    await sending.until(forgotten)
    assert await sending.outbox.suppressed(ACCOUNT, ANA) == ("blocked",)


async def test_wishes_that_are_told_at_the_same_time_are_all_kept(sending: Scene) -> None:
    told = [sending.outbox.suppress(ACCOUNT, ANA, each) for each in ALL_REASONS]
    await asyncio.gather(*told)
    assert await sending.outbox.suppressed(ACCOUNT, ANA) == ALL_REASONS


async def test_a_broken_account_waits_with_its_queue_and_goes_on_when_resumed(
    sending: Scene, platform: WhatsAppPlatform
) -> None:
    platform.fail_next(190, times=1)
    answers = await sending.outbox.submit([text(str(number)) for number in range(3)])

    async def paused() -> bool:
        (state,) = await sending.outbox.accounts()
        return state.paused is not None

    await sending.until(paused)
    (alert,) = await sending.until(sending.alerts)
    assert isinstance(alert, AccountAlert)
    assert alert.alert.code == "190"
    component = sending.daemon.health.report().components[f"account:{ACCOUNT}"]
    assert (component.state, component.cause) == ("down", "auth")
    assert said(platform) == []
    (state,) = await sending.outbox.accounts()
    assert state.live == 3
    await sending.outbox.resume(ACCOUNT)
    for each in answers:
        await sending.becomes(each, "delivered", "read")
    assert said(platform) == ["0", "1", "2"]
    assert sending.daemon.health.report().components[f"account:{ACCOUNT}"].state == "up"


async def test_an_account_that_a_person_paused_sends_when_they_say_so(
    sending: Scene, platform: WhatsAppPlatform
) -> None:
    await sending.outbox.pause(ACCOUNT, reason="moving")

    async def known() -> bool:
        return sending.daemon.health.report().components[f"account:{ACCOUNT}"].state == "down"

    await sending.until(known)
    (answer,) = await sending.outbox.submit([text()])
    await asyncio.sleep(0.2)
    assert said(platform) == []
    assert (await sending.record(answer)).state == "queued"
    await sending.outbox.resume(ACCOUNT)
    await sending.becomes(answer, "delivered", "read")


async def test_no_answer_from_the_platform_is_tried_again_in_the_live_lane_and_counted(
    sending: Scene, platform: WhatsAppPlatform
) -> None:
    platform.drop_next(accepted=True)
    (answer,) = await sending.outbox.submit([text("twice")])
    record = await sending.becomes(answer, "delivered", "read")
    assert record.in_doubt
    assert said(platform) == ["twice", "twice"]
    labels = {"channel": "whatsapp", "account": ACCOUNT, "action": "retry"}
    assert sending.value("relevo_outbound_in_doubt_total", **labels) == 1


async def test_no_answer_from_the_platform_is_reported_in_the_bulk_lane(
    sending: Scene, platform: WhatsAppPlatform
) -> None:
    platform.drop_next(accepted=True)
    (answer,) = await sending.outbox.submit([text("once", lane="bulk")])
    record = await sending.becomes(answer, "failed")
    assert record.in_doubt
    assert record.failure is not None
    assert record.failure.reason == "in_doubt"
    assert said(platform) == ["once"]


async def test_a_doubt_is_counted_once_although_redis_fails_before_it_is_settled(
    sending: Scene, platform: WhatsAppPlatform
) -> None:
    await sending.pauses()
    (answer,) = await sending.outbox.submit([text("once")])
    record = await sending.record(answer)
    partition = keys.partition_of(ACCOUNT, sending.partitions)
    await sending.client.hset(keys.message(partition, record.id), "b", "dead:1")
    # Asked whether it is in doubt Redis answers; asked to begin it all the same it fails.
    await sending.client.set(keys.suppressed(partition), "broken")
    await sending.outbox.resume(ACCOUNT)
    await asyncio.sleep(2.5)
    await sending.client.delete(keys.suppressed(partition))
    record = await sending.becomes(answer, "delivered", "read")
    assert (record.in_doubt, said(platform)) == (True, ["once"])
    labels = {"channel": "whatsapp", "account": ACCOUNT, "action": "retry"}
    assert sending.value("relevo_outbound_in_doubt_total", **labels) == 1


async def test_a_storm_of_throttling_loses_nothing_and_ends(
    sending: Scene, platform: WhatsAppPlatform
) -> None:
    platform.fail_next(130429, times=3)
    answers = await sending.outbox.submit(
        [text(str(number), to=(ANA, BEA)[number % 2]) for number in range(10)]
    )
    for each in answers:
        await sending.becomes(each, "delivered", "read", seconds=60)
    assert sorted(said(platform)) == sorted(map(str, range(10)))
    (state,) = await sending.outbox.accounts()
    assert state.pace is not None
    assert state.pace < 1
    records = [await sending.record(each) for each in answers]
    assert not any(each.failure for each in records)


async def test_a_message_whose_time_is_over_is_not_sent(
    sending: Scene, platform: WhatsAppPlatform
) -> None:
    platform.fail_next(131016, times=None)
    (answer,) = await sending.outbox.submit([text(expires_at=sending.now() + 1000)])
    record = await sending.becomes(answer, "failed")
    assert record.failure is not None
    assert record.failure.reason == "expired"


async def test_what_expires_while_the_account_is_paused_fails_then_and_not_when_it_goes_on(
    sending: Scene, platform: WhatsAppPlatform, at: SimulatedTime
) -> None:
    await sending.pauses()
    several = [text("0"), text("1", expires_at=at.clock() + 60_000), text("2")]
    first, over, last = await sending.outbox.submit(several)
    at.passes(timedelta(minutes=2))
    record = await sending.becomes(over, "failed")
    assert record.failure is not None
    assert record.failure.reason == "expired"
    assert await sending.state(first) == await sending.state(last) == "queued"
    await sending.outbox.resume(ACCOUNT)
    for each in (first, last):
        await sending.becomes(each, "delivered", "read")
    assert said(platform) == ["0", "2"]


async def test_what_ended_before_its_time_is_over_leaves_nothing_behind(sending: Scene) -> None:
    later = sending.now() + 3_600_000
    several = [text(expires_at=later), text(expires_at=later, send_at=later - 1)]
    sent, taken_back = await sending.outbox.submit(several)
    await sending.becomes(sent, "delivered", "read")
    await sending.outbox.cancel((await sending.record(taken_back)).id)
    assert await sending.client.keys("*:expiring") == []


async def test_what_is_waiting_can_be_cancelled_and_what_went_cannot(sending: Scene) -> None:
    later = sending.now() + 60_000
    waiting, gone = await sending.outbox.submit([text(send_at=later), text("gone")])
    record = await sending.record(waiting)
    cancelled = await sending.outbox.cancel(record.id)
    assert cancelled is not None
    assert cancelled.state == "cancelled"
    (state,) = await sending.outbox.accounts()
    assert state.scheduled == 0
    sent = await sending.becomes(gone, "delivered", "read")
    with pytest.raises(NotCancellable):
        await sending.outbox.cancel(sent.id)
    assert await sending.outbox.cancel("0" * 32) is None


async def test_a_scheduled_message_goes_at_its_time(sending: Scene) -> None:
    at = sending.now() + 700
    (answer,) = await sending.outbox.submit([text("now", send_at=at)])
    record = await sending.becomes(answer, "delivered", "read")
    assert record.parts[0].accepted_at is not None
    assert record.parts[0].accepted_at >= at


async def test_the_order_of_a_contact_is_kept_and_live_goes_before_bulk(
    sending: Scene, platform: WhatsAppPlatform
) -> None:
    await sending.pauses()
    bulk = await sending.outbox.submit([text(f"b{n}", lane="bulk") for n in range(10)])
    live = await sending.outbox.submit([text(f"l{n}") for n in range(10)])
    await sending.outbox.resume(ACCOUNT)
    for each in (*bulk, *live):
        await sending.becomes(each, "delivered", "read")
    order = said(platform)
    assert [each for each in order if each[0] == "b"] == [f"b{n}" for n in range(10)]
    assert [each for each in order if each[0] == "l"] == [f"l{n}" for n in range(10)]


async def test_many_refusals_at_once_are_one_pause_of_half_a_minute(
    sending: Scene, platform: WhatsAppPlatform
) -> None:
    phones = [f"35193{number:07d}" for number in range(20)]
    for phone in phones:
        await platform.post(platform.contact(phone, name=phone).writes("Olá"))
    # Slow, so that all are under way before the first is refused.
    platform.faults.add(Fault(code=190, delay=timedelta(seconds=1), times=None))
    answers = await sending.outbox.submit([text(to=phone) for phone in phones])

    async def all_refused() -> bool:
        records = [await sending.record(each) for each in answers]
        return all(each.attempts for each in records)

    await sending.until(all_refused)
    partition = keys.partition_of(ACCOUNT, sending.partitions)
    kept = decode(await sending.client.hget(keys.paused(partition), ACCOUNT))
    assert kept.probe_at is not None
    assert kept.probe_at <= sending.now() + 30_000
    component = sending.daemon.health.report().components[f"account:{ACCOUNT}"]
    assert (component.state, component.cause) == ("down", "auth")


async def test_what_is_over_before_its_turn_brings_no_opener(
    sending: Scene, platform: WhatsAppPlatform
) -> None:
    carla = platform.contact("351933333333", name="Carla")
    platform.template("hello", "Hello")
    hello = Fallback(template=Template(name="hello", language="en_US", category="utility"))
    await sending.pauses()
    soon = sending.now() + 100
    asked = text(to=carla.phone, on_closed_window="hold", fallback=hello, expires_at=soon)
    (answer,) = await sending.outbox.submit([asked])
    await asyncio.sleep(0.15)
    await sending.outbox.resume(ACCOUNT)
    record = await sending.becomes(answer, "failed")
    assert record.failure is not None
    assert record.failure.reason == "expired"
    assert carla.inbox == []
