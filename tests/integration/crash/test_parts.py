"""Kill -9 in the middle of a message of several parts: only the part under way is in doubt."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from gateway import loader
from gateway.api import OutboundMessage, Secret, Text
from gateway.bus.embedded import embedded_url
from gateway.model.outbox import OutboundRecord
from gateway.testing.process import RelevoProcess
from gateway.testing.telegram import Fault, Person, TelegramPlatform
from tests.integration.crash.queue import Queue, queue_at
from tests.waiting import until

pytestmark = [pytest.mark.crash, pytest.mark.xdist_group("crash"), pytest.mark.timeout(120)]

ACCOUNT = "tg-main"
LETTERS = "abcdef"
LONG = "\n\n".join(each * 4000 for each in LETTERS)


@pytest.fixture
async def platform() -> AsyncIterator[TelegramPlatform]:
    async with TelegramPlatform() as made:
        yield made


@pytest.fixture
def ana(platform: TelegramPlatform) -> Person:
    made = platform.person("Ana Sosa")
    made.starts()
    return made


@asynccontextmanager
async def sending(
    folder: Path, platform: TelegramPlatform, *, in_doubt: str = "auto"
) -> AsyncIterator[tuple[RelevoProcess, Queue]]:
    """Run a process that sends as one bot, and open its queue."""
    accounts = f"""
[[accounts]]
id = "{ACCOUNT}"
channel = "telegram"
bot_token = "{platform.token}"
api_url = "{platform.api_url}"
updates = "polling"
in_doubt = "{in_doubt}"
"""
    hurried = {"RELEVO_OUTBOUND_LEASE_SECONDS": "2"}
    type_ = loader.load().channels["telegram"]
    settings: Any = type_.settings_type
    token = Secret(platform.token)
    given = settings(id=ACCOUNT, channel="telegram", bot_token=token, updates="polling")
    with RelevoProcess(folder, accounts=accounts, environ=hurried) as relevo:
        async with queue_at(embedded_url(relevo.data_dir), type_(given)) as queue:
            yield relevo, queue


async def known(queue: Queue) -> OutboundRecord:
    (record,) = await queue.records()
    return record


def long_for(person: Person) -> OutboundMessage:
    return OutboundMessage(account=ACCOUNT, to=str(person.id), content=Text(text=LONG))


async def sent_so_far(platform: TelegramPlatform, count: int) -> bool:
    return len(platform.sent) == count


async def test_parts_that_are_out_are_not_sent_again_by_whoever_takes_over(
    tmp_path: Path, platform: TelegramPlatform, ana: Person
) -> None:
    async with sending(tmp_path, platform) as (relevo, queue):
        await queue.give([long_for(ana)])

        async def between_two_parts() -> bool:
            # Three go at once, then one a second: there is time to kill it in between.
            record = await known(queue)
            return record.state == "queued" and len(record.parts) == 3

        await until(between_two_parts)
        await asyncio.to_thread(relevo.kill)
        assert len(platform.sent) == 3
        await asyncio.to_thread(relevo.start)
        await queue.emptied()
        record = await known(queue)
    assert [each[0] for each in ana.heard] == list(LETTERS)
    assert (record.state, record.in_doubt, len(record.parts)) == ("accepted", False, len(LETTERS))


@pytest.mark.parametrize(
    ("policy", "heard", "state", "parts"),
    [("retry", "abccdef", "accepted", 6), ("report", "abc", "failed", 2)],
)
async def test_the_part_under_way_is_in_doubt_and_no_other(
    tmp_path: Path,
    platform: TelegramPlatform,
    ana: Person,
    policy: str,
    heard: str,
    state: str,
    parts: int,
) -> None:
    platform.faults.add(Fault(method="sendMessage", delay=timedelta(seconds=0.5), times=None))
    async with sending(tmp_path, platform, in_doubt=policy) as (relevo, queue):
        await queue.give([long_for(ana)])

        async def the_third_is_under_way() -> bool:
            return len([None for method, _ in platform.calls if method == "sendMessage"]) == 3

        await until(the_third_is_under_way)
        await asyncio.to_thread(relevo.kill)
        # The platform does what it was asked, and nobody hears its answer.
        await until(partial(sent_so_far, platform, 3))
        await asyncio.to_thread(relevo.start)
        await queue.emptied()
        record = await known(queue)
    assert "".join(each[0] for each in ana.heard) == heard
    assert (record.state, record.in_doubt, len(record.parts)) == (state, True, parts)
