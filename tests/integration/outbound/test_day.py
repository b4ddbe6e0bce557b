"""A day and a night of one account, in seconds: the daemon's clock and the platform's are moved."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeAlias

import aiohttp
import msgspec
import pytest

from gateway.api import Template
from gateway.model.event import WindowOpened
from gateway.model.outbound import Fallback
from gateway.model.outbox import Refused, Submitted
from gateway.testing.whatsapp import Contact, WhatsAppPlatform
from tests.integration.outbound.scene import ANA, Scene, SimulatedTime, text

HOUR = timedelta(hours=1)
HOUR_MS = HOUR // timedelta(milliseconds=1)
BEA = "351922222222"
HELLO = Fallback(template=Template(name="hello", language="en_US", category="utility"))
CORPUS = Path(__file__).parents[2] / "corpus" / "whatsapp"

Write: TypeAlias = Callable[[str], Awaitable[None]]


@pytest.fixture
def ana(platform: WhatsAppPlatform) -> Contact:
    platform.template("hello", "Hello")
    platform.contact(BEA, name="Bea")
    return platform.contact(ANA, name="Ana")


@pytest.fixture
def write(platform: WhatsAppPlatform, ana: Contact, at: SimulatedTime) -> Write:
    """Have Ana send what somebody once sent, as it was recorded: under her number, now."""

    async def written(file: str) -> None:
        ana.writes("so that the platform's own window opens")
        body = msgspec.json.decode((CORPUS / file).read_bytes())["body"]
        value: Any = body["entry"][0]["changes"][0]["value"]
        value["metadata"]["phone_number_id"] = platform.app.number.phone_number_id
        value["contacts"][0]["wa_id"] = ANA
        seconds = at.clock() // 1000
        value["messages"][0] |= {"from": ANA, "id": f"wamid.{file}", "timestamp": str(seconds)}
        raw = msgspec.json.encode(body)
        digest = hmac.new(platform.app.app_secret.encode(), raw, sha256).hexdigest()
        headers = {"X-Hub-Signature-256": f"sha256={digest}"}
        async with (
            aiohttp.ClientSession() as client,
            client.post(platform.callback_url, data=raw, headers=headers) as answer,
        ):
            assert answer.status == 200

    return written


async def give(sending: Scene, words: str, **more: Any) -> Submitted:
    (answer,) = await sending.outbox.submit([text(words, **more)])
    return answer


async def fails(sending: Scene, answer: Submitted, reason: str) -> None:
    record = await sending.becomes(answer, "failed")
    assert record.failure is not None
    assert record.failure.reason == reason


async def test_a_window_a_day_long(
    sending: Scene, platform: WhatsAppPlatform, ana: Contact, at: SimulatedTime, write: Write
) -> None:
    began = at.clock()

    refused = await give(sending, "too early")
    assert isinstance(refused, Refused)
    assert refused.reason == "window_closed"

    await write("121-text-valid-body.json")
    (opened,) = [each for each in await sending.events() if isinstance(each, WindowOpened)]
    assert opened.window.expires_at - opened.window.opened_at == 24 * HOUR_MS
    await sending.becomes(await give(sending, "at once"), "delivered", "read")
    noon = await give(sending, "at noon", send_at=began + 6 * HOUR_MS)
    night = await give(sending, "too late", send_at=began + 25 * HOUR_MS)
    short = await give(
        sending, "never", send_at=began + 7 * HOUR_MS, expires_at=began + 8 * HOUR_MS
    )

    at.passes(6 * HOUR)
    await sending.becomes(noon, "delivered", "read")
    assert await sending.state(night) == "scheduled"

    # Past its turn and its end at once, as when nobody was there to send it.
    at.passes(3 * HOUR)
    await fails(sending, short, "expired")

    at.passes(15 * HOUR - timedelta(minutes=1))
    assert (await sending.outbox.window("wa-main", ANA)).open
    await sending.becomes(await give(sending, "just in time"), "delivered", "read")

    # Refused for now while the window is open; it is closed when the next try comes.
    platform.fail_next(131016)
    late = await give(sending, "tried again")

    async def tried() -> bool:
        return bool((await sending.record(late)).attempts)

    await sending.until(tried)
    at.passes(2 * timedelta(minutes=1))
    await fails(sending, late, "window_closed")
    assert not (await sending.outbox.window("wa-main", ANA)).open
    assert isinstance(await give(sending, "closed"), Refused)

    instead = await give(sending, "news", on_closed_window="template", fallback=HELLO)
    record = await sending.becomes(instead, "delivered", "read")
    assert record.fallback
    held = await give(sending, "held", on_closed_window="hold", fallback=HELLO)
    brief = await give(
        sending,
        "held shortly",
        on_closed_window="hold",
        fallback=HELLO,
        expires_at=at.clock() + HOUR_MS,
    )
    forgotten = await give(sending, "no answer", to=BEA, on_closed_window="hold", fallback=HELLO)
    for each in (held, brief, forgotten):
        await sending.becomes(each, "held")

    at.passes(2 * HOUR)
    await fails(sending, brief, "hold_expired")
    await fails(sending, night, "window_closed")
    assert await sending.state(held) == "held"

    await write("024-button.json")
    await sending.becomes(held, "delivered", "read")
    opened_again = [each for each in await sending.events() if isinstance(each, WindowOpened)]
    assert len(opened_again) == 2
    await platform.settled()
    assert [each.said for each in ana.inbox] == [
        "at once",
        "at noon",
        "just in time",
        "Hello",
        "Hello",
        "held",
    ]

    at.passes(72 * HOUR)
    await fails(sending, forgotten, "hold_expired")
    (state,) = await sending.outbox.accounts()
    assert (state.live, state.bulk, state.held, state.scheduled) == (0, 0, 0, 0)
