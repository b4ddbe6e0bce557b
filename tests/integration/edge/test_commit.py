"""What the commit promises, on a real server."""

from __future__ import annotations

import asyncio
from typing import Any

import msgpack
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from gateway.bus import keys
from gateway.edge.media.job import decode_job
from gateway.model.content import Image
from gateway.model.event import (
    MessageEchoed,
    MessageReceived,
    PlatformNotice,
    WindowOpened,
)
from gateway.model.identity import event_id
from gateway.model.media import Media
from gateway.model.message import Echo, Edited
from gateway.model.notice import Notice, Window
from gateway.model.status import StatusName
from gateway.policy.status import BIT, ORDER, is_known, is_late
from gateway.testing.events import contact, received, status
from gateway.testing.valkey import ValkeyServer

DAY = 24 * 3600 * 1000


@pytest.fixture
async def edge(valkey: Any, valkey_server: ValkeyServer, make_edge: Any) -> Any:
    await valkey.flushall()
    async with make_edge(f"unix://{valkey_server.socket}") as made:
        yield made


async def test_a_message_is_on_the_stream_when_commit_returns(edge: Any, now: int) -> None:
    message = received(1, at=now)
    await edge.commit([message])
    assert (await edge.events())[0] == message


async def test_a_second_delivery_is_left_out(edge: Any, now: int) -> None:
    await edge.commit([received(1, at=now)])
    await edge.commit([received(1, at=now), received(2, at=now)])
    found = [each.message.platform_id for each in await edge.events() if each.id.find(".") < 0]
    assert found == ["wamid.1", "wamid.2"]
    assert edge.value("relevo_duplicates_total", partition=_label()) == 1
    counted = {"channel": "whatsapp", "type": "message.received"}
    assert edge.value("relevo_events_total", **counted) == 2


async def test_parallel_deliveries_make_one_event(edge: Any, now: int) -> None:
    await asyncio.gather(*(edge.commit([received(1, at=now)]) for _ in range(50)))
    assert [type(each) for each in await edge.events()] == [MessageReceived, WindowOpened]


async def test_one_batch_with_the_same_message_twice_makes_one_event(edge: Any, now: int) -> None:
    await edge.commit([received(1, at=now), received(1, at=now)])
    assert len(await edge.events()) == 2


async def test_the_same_id_on_two_accounts_is_two_messages(edge: Any, now: int) -> None:
    await edge.commit([received(1, at=now), received(1, at=now, account="wa-other")])
    assert {each.account for each in await edge.events()} == {"wa-main"}
    assert {each.account for each in await edge.events("wa-other")} == {"wa-other"}


async def test_a_large_batch_over_accounts_keeps_the_order_of_each(edge: Any, now: int) -> None:
    accounts = ["wa-main", "wa-other", "wa-third"]
    batch = [
        received(number, at=now, account=accounts[number % 3], contact_number=1)
        for number in range(2000)
    ]
    await edge.commit(batch)
    for account in accounts:
        ids = [each.id for each in await edge.events(account) if each.account == account]
        assert [each for each in ids if "." not in each] == [
            each.id for each in batch if each.account == account
        ]


async def test_the_first_message_opens_the_window_and_the_second_does_not(
    edge: Any, now: int
) -> None:
    first, second = (received(each, at=now + each, contact_number=7) for each in (1, 2))
    await edge.commit([first])
    await edge.commit([second])
    opened = WindowOpened(
        id=f"{first.id}.window",
        at=first.at,
        channel="whatsapp",
        account="wa-main",
        contact=first.contact,
        window=Window(
            opened_at=(now + 1) // 1000 * 1000, expires_at=(now + 1) // 1000 * 1000 + DAY
        ),
    )
    assert await edge.events() == [first, opened, second]


async def test_a_window_opens_again_after_a_day(edge: Any, now: int) -> None:
    early, late = now - DAY - 1000, now
    await edge.commit([received(1, at=early, contact_number=7)])
    await edge.commit([received(2, at=late, contact_number=7)])
    opened = [each for each in await edge.events() if isinstance(each, WindowOpened)]
    assert [each.window.opened_at // 1000 for each in opened] == [late // 1000]


async def test_a_message_that_comes_too_late_to_open_a_window_opens_none(
    edge: Any, now: int
) -> None:
    await edge.commit([received(1, at=now - 2 * DAY)])
    assert [type(each) for each in await edge.events()] == [MessageReceived]


async def test_an_older_message_does_not_shorten_the_window(edge: Any, now: int) -> None:
    await edge.commit([received(1, at=now, contact_number=7)])
    await edge.commit([received(2, at=now - 3_600_000, contact_number=7)])
    later = now + DAY - 60_000  # of the newer message the window is open still
    await edge.commit([received(3, at=later, contact_number=7)])
    assert sum(isinstance(each, WindowOpened) for each in await edge.events()) == 1


async def test_a_window_is_known_by_any_address_of_the_contact(edge: Any, now: int) -> None:
    whole = received(1, at=now, contact_number=7)
    await edge.commit([whole])
    for number, address in enumerate(whole.contact.addresses, start=2):
        one = received(number, at=now, contact_number=7)
        alone = type(one.contact)(id=address.value, addresses=(address,))
        await edge.commit([replace(one, contact=alone)])
    assert sum(isinstance(each, WindowOpened) for each in await edge.events()) == 1


async def test_a_late_status_is_recorded_as_late(edge: Any, now: int) -> None:
    await edge.commit([status(1, "read", at=now), status(1, "delivered", at=now)])
    assert [(each.status.status, each.late) for each in await edge.events()] == [
        ("read", False),
        ("delivered", True),
    ]
    assert edge.value("relevo_late_statuses_total", partition=_label()) == 1


async def test_statuses_of_two_members_of_a_group_are_two(edge: Any, now: int) -> None:
    step = status(1, "delivered", at=now)
    step = replace(step, status=replace(step.status, group_id="group-1"))
    other = replace(step, contact=contact(99))
    await edge.commit([step, other, step])
    assert await edge.events() == [step, other]


async def test_a_status_is_known_whatever_the_recipient_is_called(edge: Any, now: int) -> None:
    named = status(1, "read", at=now)
    by_number = replace(status(1, "delivered", at=now), contact=contact(99))
    await edge.commit([named, by_number])
    assert [each.late for each in await edge.events()] == [False, True]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.sampled_from(ORDER), min_size=1, max_size=12))
async def test_the_script_and_the_policy_agree_about_every_order_of_statuses(
    edge: Any, now: int, names: list[StatusName]
) -> None:
    await edge.client.flushall()
    seen, expected = 0, []
    for name in names:
        if not is_known(seen, name):
            expected.append((name, is_late(seen, name)))
            seen |= BIT[name]
    for name in names:
        await edge.commit([status(1, name, at=now)])
    assert [(each.status.status, each.late) for each in await edge.events()] == expected


async def test_a_file_waits_beside_its_message_and_only_once(edge: Any, now: int) -> None:
    image = Image(media=Media(platform_id="9001", mime_type="image/jpeg"))
    message = received(1, at=now, content=image)
    await edge.commit([message])
    await edge.commit([message])
    stream = keys.media(keys.partition_of("wa-main", 4))
    jobs = [decode_job(fields[b"job"]) for _, fields in await edge.client.xrange(stream)]
    assert [(job.event_id, job.media) for job in jobs] == [(message.id, image.media)]


async def test_an_echo_of_a_message_that_we_sent_is_ours_and_brings_no_file(
    edge: Any, now: int
) -> None:
    partition = keys.partition_of("wa-main", 4)
    await edge.client.hset(keys.sent(partition, "wa-main", "wamid.7"), "m", "0" * 32)
    # Statuses are kept of messages that nobody here sent, too.
    await edge.client.hset(keys.sent(partition, "wa-main", "wamid.8"), "read", now)
    await edge.commit([echoed(each, at=now) for each in (7, 8, 9)])
    found = [each for each in await edge.events() if isinstance(each, MessageEchoed)]
    assert [(each.message.platform_id, each.own) for each in found] == [
        ("wamid.7", True),
        ("wamid.8", False),
        ("wamid.9", False),
    ]
    jobs = await edge.client.xrange(keys.media(partition))
    of = [decode_job(fields[b"job"]).platform_id for _, fields in jobs]
    assert of == ["wamid.8", "wamid.9"]


async def test_a_change_of_a_message_that_we_sent_is_somebody_elses(edge: Any, now: int) -> None:
    partition = keys.partition_of("wa-main", 4)
    await edge.client.hset(keys.sent(partition, "wa-main", "wamid.7"), "m", "0" * 32)
    echo = echoed(7, at=now)
    changed = replace(echo, message=replace(echo.message, edited=Edited()))
    await edge.commit([changed])
    (found,) = await edge.events()
    assert not found.own


async def test_ids_of_other_makers_are_told_apart_too(edge: Any) -> None:
    notices = [_notice(each) for each in ("short", "f" * 31 + "x", "f" * 32, "f" * 32 + ".window")]
    await edge.commit([*notices, *notices])
    assert [each.id for each in await edge.events()] == [each.id for each in notices]


async def test_any_messagepack_reader_reads_the_stream(edge: Any, now: int) -> None:
    await edge.commit([received(1, at=now)])
    stream = keys.events(keys.partition_of("wa-main", 4))
    entries = [fields for _, fields in await edge.client.xrange(stream)]
    maps = [msgpack.unpackb(fields[b"data"]) for fields in entries]
    assert [each["type"] for each in maps] == [fields[b"type"].decode() for fields in entries]
    assert maps[1]["window"]["expires_at"] - maps[1]["window"]["opened_at"] == DAY


async def test_a_script_that_was_flushed_is_loaded_again(edge: Any, now: int) -> None:
    await edge.commit([received(1, at=now)])
    await edge.client.script_flush()
    await edge.commit([received(2, at=now)])
    assert len(await edge.events()) == 4


async def test_an_event_that_could_not_be_appended_is_not_remembered(edge: Any, now: int) -> None:
    stream = keys.events(keys.partition_of("wa-main", 4))
    await edge.client.set(stream, "in the way")
    await edge.commit([received(1, at=now)])  # goes to the spool
    assert edge.spool.size_bytes > 0
    await edge.client.delete(stream)
    await _eventually(lambda: edge.spool.size_bytes == 0)
    assert len(await edge.events()) == 2


def echoed(number: int, *, at: int) -> MessageEchoed:
    own = event_id(at, "wa-main", "message.echoed", str(number))
    image = Image(media=Media(platform_id="9001", mime_type="image/jpeg"))
    return MessageEchoed(
        id=own,
        at=at,
        channel="whatsapp",
        account="wa-main",
        contact=contact(number),
        message=Echo(
            id=own,
            platform_id=f"wamid.{number}",
            timestamp=at,
            content=image,
            origin="inbox",
        ),
    )


def _label() -> str:
    return f"{keys.partition_of('wa-main', 4):02d}"


def _notice(made: str) -> PlatformNotice:
    return PlatformNotice(
        id=made,
        at=1,
        channel="whatsapp",
        account="wa-main",
        notice=Notice(reason="unknown", subject=made),
    )


async def _eventually(happened: Any) -> None:
    async with asyncio.timeout(20):
        while not happened():  # noqa: ASYNC110 - looks at a server, which tells nobody
            await asyncio.sleep(0.01)
