"""Accounts that the platform refuses: tried now and then with one message, until it takes it."""

import asyncio
from pathlib import Path

import pytest
from redis.asyncio import Redis

from gateway.api import AccountBroken, PlatformError, Template
from gateway.bus import keys
from gateway.edge.outbound.pause import Paused, decode
from gateway.model.event import AccountAlert
from gateway.model.outbox import Accepted, Submitted
from gateway.testing.valkey import ValkeyServer
from gateway.testing.whatsapp import WhatsAppPlatform
from tests.integration.outbound.scene import ACCOUNT, ANA, Scene, account, running, settings, text

PROBE_SECONDS = "gateway.edge.outbound.pause.FIRST_PROBE_SECONDS"
NEVER = 3000.0
BEA, CARLA = "351922222222", "351933333333"


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PROBE_SECONDS, 0.4)


async def opened(scene: Scene) -> None:
    await scene.platform.post(scene.platform.contact(ANA, name="Ana").writes("Olá"))


async def paused(scene: Scene) -> Paused | None:
    key = keys.paused(keys.partition_of(ACCOUNT, scene.partitions))
    raw = await scene.client.hget(key, ACCOUNT)
    return decode(raw) if raw else None


async def becomes_paused(scene: Scene, *, probes: int = 0) -> Paused:
    async def so() -> Paused | None:
        found = await paused(scene)
        return found if found is not None and found.probes == probes else None

    found: Paused = await scene.until(so)
    return found


async def sends_again(scene: Scene) -> None:
    async def so() -> bool:
        return await paused(scene) is None and state(scene) == ("up", None)

    await scene.until(so)


def state(scene: Scene) -> tuple[str, str | None]:
    component = scene.daemon.health.report().components[f"account:{ACCOUNT}"]
    return component.state, component.cause


def said(scene: Scene) -> list[str]:
    return [each.said for each in scene.platform.sent]


async def given(scene: Scene, *words: str) -> list[Submitted]:
    return await scene.outbox.submit([text(each) for each in words])


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        pytest.param(190, "auth", id="token expired"),
        pytest.param(10, "auth", id="permission missing"),
        pytest.param(131031, "platform", id="locked"),
        pytest.param(133010, "platform", id="not registered"),
        pytest.param(368, "platform", id="blocked over policies"),
    ],
)
async def test_one_message_at_a_time_is_tried_ever_later_until_the_platform_takes_one(
    sending: Scene, platform: WhatsAppPlatform, code: int, cause: str
) -> None:
    await opened(sending)
    platform.fail_next(code, times=3)
    answers = await given(sending, "0", "1", "2", "3")
    first = await becomes_paused(sending)
    assert state(sending) == ("down", cause)
    second = await becomes_paused(sending, probes=1)
    third = await becomes_paused(sending, probes=2)
    assert first.probe_at is not None
    assert second.probe_at is not None
    assert third.probe_at is not None
    assert second.probe_at >= first.probe_at + 800
    assert third.probe_at >= second.probe_at + 1600
    assert first.since == third.since
    for each in answers:
        await sending.becomes(each, "delivered", "read")
    await sends_again(sending)
    assert said(sending) == ["0", "1", "2", "3"]
    attempts = [(await sending.record(each)).attempts for each in answers]
    assert [[each.outcome for each in own] for own in attempts] == [["paused"] * 3, [], [], []]
    (alert,) = await sending.alerts()
    assert isinstance(alert, AccountAlert)
    assert (alert.alert.code, alert.alert.severity) == (str(code), "critical")


async def test_a_message_that_is_refused_for_itself_leaves_the_try_to_the_next(
    sending: Scene, platform: WhatsAppPlatform
) -> None:
    await opened(sending)
    platform.fail_next(190)
    platform.fail_next(131009)
    bad, good = await given(sending, "bad", "good")
    await sending.becomes(bad, "failed")
    await sending.becomes(good, "delivered", "read")
    await sends_again(sending)


async def test_without_a_message_nothing_is_tried_until_there_is_one(
    sending: Scene, platform: WhatsAppPlatform
) -> None:
    await opened(sending)
    platform.fail_next(190)
    (answer,) = await given(sending, "taken back")
    first = await becomes_paused(sending)
    assert isinstance(answer, Accepted)
    await sending.outbox.cancel(answer.id)

    async def due() -> bool:
        return first.probe_at is not None and sending.now() > first.probe_at + 200

    await sending.until(due)
    assert await paused(sending) == first
    (later,) = await given(sending, "later")
    await sending.becomes(later, "delivered", "read")
    await sends_again(sending)
    assert said(sending) == ["later"]


@pytest.mark.parametrize("how", ["by itself", "by a person"])
async def test_a_paused_account_stays_so_over_a_restart_and_goes_on_in_order(
    valkey_server: ValkeyServer,
    valkey: Redis,
    tmp_path: Path,
    platform: WhatsAppPlatform,
    monkeypatch: pytest.MonkeyPatch,
    how: str,
) -> None:
    monkeypatch.setattr(PROBE_SECONDS, 2.0 if how == "by itself" else NEVER)
    own = settings(valkey_server, tmp_path)
    platform.fail_next(131031)
    async with running(own, account(platform), client=valkey, platform=platform) as first:
        await opened(first)
        answers = await given(first, "0", "1")
        before = await becomes_paused(first)
    async with running(own, account(platform), client=valkey, platform=platform) as second:
        answers += await given(second, "2")
        if how == "by a person":

            async def known() -> bool:
                return state(second)[0] == "down"

            await second.until(known)
            assert await paused(second) == before
            assert [await second.state(each) for each in answers] == ["queued"] * 3
            await second.outbox.resume(ACCOUNT)
        for each in answers:
            await second.becomes(each, "delivered", "read")
        await sends_again(second)
        assert said(second) == ["0", "1", "2"]
        assert len(await second.alerts()) == 1


async def has_unpaid_bill(scene: Scene, *, later: bool = False) -> tuple[Submitted, ...]:
    """Two templates of which the first is refused for that."""
    scene.platform.template("hello", "Hello")
    await opened(scene)
    scene.platform.fail_next(131042, later=later)
    hello = Template(name="hello", language="en_US", category="utility")
    (first,) = await scene.outbox.submit([text(content=hello, to=BEA)])
    found = await becomes_paused(scene)
    assert found.kinds == {"template"}
    assert "payment" in found.reason
    (second,) = await scene.outbox.submit([text(content=hello, to=CARLA, lane="bulk")])
    return first, second


async def test_answers_go_past_any_number_of_templates_that_wait_for_a_bill(
    sending: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PROBE_SECONDS, NEVER)
    monkeypatch.setattr("gateway.edge.outbound.sender.READ_AT_ONCE", 10)
    monkeypatch.setattr("gateway.edge.outbound.sender.AHEAD", 20)
    await has_unpaid_bill(sending)
    hello = Template(name="hello", language="en_US", category="utility")
    to = [f"3519{each:08d}" for each in range(60)]
    waiting = await sending.outbox.submit([text(content=hello, to=each) for each in to])
    behind = await sending.outbox.submit([text("0"), text(content=hello), text("1")])
    await sending.becomes(behind[0], "delivered", "read")
    assert [await sending.state(each) for each in behind[1:]] == ["queued"] * 2
    assert said(sending) == ["0"]
    await sending.outbox.resume(ACCOUNT)
    for each in (*waiting, *behind):
        await sending.becomes(each, "delivered", "read")
    own = [each.said for each in sending.platform.sent if each.body["to"] == f"+{ANA}"]
    assert own == ["0", "Hello", "1"]


async def test_while_a_bill_is_not_paid_templates_wait_and_answers_go(
    sending: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PROBE_SECONDS, NEVER)
    first, second = await has_unpaid_bill(sending)
    for number in range(3):
        (answer,) = await given(sending, str(number))
        await sending.becomes(answer, "delivered", "read")
    assert [await sending.state(each) for each in (first, second)] == ["queued"] * 2
    assert said(sending) == ["0", "1", "2"]
    await sending.outbox.resume(ACCOUNT)
    for each in (first, second):
        await sending.becomes(each, "delivered", "read")
    assert len(await sending.alerts()) == 1


async def test_one_template_at_a_time_shows_whether_the_bill_is_paid(sending: Scene) -> None:
    first, second = await has_unpaid_bill(sending)
    sending.platform.fail_next(131042)
    await becomes_paused(sending, probes=1)
    (answer,) = await given(sending, "meanwhile")
    await sending.becomes(answer, "delivered", "read")
    assert await paused(sending) is not None
    for each in (first, second):
        await sending.becomes(each, "delivered", "read")
    await sends_again(sending)
    assert [each.outcome for each in (await sending.record(first)).attempts] == ["paused"] * 2
    assert (await sending.record(second)).attempts == ()


async def test_a_status_that_says_so_is_believed_as_well(sending: Scene) -> None:
    first, second = await has_unpaid_bill(sending, later=True)
    assert (await sending.record(first)).state == "failed"
    found = await paused(sending)
    assert found is not None
    assert found.probe_at == found.since + 600_000
    (answer,) = await given(sending, "Olá")
    await sending.becomes(answer, "delivered", "read")
    assert await sending.state(second) == "queued"


async def test_everything_waits_when_more_is_wrong_than_a_bill(
    sending: Scene, platform: WhatsAppPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PROBE_SECONDS, NEVER)
    first, second = await has_unpaid_bill(sending)
    platform.fail_next(131031)
    (answer,) = await given(sending, "Olá")

    async def everything() -> bool:
        found = await paused(sending)
        return found is not None and not found.kinds

    await sending.until(everything)
    assert [await sending.state(each) for each in (first, second, answer)] == ["queued"] * 3
    assert len(await sending.alerts()) == 2
    await sending.outbox.resume(ACCOUNT)
    for each in (first, second, answer):
        await sending.becomes(each, "delivered", "read")


async def test_a_status_about_trouble_long_over_pauses_nothing(
    sending: Scene, platform: WhatsAppPlatform
) -> None:
    ana = platform.contact(ANA, name="Ana")
    await platform.post(ana.writes("Olá"))
    error = {"code": 131031, "title": "Business Account locked"}
    long_ago = str(sending.now() // 1000 - 600)
    status = ana.status(ana.outbound_id(), "failed", error=error, timestamp=long_ago)
    await platform.post(status)
    (answer,) = await given(sending, "Olá")
    await sending.becomes(answer, "delivered", "read")
    assert await paused(sending) is None
    assert await sending.alerts() == []


async def test_what_was_read_before_a_refusal_does_not_undo_it(sending: Scene) -> None:
    engine = sending.daemon.sending.engine
    assert engine is not None

    async def owned() -> bool:
        return keys.partition_of(ACCOUNT, sending.partitions) in engine.owned

    await sending.until(owned)
    partition = engine.owned[keys.partition_of(ACCOUNT, sending.partitions)]
    pause = partition.senders[ACCOUNT].pause
    reading = asyncio.create_task(pause.load())
    await asyncio.sleep(0)
    await pause.broken(AccountBroken(PlatformError(code="190")))
    await reading
    assert pause.state is not None
    assert state(sending)[0] == "down"
