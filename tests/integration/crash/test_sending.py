"""Kill -9 while messages are sent, with the simulated platform as the judge.

The platform counts how often each message was accepted. Nothing may be lost. Nothing may be
doubled but what an account wants tried again when nobody knows, and that is counted and marked.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from gateway import loader
from gateway.api import OutboundMessage, Template, TextParameter
from gateway.bus import keys
from gateway.bus.embedded import embedded_url
from gateway.model.outbox import OutboundRecord
from gateway.testing.process import RelevoProcess
from gateway.testing.valkey import ValkeyServer
from gateway.testing.whatsapp import LENIENT, App, Timing, WhatsAppPlatform
from gateway.testing.whatsapp.faults import Fault
from tests.integration.crash.queue import Queue, queue_at
from tests.integration.outbound.scene import ACCOUNT, account

pytestmark = [pytest.mark.crash, pytest.mark.xdist_group("crash"), pytest.mark.timeout(240)]

APP = App()
EACH = 4


def accounts(platform: WhatsAppPlatform) -> str:
    return f"""
[[accounts]]
id = "{ACCOUNT}"
channel = "whatsapp"
phone_number_id = "{APP.number.phone_number_id}"
business_account_id = "{APP.number.business_account_id}"
access_token = "{APP.access_token}"
app_secret = "{APP.app_secret}"
verify_token = "{APP.verify_token}"
api_url = "{platform.api_url}"
"""


@pytest.fixture
async def platform() -> AsyncIterator[WhatsAppPlatform]:
    async with WhatsAppPlatform(app=APP, rules=LENIENT, timing=Timing(silent=True)) as made:
        made.template("hello", "Number {{1}} for you", category="UTILITY")
        made.faults.add(Fault(delay=timedelta(milliseconds=30), times=None))
        yield made


def process(folder: Path, platform: WhatsAppPlatform, **environ: str) -> RelevoProcess:
    folder.mkdir(exist_ok=True)
    hurried = {"RELEVO_OUTBOUND_LEASE_SECONDS": "2", **environ}
    return RelevoProcess(folder, accounts=accounts(platform), environ=hurried)


def queue_of(url: str, platform: WhatsAppPlatform) -> AbstractAsyncContextManager[Queue]:
    return queue_at(url, loader.load().channels["whatsapp"](account(platform)))


async def fill(queue: Queue, count: int, *, lane: Any) -> None:
    """Give messages to be sent, as fast as the platform's higher throughput allows."""
    level = keys.kept(queue.partition, ACCOUNT, "level")
    await queue.connection.client.set(level, "high")
    await queue.give(
        [
            OutboundMessage(
                account=ACCOUNT,
                to=f"3519{number % (count // EACH):08d}",
                lane=lane,
                content=Template(
                    name="hello",
                    language="en_US",
                    category="utility",
                    body=(TextParameter(text=str(number)),),
                ),
            )
            for number in range(count)
        ]
    )


async def accepted(platform: WhatsAppPlatform, count: int) -> None:
    """Wait until the platform has accepted so many."""
    give_up = time.monotonic() + 60
    while len(platform.sent) < count:
        if time.monotonic() > give_up:
            raise TimeoutError(f"{len(platform.sent)} of {count} were sent")
        await asyncio.sleep(0.002)


async def again_and_again(
    platform: WhatsAppPlatform, count: int, strike: Callable[[], object]
) -> None:
    """Strike when each of the first three fifths is accepted."""
    for fifth in range(1, 4):
        await accepted(platform, count * fifth // 5)
        await asyncio.to_thread(strike)


def doubled(platform: WhatsAppPlatform) -> set[str]:
    return {name for name, times in platform.sent.counts().items() if times > 1}


def judged_live(platform: WhatsAppPlatform, records: list[OutboundRecord]) -> None:
    """Assert that each message was sent, and twice only where that is told."""
    counts = platform.sent.counts()
    assert [each.id for each in records if not counts[each.id]] == [], "lost"
    assert {each.state for each in records} == {"accepted"}
    told = {each.id for each in records if each.in_doubt}
    assert doubled(platform) <= told, "doubled and not told"


def in_order(platform: WhatsAppPlatform) -> bool:
    """Whether each contact got its messages in order, repetitions aside."""
    seen: dict[str, int] = {}
    for each in platform.sent:
        number, to = int(each.said.split()[1]), str(each.body["to"])
        if number < seen.get(to, -1):
            return False
        seen[to] = number
    return True


@pytest.fixture
def redis_server() -> Iterator[ValkeyServer]:
    with ValkeyServer() as server:
        yield server


def killed(relevo: RelevoProcess) -> None:
    relevo.kill()
    relevo.start()


def stopped(relevo: RelevoProcess) -> None:
    assert relevo.stop() == 0
    relevo.start()


def kill_valkey(relevo: RelevoProcess) -> None:
    """Kill the embedded server, if it runs at the moment."""
    number = (relevo.data_dir / "valkey" / "valkey.lock").read_text().strip()
    if number:
        with suppress(ProcessLookupError):
            os.kill(int(number), signal.SIGKILL)


@pytest.mark.parametrize("strike", [killed, kill_valkey])
async def test_killing_again_and_again_loses_nothing_and_tells_what_it_doubles(
    tmp_path: Path,
    platform: WhatsAppPlatform,
    crash_messages: int,
    strike: Callable[[RelevoProcess], None],
) -> None:
    count = max(400, crash_messages // 10)
    with process(tmp_path, platform) as relevo:
        async with queue_of(embedded_url(relevo.data_dir), platform) as queue:
            await fill(queue, count, lane="live")
            await again_and_again(platform, count, partial(strike, relevo))
            await queue.emptied()
            judged_live(platform, await queue.records())
            assert in_order(platform)


async def test_what_is_in_doubt_is_never_doubled_in_the_bulk_lane(
    tmp_path: Path, platform: WhatsAppPlatform, crash_messages: int
) -> None:
    count = max(400, crash_messages // 10)
    with process(tmp_path, platform) as relevo:
        async with queue_of(embedded_url(relevo.data_dir), platform) as queue:
            await fill(queue, count, lane="bulk")
            await again_and_again(platform, count, partial(killed, relevo))
            await queue.emptied()
            records = await queue.records()
            counts = platform.sent.counts()
            assert doubled(platform) == set()
            states = Counter(each.state for each in records)
            assert set(states) <= {"accepted", "failed"}
            for each in records:
                if each.state == "accepted":
                    assert counts[each.id] == 1
                else:
                    assert each.in_doubt
                    assert each.failure is not None
                    assert each.failure.reason == "in_doubt"
            dead = await queue.outbox.dead(ACCOUNT, limit=count)
            assert {each.id for each in dead} == {each.id for each in records if each.in_doubt}


async def test_another_process_takes_over_when_the_owner_is_killed(
    tmp_path: Path, platform: WhatsAppPlatform, redis_server: ValkeyServer, crash_messages: int
) -> None:
    count = max(400, crash_messages // 10)
    url = f"unix://{redis_server.socket}"
    first = process(tmp_path / "first", platform, RELEVO_REDIS_URL=url)
    second = process(tmp_path / "second", platform, RELEVO_REDIS_URL=url)
    with first, second:
        async with queue_of(url, platform) as queue:
            await fill(queue, count, lane="live")
            await accepted(platform, count // 4)
            client: Any = queue.connection.client
            lease = await client.get(keys.lease(queue.partition))
            owner = first if first.metric("relevo_outbound_partition_owned") else second
            await asyncio.to_thread(owner.kill)
            sent = len(platform.sent)
            began = time.monotonic()
            await accepted(platform, sent + 1)
            assert time.monotonic() - began < 15
            await queue.emptied()
            assert await client.get(keys.lease(queue.partition)) != lease
            judged_live(platform, await queue.records())
            assert in_order(platform)


async def test_a_clean_stop_puts_nothing_in_doubt(
    tmp_path: Path, platform: WhatsAppPlatform, crash_messages: int
) -> None:
    count = max(400, crash_messages // 20)
    with process(tmp_path, platform) as relevo:
        async with queue_of(embedded_url(relevo.data_dir), platform) as queue:
            await fill(queue, count, lane="live")
            await again_and_again(platform, count, partial(stopped, relevo))
            await queue.emptied()
            records = await queue.records()
            judged_live(platform, records)
            assert doubled(platform) == set()
            assert not any(each.in_doubt for each in records)
