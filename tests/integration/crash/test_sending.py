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
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway import loader
from gateway.api import OutboundMessage, Template, TextParameter
from gateway.bus import keys
from gateway.bus.connection import Connection
from gateway.bus.embedded import embedded_url
from gateway.bus.wire import Wire
from gateway.edge.outbound.outbox import Outbox
from gateway.edge.outbound.shelves import Shelves
from gateway.errors import RedisUnavailable
from gateway.model.outbox import Accepted, OutboundRecord
from gateway.testing.process import RelevoProcess
from gateway.testing.valkey import ValkeyServer
from gateway.testing.whatsapp import LENIENT, App, Timing, WhatsAppPlatform
from gateway.testing.whatsapp.faults import Fault
from tests.integration.outbound.scene import ACCOUNT, account

pytestmark = [pytest.mark.crash, pytest.mark.xdist_group("crash"), pytest.mark.timeout(240)]

APP = App()
EACH = 4
PARTITIONS = 8


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


@asynccontextmanager
async def queue_at(url: str, platform: WhatsAppPlatform) -> AsyncIterator[Queue]:
    """Open the queue of a Redis."""
    connection = Connection(url)
    queue = Queue(connection, platform)
    try:
        yield queue
    finally:
        for wire in queue.wires:
            wire.close()
        await connection.close()


class Queue:
    """What is given to be sent, and how far it is."""

    def __init__(self, connection: Connection, platform: WhatsAppPlatform) -> None:
        self.connection = connection
        channel = loader.load().channels["whatsapp"](account(platform))
        self.wires = [
            Wire(number, locator=self.connection, timeout_seconds=5, guard=self._fine)
            for number in range(PARTITIONS)
        ]
        self.outbox = Outbox(
            {ACCOUNT: channel},
            shelves=Shelves({}, {}),
            wires=self.wires,
            record_seconds=3600,
            clock=lambda: time.time_ns() // 1_000_000,
        )
        self.ids: list[str] = []

    async def _fine(self) -> None:
        return

    async def fill(self, count: int, *, lane: Any) -> None:
        """Give messages to be sent, as fast as the platform's higher throughput allows."""
        level = keys.kept(keys.partition_of(ACCOUNT, PARTITIONS), ACCOUNT, "level")
        await self.connection.client.set(level, "high")
        answers = await self.outbox.submit(
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
        self.ids += [each.id for each in answers if isinstance(each, Accepted)]
        assert len(self.ids) == count

    async def emptied(self) -> None:
        """Wait until nothing waits any more."""
        give_up = time.monotonic() + 120
        while time.monotonic() < give_up:
            with suppress(RedisUnavailable):
                (state,) = await self.outbox.accounts()
                if state.live == state.bulk == 0:
                    return
            await asyncio.sleep(0.1)
        raise TimeoutError(f"still waiting: {state}")

    async def records(self) -> list[OutboundRecord]:
        found = [await self.outbox.record(each) for each in self.ids]
        assert None not in found
        return [each for each in found if each is not None]


async def accepted(platform: WhatsAppPlatform, count: int) -> None:
    """Wait until the platform has accepted so many."""
    give_up = time.monotonic() + 60
    while len(platform.sent) < count:
        if time.monotonic() > give_up:
            raise TimeoutError(f"{len(platform.sent)} of {count} were sent")
        await asyncio.sleep(0.002)


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


async def test_killing_the_sender_again_and_again_loses_nothing_and_tells_what_it_doubles(
    tmp_path: Path, platform: WhatsAppPlatform, crash_messages: int
) -> None:
    count = max(400, crash_messages // 10)
    with process(tmp_path, platform) as relevo:
        async with queue_at(embedded_url(relevo.data_dir), platform) as queue:
            await queue.fill(count, lane="live")
            for strike in range(1, 4):
                await accepted(platform, count * strike // 5)
                await asyncio.to_thread(relevo.kill)
                await asyncio.to_thread(relevo.start)
            await queue.emptied()
            records = await queue.records()
            judged_live(platform, records)
            assert in_order(platform)


async def test_what_is_in_doubt_is_never_doubled_in_the_bulk_lane(
    tmp_path: Path, platform: WhatsAppPlatform, crash_messages: int
) -> None:
    count = max(400, crash_messages // 10)
    with process(tmp_path, platform) as relevo:
        async with queue_at(embedded_url(relevo.data_dir), platform) as queue:
            await queue.fill(count, lane="bulk")
            for strike in range(1, 4):
                await accepted(platform, count * strike // 5)
                await asyncio.to_thread(relevo.kill)
                await asyncio.to_thread(relevo.start)
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
        async with queue_at(url, platform) as queue:
            await queue.fill(count, lane="live")
            await accepted(platform, count // 4)
            partition = keys.partition_of(ACCOUNT, PARTITIONS)
            client: Any = queue.connection.client
            lease = await client.get(keys.lease(partition))
            owner = first if first.metric("relevo_outbound_partition_owned") else second
            await asyncio.to_thread(owner.kill)
            sent = len(platform.sent)
            began = time.monotonic()
            await accepted(platform, sent + 1)
            assert time.monotonic() - began < 15
            await queue.emptied()
            assert await client.get(keys.lease(partition)) != lease
            judged_live(platform, await queue.records())
            assert in_order(platform)


async def test_killing_valkey_again_and_again_loses_and_doubles_nothing(
    tmp_path: Path, platform: WhatsAppPlatform, crash_messages: int
) -> None:
    count = max(400, crash_messages // 10)
    with process(tmp_path, platform) as relevo:
        async with queue_at(embedded_url(relevo.data_dir), platform) as queue:
            await queue.fill(count, lane="live")
            for strike in range(1, 4):
                await accepted(platform, count * strike // 5)
                kill_valkey(relevo)
            await queue.emptied()
            judged_live(platform, await queue.records())
            assert in_order(platform)


async def test_a_clean_stop_puts_nothing_in_doubt(
    tmp_path: Path, platform: WhatsAppPlatform, crash_messages: int
) -> None:
    count = max(400, crash_messages // 20)
    with process(tmp_path, platform) as relevo:
        async with queue_at(embedded_url(relevo.data_dir), platform) as queue:
            await queue.fill(count, lane="live")
            for strike in range(1, 3):
                await accepted(platform, count * strike // 4)
                assert await asyncio.to_thread(relevo.stop) == 0
                await asyncio.to_thread(relevo.start)
            await queue.emptied()
            records = await queue.records()
            judged_live(platform, records)
            assert doubled(platform) == set()
            assert not any(each.in_doubt for each in records)


def kill_valkey(relevo: RelevoProcess) -> None:
    """Kill the embedded server, if it runs at the moment."""
    number = (relevo.data_dir / "valkey" / "valkey.lock").read_text().strip()
    if number:
        with suppress(ProcessLookupError):
            os.kill(int(number), signal.SIGKILL)
