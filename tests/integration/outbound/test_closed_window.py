"""What goes instead while the window is closed, and what waits for the contact to write."""

import asyncio

import msgspec
import pytest

from gateway.api import Template, TextParameter
from gateway.bus import keys
from gateway.edge.outbound.ticket import contact_of
from gateway.model.event import MessageFailed, MessageHeld
from gateway.model.outbound import Fallback
from gateway.model.outbox import Accepted, Refused
from gateway.testing.whatsapp import WhatsAppPlatform
from tests.integration.outbound.scene import ANA, Scene, text

HELLO = Fallback(
    template=Template(
        name="hello",
        language="en_US",
        category="utility",
        body=(TextParameter(text='{{ contact.name | default("cliente") }}'),),
    )
)


@pytest.fixture(autouse=True)
def approved(platform: WhatsAppPlatform) -> None:
    platform.template("hello", "Hello {{1}}, we have news")


async def test_the_fallback_goes_instead_filled_from_the_message(
    sending: Scene, platform: WhatsAppPlatform
) -> None:
    ana = platform.contact(ANA, name="Ana")
    asked = text(
        "News!",
        on_closed_window="template",
        fallback=HELLO,
        metadata={"contact": {"name": "Ana"}},
    )
    (answer,) = await sending.outbox.submit([asked])
    record = await sending.becomes(answer, "delivered", "read")
    assert [each.said for each in ana.inbox] == ["Hello Ana, we have news"]
    assert record.fallback
    assert record.downgraded == "the template hello was sent"


async def test_held_messages_go_in_order_when_the_contact_writes(
    sending: Scene, platform: WhatsAppPlatform
) -> None:
    ana = platform.contact(ANA, name="Ana")
    several = [
        text(f"part {number}", on_closed_window="hold", fallback=HELLO) for number in range(5)
    ]
    answers = await sending.outbox.submit(several)
    for each in answers:
        await sending.becomes(each, "held")
    await asyncio.sleep(0)
    await sending.becomes_true(lambda: len(ana.inbox) == 1)
    assert [each.said for each in ana.inbox] == ["Hello cliente, we have news"]
    held = [each for each in await sending.events() if isinstance(each, MessageHeld)]
    assert len(held) == 5
    assert all(each.message.held_until for each in held)
    (state,) = await sending.outbox.accounts()
    assert (state.held, state.live) == (5, 0)
    await platform.post(ana.writes("Sim?"))
    for each in answers:
        await sending.becomes(each, "delivered", "read")
    assert [each.said for each in ana.inbox[1:]] == [f"part {number}" for number in range(5)]
    (state,) = await sending.outbox.accounts()
    assert state.held == 0


async def test_held_messages_go_when_the_answer_names_another_address(
    sending: Scene, platform: WhatsAppPlatform
) -> None:
    ana = platform.contact(ANA, name="Ana")
    asked = text("News!", on_closed_window="hold", fallback=HELLO)
    (answer,) = await sending.outbox.submit([asked])
    await sending.becomes(answer, "held")
    await sending.becomes_true(lambda: len(ana.inbox) == 1)
    await platform.post(ana.writes("Sim?"))
    await sending.becomes(answer, "delivered", "read")


async def test_a_held_message_is_given_up_when_its_time_is_over(
    sending: Scene, platform: WhatsAppPlatform
) -> None:
    platform.contact(ANA, name="Ana")
    soon = sending.now() + 1500
    asked = text("News!", on_closed_window="hold", fallback=HELLO, expires_at=soon)
    (answer,) = await sending.outbox.submit([asked])
    await sending.becomes(answer, "held")
    record = await sending.becomes(answer, "failed")
    assert record.failure is not None
    assert record.failure.reason == "hold_expired"
    assert await sending.client.keys("*:held:*") == []


async def test_what_was_to_make_the_contact_write_fails_so_they_are_not_waited_for(
    sending: Scene, platform: WhatsAppPlatform
) -> None:
    platform.fail_next(132015, times=None)
    asked = text("News!", on_closed_window="hold", fallback=HELLO)
    (answer,) = await sending.outbox.submit([asked])
    record = await sending.becomes(answer, "failed")
    assert record.failure is not None
    assert record.failure.reason == "template_paused"


async def test_a_held_message_can_be_cancelled(sending: Scene, platform: WhatsAppPlatform) -> None:
    ana = platform.contact(ANA, name="Ana")
    asked = text("News!", on_closed_window="hold", fallback=HELLO)
    answers = await sending.outbox.submit(
        [asked, text("Open?", on_closed_window="hold", fallback=HELLO)]
    )
    for each in answers:
        record = await sending.becomes(each, "held")
    cancelled = await sending.outbox.cancel(record.id)
    assert cancelled is not None
    assert cancelled.state == "cancelled"
    await sending.becomes_true(lambda: len(ana.inbox) == 1)
    await platform.post(ana.writes("Sim?"))
    await sending.becomes(answers[0], "delivered", "read")
    assert [each.said for each in ana.inbox[1:]] == ["News!"]


async def test_a_window_that_closes_while_the_message_waits_fails_it_with_the_reason(
    sending: Scene,
) -> None:
    # Scheduled ones are not looked at when they are taken: the contact may write until then.
    (answer,) = await sending.outbox.submit([text(send_at=sending.now() + 300)])
    record = await sending.becomes(answer, "failed")
    assert record.failure is not None
    assert record.failure.reason == "window_closed"
    (told,) = [each for each in await sending.events() if isinstance(each, MessageFailed)]
    assert told.failure == record.failure
    assert (
        sending.value(
            "relevo_outbound_window_rejections_total", account="wa-main", channel="whatsapp"
        )
        == 1
    )


async def test_a_window_that_is_closed_for_the_platform_alone_is_closed_for_us(
    sending: Scene, platform: WhatsAppPlatform
) -> None:
    ana = platform.contact(ANA, name="Ana")
    await sending.opens_window()
    platform.fail_next(131047)
    asked = text("News!", on_closed_window="template", fallback=HELLO)
    (answer,) = await sending.outbox.submit([asked])
    await sending.becomes(answer, "delivered", "read")
    assert [each.said for each in ana.inbox] == ["Hello cliente, we have news"]


async def test_a_contact_who_wants_none_is_refused_and_may_come_back(sending: Scene) -> None:
    await sending.outbox.suppress("wa-main", ANA, "no_marketing")
    news = text(content=Template(name="hello", language="en_US", category="marketing"))
    (answer,) = await sending.outbox.submit([news])
    assert isinstance(answer, Refused)
    assert answer.reason == "opted_out"
    assert await sending.outbox.suppressed("wa-main", f"+{ANA}") == ("no_marketing",)
    assert await sending.outbox.unsuppress("wa-main", ANA)
    assert await sending.outbox.suppressed("wa-main", ANA) == ()


async def test_an_opt_out_that_the_platform_tells_counts(
    sending: Scene, platform: WhatsAppPlatform
) -> None:
    platform.contact(ANA, name="Ana")
    platform.fail_next(131050, later=True)
    news = text(
        content=Template(
            name="hello", language="en_US", category="marketing", body=(TextParameter(text="x"),)
        )
    )
    (answer,) = await sending.outbox.submit([news])
    record = await sending.becomes(answer, "failed")
    assert record.steps[-1].error is not None
    assert record.steps[-1].error.code == "131050"

    async def noted() -> object:
        return await sending.outbox.suppressed("wa-main", ANA)

    assert await sending.until(noted) == ("no_marketing",)


async def test_what_was_held_goes_before_what_waits_in_the_lane(
    sending: Scene, platform: WhatsAppPlatform
) -> None:
    ana = platform.contact(ANA, name="Ana")
    first = text("0", on_closed_window="hold", fallback=HELLO)
    (held,) = await sending.outbox.submit([first])
    await sending.becomes(held, "held")
    await sending.becomes_true(lambda: len(ana.inbox) == 1)
    await sending.pauses()
    later = [text(str(number), on_closed_window="hold", fallback=HELLO) for number in (1, 2, 3)]
    answers = await sending.outbox.submit(later)
    await platform.post(ana.writes("Sim?"))
    await sending.becomes(held, "queued")
    await sending.outbox.resume("wa-main")
    for each in (held, *answers):
        await sending.becomes(each, "delivered", "read")
    assert [each.said for each in ana.inbox[1:]] == ["0", "1", "2", "3"]
    assert await sending.client.keys("*:held:*") == []


async def test_a_contact_gets_one_opener_when_the_platform_alone_says_closed(
    sending: Scene, platform: WhatsAppPlatform
) -> None:
    ana = platform.contact(ANA, name="Ana")
    await sending.opens_window()
    platform.fail_next(131047)
    several = [text(str(number), on_closed_window="hold", fallback=HELLO) for number in range(4)]
    answers = await sending.outbox.submit(several)
    for each in answers:
        await sending.becomes(each, "held")
    await sending.becomes_true(lambda: len(ana.inbox) == 1)
    assert [each.said for each in ana.inbox] == ["Hello cliente, we have news"]
    await platform.post(ana.writes("Sim?"))
    for each in answers:
        await sending.becomes(each, "delivered", "read")
    assert [each.said for each in ana.inbox[1:]] == ["0", "1", "2", "3"]


async def test_what_a_dead_owner_began_is_held_as_well(
    sending: Scene, platform: WhatsAppPlatform
) -> None:
    platform.contact(ANA, name="Ana")
    await sending.pauses()
    (answer,) = await sending.outbox.submit([text("0", on_closed_window="hold", fallback=HELLO)])
    record = await sending.record(answer)
    partition = keys.partition_of("wa-main", sending.partitions)
    await sending.client.hset(keys.message(partition, record.id), "b", "dead:1")
    await sending.outbox.resume("wa-main")
    record = await sending.becomes(answer, "held")
    assert record.in_doubt


async def test_what_is_held_fails_when_the_platform_tells_later_that_the_opener_did_not_arrive(
    sending: Scene, platform: WhatsAppPlatform
) -> None:
    platform.contact(ANA, name="Ana")
    platform.fail_next(131026, later=True)
    asked = text("News!", on_closed_window="hold", fallback=HELLO)
    (answer,) = await sending.outbox.submit([asked])
    record = await sending.becomes(answer, "failed")
    assert record.failure is not None
    assert record.failure.error is not None
    assert record.failure.error.code == "131026"


async def test_any_owner_gives_up_what_waits_for_an_opener_that_is_noted_as_refused(
    sending: Scene, platform: WhatsAppPlatform
) -> None:
    platform.contact(ANA, name="Ana")
    asked = [text(str(number), on_closed_window="hold", fallback=HELLO) for number in (0, 1)]
    answers = await sending.outbox.submit(asked)
    for each in answers:
        await sending.becomes(each, "held")
    await sending.until(sending.accepted)
    (opener,) = await sending.accepted()
    # An earlier owner noted it, and died before anything followed.
    noted = keys.unopened(keys.partition_of("wa-main", sending.partitions))
    await sending.client.hset(noted, opener.message.id, contact_of("wa-main", ANA))
    for each in answers:
        record = await sending.becomes(each, "failed")
        assert record.failure is not None
        assert record.failure.reason == "rejected"
    assert await sending.client.keys("*:held:*") == []

    async def done() -> bool:
        return not await sending.client.exists(noted)

    await sending.until(done)


async def test_what_waits_for_another_opener_is_left_waiting(
    sending: Scene, platform: WhatsAppPlatform
) -> None:
    platform.contact(ANA, name="Ana")
    (answer,) = await sending.outbox.submit([text("0", on_closed_window="hold", fallback=HELLO)])
    await sending.becomes(answer, "held")
    noted = keys.unopened(keys.partition_of("wa-main", sending.partitions))
    record = await sending.record(answer)
    await sending.client.hset(noted, record.id, contact_of("wa-main", ANA))

    async def looked_at() -> bool:
        return not await sending.client.exists(noted)

    await sending.until(looked_at)
    assert await sending.state(answer) == "held"


async def test_the_note_of_an_opener_whose_record_is_over_is_taken_off(sending: Scene) -> None:
    noted = keys.unopened(keys.partition_of("wa-main", sending.partitions))
    await sending.client.hset(noted, "long-gone", contact_of("wa-main", ANA))

    async def gone() -> bool:
        return not await sending.client.exists(noted)

    await sending.until(gone)


async def test_a_fallback_that_cannot_be_filled_is_refused_with_what_the_message_lacks(
    sending: Scene, platform: WhatsAppPlatform
) -> None:
    named = TextParameter(text="{{ contact.name }}: {{ metadata.order.id }}")
    lacking = Fallback(template=Template(name="hello", language="en_US", body=(named,)))
    asked = text("News!", on_closed_window="template", fallback=lacking)
    (answer,) = await sending.outbox.submit([asked])
    assert isinstance(answer, Refused)
    assert answer.reason == "fallback_incomplete"
    assert [each.path for each in answer.problems] == [
        "$.metadata.contact.name",
        "$.metadata.order.id",
    ]
    held = msgspec.structs.replace(asked, on_closed_window="hold")
    (later,) = await sending.outbox.submit([held])  # an opener may be out already
    failure = (await sending.becomes(later, "failed")).failure
    assert failure is not None
    assert failure.reason == "fallback_incomplete"
    assert len(failure.data["problems"]) == 2
    assert list(platform.sent) == []
    told = {"contact": {"name": "Ana"}, "order": {"id": 7}}
    (good,) = await sending.outbox.submit([msgspec.structs.replace(asked, metadata=told)])
    assert isinstance(good, Accepted)
