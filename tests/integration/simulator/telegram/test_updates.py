"""How updates come: by getUpdates, by webhook, one or the other."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp
import msgspec
import pytest

from gateway.api import Contacts, Image, MessageReceived, WebhookRequest
from gateway.testing.telegram import Person, RetrySchedule, TelegramPlatform
from gateway.testing.telegram.chats import Update
from gateway_telegram.channel import TelegramChannel
from tests.integration.simulator.conftest import Receive
from tests.integration.simulator.telegram.conftest import Caller
from tests.plugins.telegram.simulated import bot_of
from tests.waiting import until

SECRET = "s3cret_of-the-webhook"  # noqa: S105 - of no value
SOON = RetrySchedule(scale=0.001)


def numbers(updates: list[dict[str, Any]]) -> list[int]:
    return [each["update_id"] for each in updates]


async def test_what_happened_waits_until_it_is_asked_for(
    platform: TelegramPlatform, ana: Person, call: Caller
) -> None:
    posted = platform.post(ana.writes("um"), ana.writes("dois"))
    updates = await call.result("getUpdates")
    assert numbers(updates) == posted
    assert updates[0]["message"]["text"] == "um"
    assert updates[1]["message"]["message_id"] == updates[0]["message"]["message_id"] + 1


async def test_an_album_is_a_picture_each_and_a_shared_number_is_a_contact(
    platform: TelegramPlatform, ana: Person
) -> None:
    def read(update: Update) -> MessageReceived:
        body = msgspec.json.encode({"update_id": 1, update.kind: update.body})
        request = WebhookRequest(body=body, received_at=1)
        (event,) = TelegramChannel(bot_of(platform)).parse(request)
        assert isinstance(event, MessageReceived)
        return event

    first, second = (read(each) for each in ana.sends_album(b"one", b"two", caption="Praia"))
    assert isinstance(first.message.content, Image)
    assert isinstance(second.message.content, Image)
    assert (first.message.content.caption, second.message.content.caption) == ("Praia", None)
    assert first.message.album == second.message.album is not None
    shared = read(ana.shares_number("+351911111111")).message.content
    assert isinstance(shared, Contacts)
    assert "351911111111" in str(shared)


async def test_an_offset_confirms_what_is_before_it(
    platform: TelegramPlatform, ana: Person, call: Caller
) -> None:
    first, second, third = platform.post(*(ana.writes(each) for each in "abc"))
    assert numbers(await call.result("getUpdates", limit=2)) == [first, second]
    assert numbers(await call.result("getUpdates", offset=second)) == [second, third]
    assert numbers(await call.result("getUpdates")) == [second, third]  # asking confirms nothing
    assert numbers(await call.result("getUpdates", offset=-1)) == [third]
    assert await call.result("getUpdates", offset=third + 1) == []
    assert not platform.updates.pending


async def test_asking_waits_for_what_comes(
    platform: TelegramPlatform, ana: Person, call: Caller
) -> None:
    asked = asyncio.create_task(call.result("getUpdates", timeout=20))
    await until(lambda: bool(platform.called("getUpdates")))
    (number,) = platform.post(ana.writes("Olá"))
    assert numbers(await asked) == [number]


async def test_only_one_may_ask(platform: TelegramPlatform, call: Caller) -> None:
    asked = asyncio.create_task(call("getUpdates", timeout=20))
    await until(lambda: bool(platform.called("getUpdates")))
    assert await call.result("getUpdates") == []
    assert "409 Conflict: terminated by other getUpdates request" in _told(await asked)


async def test_nobody_may_ask_while_there_is_a_webhook(
    call: Caller, ana: Person, platform: TelegramPlatform
) -> None:
    await call.result("setWebhook", url="http://127.0.0.1:9/")
    assert "while webhook is active" in await call.refusal("getUpdates")
    platform.post(ana.writes("Olá"))
    await call.result("deleteWebhook")
    assert len(await call.result("getUpdates")) == 1  # what was not delivered is still there


async def test_kinds_that_nobody_asked_for_do_not_come(
    platform: TelegramPlatform, ana: Person, call: Caller
) -> None:
    await call.result("sendMessage", chat_id=ana.id, text="Olá")
    like = ana.reacts(ana.inbox[0], "👍")
    assert platform.post(like) == []
    await call.result("getUpdates", allowed_updates=["message_reaction"])
    assert len(platform.post(like, ana.writes("Olá"))) == 1
    await call.result("getUpdates", allowed_updates=[])
    assert len(platform.post(like, ana.writes("Olá"))) == 1


async def test_a_webhook_gets_every_update_with_the_secret_until_it_answers_200(
    receive: Receive, http: aiohttp.ClientSession
) -> None:
    receiver = await receive(503, 200)
    async with TelegramPlatform(schedule=SOON) as platform:
        call, ana = Caller(http, platform), platform.person("Ana")
        (number,) = platform.post(ana.starts("promo"))  # before there is a webhook
        await call.result("setWebhook", url=receiver.url, secret_token=SECRET)
        await platform.settled()
        assert [json.loads(body)["update_id"] for _, body in receiver.requests] == [number] * 2
        headers, body = receiver.requests[0]
        assert headers["X-Telegram-Bot-Api-Secret-Token"] == SECRET
        assert json.loads(body)["message"]["text"] == "/start promo"
        assert not platform.updates.pending
        assert platform.ledger.confirmed_ids() == {str(number)}


async def test_telegram_tells_how_its_webhook_does(
    platform: TelegramPlatform, ana: Person, call: Caller
) -> None:
    assert await call.result("getWebhookInfo") == {
        "url": "",
        "has_custom_certificate": False,
        "pending_update_count": 0,
    }
    await call.result("setWebhook", url="http://127.0.0.1:9/", allowed_updates=["message"])
    platform.post(ana.writes("Olá"))
    await until(lambda: any(each.attempts for each in platform.ledger.deliveries))
    info = await call.result("getWebhookInfo")
    assert (info["url"], info["pending_update_count"]) == ("http://127.0.0.1:9/", 1)
    assert info["allowed_updates"] == ["message"]
    assert info["last_error_message"] == "Connection refused"
    await call.result("setWebhook", url="", drop_pending_updates=True)
    assert (await call.result("getWebhookInfo"))["pending_update_count"] == 0


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"url": "http://chat.example/"}, "An HTTPS URL must be provided"),
        ({"url": "https://chat.example:8080/"}, "only on ports 80, 88, 443 or 8443"),
        ({"url": "here"}, "invalid webhook URL"),
        ({"url": "https://chat.example/", "secret_token": "ñ"}, "unallowed characters"),
    ],
)
async def test_telegrams_own_servers_post_to_few_addresses(
    given: dict[str, str], told: str, http: aiohttp.ClientSession
) -> None:
    async with TelegramPlatform(strict=True) as platform:
        assert told in await Caller(http, platform).refusal("setWebhook", **given)


def _told(answer: dict[str, Any]) -> str:
    return f"{answer['error_code']} {answer['description']}"
