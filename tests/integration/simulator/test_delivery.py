from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, TypeAlias

import pytest

from gateway.testing.whatsapp import App, RetrySchedule, WhatsAppPlatform

Receive: TypeAlias = Callable[..., Awaitable[Any]]

APP = App()

SOON = RetrySchedule(scale=0.001)
"""Five seconds become five milliseconds."""


async def test_a_webhook_is_signed_over_its_raw_bytes(receive: Receive) -> None:
    gateway = await receive()
    async with WhatsAppPlatform(callback_url=gateway.url, app=APP) as platform:
        ana = platform.contact("351911111111", name="Ana Müller")
        await platform.post(ana.writes("¿Tenéis açaí? 🙂"))
    [(headers, body)] = gateway.requests
    expected = hmac.new(APP.app_secret.encode(), body, hashlib.sha256).hexdigest()
    assert headers["X-Hub-Signature-256"] == f"sha256={expected}"
    assert headers["Content-Type"] == "application/json"


async def test_text_is_escaped_as_the_platform_escapes_it(receive: Receive) -> None:
    gateway = await receive()
    async with WhatsAppPlatform(callback_url=gateway.url) as platform:
        ana = platform.contact("351911111111", name="Ana")
        await platform.post(ana.writes("ñ 🙂 a/b"))
    [(_, body)] = gateway.requests
    assert body.isascii()
    assert b'"\\u00f1 \\ud83d\\ude42 a\\/b"' in body
    value = json.loads(body)["entry"][0]["changes"][0]["value"]
    assert value["messages"][0]["text"] == {"body": "ñ 🙂 a/b"}


async def test_anything_but_200_is_posted_again_until_it_is_200(receive: Receive) -> None:
    gateway = await receive(503, 500, 204, 302, 403)
    async with WhatsAppPlatform(callback_url=gateway.url, schedule=SOON) as platform:
        ana = platform.contact("351911111111", name="Ana")
        delivery = await platform.post(ana.writes("hi"))
    assert delivery.statuses == [503, 500, 204, 302, 403, 200]
    assert len({body for _, body in gateway.requests}) == 1


async def test_a_webhook_nobody_takes_is_given_up_in_the_end(receive: Receive) -> None:
    gateway = await receive(*[503] * 100)
    short = RetrySchedule(gives_up_after=timedelta(seconds=40), scale=0.001)
    async with WhatsAppPlatform(callback_url=gateway.url, schedule=short) as platform:
        message = platform.contact("351911111111", name="Ana").writes("hi")
        delivery = await platform.post(message)
    # The first, one at once, then after 5, 10 and 20 seconds of its own time.
    assert delivery.statuses == [503] * 5
    assert not delivery.confirmed
    assert platform.ledger.confirmed_ids() == set()


async def test_a_gateway_that_is_away_counts_as_unanswered() -> None:
    short = RetrySchedule(gives_up_after=timedelta(0), scale=0.001)
    async with WhatsAppPlatform(callback_url="http://127.0.0.1:9/", schedule=short) as platform:
        delivery = await platform.post(platform.contact("351911111111", name="Ana").writes("hi"))
    assert delivery.statuses == [None, None]
    assert "ClientConnectorError" in str(delivery.attempts[0].error)


async def test_a_gateway_that_is_too_slow_counts_as_unanswered(receive: Receive) -> None:
    gateway = await receive()
    gateway.hold = 5.0
    short = RetrySchedule(gives_up_after=timedelta(0))
    async with WhatsAppPlatform(
        callback_url=gateway.url, schedule=short, timeout=timedelta(seconds=0.05)
    ) as platform:
        delivery = await platform.post(platform.contact("351911111111", name="Ana").writes("hi"))
    assert delivery.statuses == [None, None]


async def test_copies_are_posted_in_parallel_and_are_the_same_bytes(receive: Receive) -> None:
    gateway = await receive()
    gateway.hold = 0.05
    async with WhatsAppPlatform(callback_url=gateway.url) as platform:
        ana = platform.contact("351911111111", name="Ana")
        delivery = await platform.post(ana.writes("hi"), copies=4)
    assert gateway.at_most == 4
    assert len({body for _, body in gateway.requests}) == 1
    assert sorted(each.copy for each in delivery.attempts) == [0, 1, 2, 3]


async def test_the_ledger_tells_what_was_ever_answered_200(receive: Receive) -> None:
    gateway = await receive(503, 503)
    never = RetrySchedule(gives_up_after=timedelta(0))
    async with WhatsAppPlatform(callback_url=gateway.url, schedule=never) as platform:
        ana = platform.contact("351911111111", name="Ana")
        lost, kept = ana.writes("lost"), ana.writes("kept")
        read = ana.status("wamid.OUT", "read")
        await platform.post(lost)
        await platform.post(kept, read)
        ledger = platform.ledger
    assert ledger.posted_ids() == {lost.platform_id, kept.platform_id, "wamid.OUT:read"}
    assert ledger.confirmed_ids() == {kept.platform_id, "wamid.OUT:read"}
    assert ledger.statuses() == {503: 2, 200: 1}


async def test_background_deliveries_can_be_waited_for(receive: Receive) -> None:
    gateway = await receive(503, 503, 503)
    async with WhatsAppPlatform(callback_url=gateway.url, schedule=SOON) as platform:
        ana = platform.contact("351911111111", name="Ana")
        started = [platform.start(platform.webhook(ana.writes(str(n)))) for n in range(10)]
        assert not any(each.confirmed for each in started)
        await platform.settled()
        assert all(each.confirmed for each in started)
    assert platform.ledger.statuses() == {503: 3, 200: 10}


async def test_leaving_abandons_what_is_still_under_way(receive: Receive) -> None:
    gateway = await receive(*[503] * 10)
    async with WhatsAppPlatform(callback_url=gateway.url) as platform:
        ana = platform.contact("351911111111", name="Ana")
        delivery = platform.start(platform.webhook(ana.writes("hi")))
    assert not delivery.confirmed


@pytest.mark.parametrize("limit", [1, 3])
async def test_no_more_than_the_allowed_connections_are_open(receive: Receive, limit: int) -> None:
    gateway = await receive()
    gateway.hold = 0.01
    async with WhatsAppPlatform(callback_url=gateway.url, connections=limit) as platform:
        ana = platform.contact("351911111111", name="Ana")
        for number in range(9):
            platform.start(platform.webhook(ana.writes(str(number))))
        await platform.settled()
    assert gateway.at_most == limit
