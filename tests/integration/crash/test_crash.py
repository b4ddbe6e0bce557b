"""Kill -9 in the middle of load, with the simulated platform as the judge.

Whatever the platform was ever answered 200 for must be on the stream, exactly once; and since the
platform tries again what was not, everything posted is there in the end.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from redis import Redis

from gateway.bus import keys
from gateway.bus.embedded import embedded_url
from gateway.codec.stream import decode
from gateway.model.event import MessageReceived, MessageStatus
from gateway.testing.delivery import RetrySchedule
from gateway.testing.process import RelevoProcess
from gateway.testing.whatsapp import App, WhatsAppPlatform

pytestmark = [pytest.mark.crash, pytest.mark.xdist_group("crash")]

APP = App()
ACCOUNT = f"""
[[accounts]]
id = "wa-main"
channel = "whatsapp"
phone_number_id = "{APP.number.phone_number_id}"
business_account_id = "{APP.number.business_account_id}"
access_token = "{APP.access_token}"
app_secret = "{APP.app_secret}"
verify_token = "{APP.verify_token}"
"""
# Meta's way of trying again, a thousand times faster.
HURRIED = RetrySchedule(
    first_wait=timedelta(seconds=50), longest_wait=timedelta(seconds=500), scale=0.001
)


@pytest.fixture
def relevo(tmp_path: Path) -> Iterator[RelevoProcess]:
    with RelevoProcess(tmp_path, accounts=ACCOUNT) as process:
        yield process


@pytest.fixture
async def platform(relevo: RelevoProcess) -> AsyncIterator[WhatsAppPlatform]:
    callback = f"{relevo.public_url}/webhooks/whatsapp/wa-main"
    async with WhatsAppPlatform(
        callback_url=callback, app=APP, schedule=HURRIED, timeout=timedelta(seconds=10)
    ) as made:
        yield made


async def load(
    platform: WhatsAppPlatform,
    messages: int,
    *,
    copies: int = 1,
    passed: Callable[[int], None] = lambda _: None,
) -> None:
    """Post messages and their statuses in webhooks of 1 to 20 updates, 50 at a time.

    ``passed`` is told how many were handed out so far.
    """
    random = Random(7)  # noqa: S311 - the same load every time
    contacts = [platform.contact(f"3519{n:08d}", name=f"Contact {n}") for n in range(50)]
    gate = asyncio.Semaphore(50)

    async def post(size: int) -> None:
        updates = []
        for number in range(size):
            contact = random.choice(contacts)
            if number % 4 == 3:
                updates.append(contact.status(contact.outbound_id(), "delivered"))
            else:
                updates.append(contact.writes(f"message {number}"))
        try:
            await platform.deliver(platform.webhook(*updates), copies=copies)
        finally:
            gate.release()

    posted = 0
    async with asyncio.TaskGroup() as group:
        while posted < messages:
            size = min(random.randint(1, 20), messages - posted)
            posted += size
            await gate.acquire()
            group.create_task(post(size))
            passed(posted)


async def under_load(
    platform: WhatsAppPlatform,
    messages: int,
    strike: Callable[[], Awaitable[None]],
    *,
    strikes: int,
    copies: int = 1,
) -> None:
    """Load, strike at even steps of it, on a fast machine as on a slow one, and wait for the end."""
    due = asyncio.Semaphore(0)
    step = messages // (strikes + 1)
    told = 0

    def passed(posted: int) -> None:
        nonlocal told
        while told < strikes and posted >= (told + 1) * step:
            told += 1
            due.release()

    async with asyncio.TaskGroup() as group:
        group.create_task(load(platform, messages, copies=copies, passed=passed))
        for _ in range(strikes):
            await due.acquire()
            await strike()


def kill_valkey(relevo: RelevoProcess) -> None:
    """Kill the embedded server, if it runs at the moment."""
    process = (relevo.data_dir / "valkey" / "valkey.lock").read_text().strip()
    if process:
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(process), signal.SIGKILL)


def on_the_streams(relevo: RelevoProcess) -> Counter[str]:
    """Return what is on the streams, named as the platform's ledger names it."""
    found: Counter[str] = Counter()
    url = embedded_url(relevo.data_dir)
    with Redis.from_url(url, protocol=2) as client:
        for partition in range(8):
            for _, fields in client.xrange(keys.events(partition)):
                match decode(fields[b"data"]):
                    case MessageReceived(message=message):
                        found[message.platform_id] += 1
                    case MessageStatus(status=status):
                        found[f"{status.platform_id}:{status.status}"] += 1
                    case _:
                        pass
    return found


def judged(platform: WhatsAppPlatform, relevo: RelevoProcess, messages: int) -> None:
    """Assert that everything posted is there, once."""
    relevo.wait_until_drained()
    found = on_the_streams(relevo)
    posted = platform.ledger.posted_ids()
    assert len(posted) == messages
    assert posted - set(found) == set(), "lost"
    assert {each: count for each, count in found.items() if count > 1} == {}, "doubled"
    assert set(found) == posted, "invented"


async def test_killing_the_daemon_again_and_again_loses_and_doubles_nothing(
    relevo: RelevoProcess, platform: WhatsAppPlatform, crash_messages: int
) -> None:
    async def strike() -> None:
        await asyncio.to_thread(relevo.kill)
        await asyncio.to_thread(relevo.start)

    await under_load(platform, crash_messages, strike, strikes=5)
    judged(platform, relevo, crash_messages)


async def test_killing_valkey_again_and_again_loses_and_doubles_nothing(
    relevo: RelevoProcess, platform: WhatsAppPlatform, crash_messages: int
) -> None:
    async def strike() -> None:
        kill_valkey(relevo)

    await under_load(platform, crash_messages, strike, strikes=5)
    judged(platform, relevo, crash_messages)


async def test_parallel_redelivery_while_both_are_killed_makes_each_event_once(
    relevo: RelevoProcess, platform: WhatsAppPlatform, crash_messages: int
) -> None:
    async def strike() -> None:
        kill_valkey(relevo)
        await asyncio.to_thread(relevo.kill)
        await asyncio.to_thread(relevo.start)

    messages = crash_messages // 2
    await under_load(platform, messages, strike, strikes=4, copies=3)
    judged(platform, relevo, messages)


async def test_stopping_in_the_middle_of_load_loses_nothing_that_was_answered(
    relevo: RelevoProcess, platform: WhatsAppPlatform
) -> None:
    async def strike() -> None:
        assert await asyncio.to_thread(relevo.stop) == 0
        await asyncio.to_thread(relevo.start)

    await under_load(platform, 5000, strike, strikes=5)
    judged(platform, relevo, 5000)
