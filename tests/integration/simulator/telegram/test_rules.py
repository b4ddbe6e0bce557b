"""What Telegram takes and refuses, in its words."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from gateway.testing.telegram import LENIENT, Fault, Person, TelegramPlatform
from gateway.testing.telegram.errors import BotApiError
from gateway.testing.telegram.flood import Flood, Rules
from tests.integration.simulator.telegram.conftest import Caller

BUTTON = {"text": "Sim", "callback_data": "yes"}


def keyboard(*buttons: dict[str, Any]) -> dict[str, Any]:
    return {"reply_markup": {"inline_keyboard": [list(buttons)]}}


BAD: list[tuple[str, dict[str, Any], str]] = [
    ("sendMessage", {"text": " "}, "400 Bad Request: message text is empty"),
    ("sendMessage", {"text": "👍" * 2049}, "400 Bad Request: message is too long"),
    ("sendMessage", {"text": "a", "chat_id": ""}, "400 Bad Request: chat_id is empty"),
    ("sendMessage", {"text": "a", "chat_id": 1}, "400 Bad Request: chat not found"),
    (
        "sendMessage",
        {"text": "a", "reply_parameters": {"message_id": 1}},
        "400 Bad Request: message to be replied not found",
    ),
    (
        "sendMessage",
        {"text": "ab", "entities": [{"type": "bold", "offset": 1, "length": 2}]},
        "can't parse entities",
    ),
    ("sendMessage", {"text": "a", "entities": [{"type": "blink"}]}, "unsupported type"),
    (
        "sendMessage",
        {"text": "a", **keyboard({"text": "b", "callback_data": "x" * 65})},
        "400 Bad Request: BUTTON_DATA_INVALID",
    ),
    ("sendMessage", {"text": "a", **keyboard({"text": "b"})}, "Text buttons are unallowed"),
    ("sendMessage", {"text": "a", **keyboard({"text": "b", "url": "x"})}, "Wrong HTTP URL"),
    ("sendMessage", {"text": "a", **keyboard(*[BUTTON] * 101)}, "reply markup is too long"),
    ("sendMessage", {"text": "a", "message_thread_id": 7}, "message thread not found"),
    (
        "sendMessage",
        {"text": "a", "business_connection_id": "C1"},
        "400 Bad Request: BUSINESS_CONNECTION_INVALID",
    ),
    ("sendPhoto", {}, "there is no photo in the request"),
    ("sendPhoto", {"photo": "nonsense"}, "wrong remote file identifier"),
    ("sendPhoto", {"photo": "https://x/", "caption": "x" * 1025}, "caption is too long"),
    ("sendVideoNote", {"video_note": "https://x/"}, "by a URL is unsupported"),
    ("sendLocation", {"latitude": 91, "longitude": 0}, "wrong latitude or longitude"),
    ("sendVenue", {"latitude": 1, "longitude": 0, "title": "a"}, "must be non-empty"),
    ("sendContact", {"phone_number": "1"}, "first name must be non-empty"),
    ("sendPoll", {"question": "a", "options": []}, "at least 1"),
    ("sendDice", {"emoji": "🐍"}, "invalid dice emoji"),
    ("sendChatAction", {"action": "sleeping"}, "wrong parameter action"),
    ("sendMediaGroup", {"media": [{}]}, "wrong number of media"),
    ("editMessageText", {"text": "a", "message_id": 1}, "message to edit not found"),
    ("deleteMessage", {"message_id": 1}, "message to delete not found"),
    (
        "answerCallbackQuery",
        {"callback_query_id": "1"},
        "query is too old and response timeout expired or query ID is invalid",
    ),
    ("getFile", {"file_id": "1"}, "invalid file_id"),
    ("dance", {}, "404 Not Found: method not found"),
]


@pytest.mark.parametrize(("method", "given", "told"), BAD)
async def test_what_is_wrong_is_refused_as_telegram_words_it(
    method: str, given: dict[str, Any], told: str, call: Caller, ana: Person
) -> None:
    assert told in await call.refusal(method, **{"chat_id": ana.id, **given})
    assert ana.inbox == []


async def test_a_message_says_what_it_is_and_arrives(call: Caller, ana: Person) -> None:
    sent = await call.result("sendMessage", chat_id=ana.id, text="Olá", **keyboard(BUTTON))
    assert sent["chat"]["id"] == ana.id
    assert sent["from"]["is_bot"]
    assert ana.heard == ["Olá"]
    assert ana.inbox[0].buttons == {"Sim": "yes"}


async def test_the_same_edit_is_none(call: Caller, ana: Person) -> None:
    sent = await call.result("sendMessage", chat_id=ana.id, text="a")
    same = {"chat_id": ana.id, "message_id": sent["message_id"], "text": "a"}
    assert "message is not modified" in await call.refusal("editMessageText", **same)
    assert (await call.result("editMessageText", **{**same, "text": "b"}))["edit_date"]


async def test_a_tap_is_answered_once(
    platform: TelegramPlatform, call: Caller, ana: Person
) -> None:
    await call.result("sendMessage", chat_id=ana.id, text="Sim?", **keyboard(BUTTON))
    with pytest.raises(LookupError, match="no button 'Não'"):
        ana.taps(ana.inbox[0], "Não")
    platform.post(ana.taps(ana.inbox[0], "Sim"))
    (update,) = await call.result("getUpdates")
    assert update["callback_query"]["data"] == "yes"
    query = update["callback_query"]["id"]
    assert await call.result("answerCallbackQuery", callback_query_id=query, text="Já vai")
    assert platform.queries.answers[query]["text"] == "Já vai"
    assert "query is too old" in await call.refusal("answerCallbackQuery", callback_query_id=query)


async def test_a_file_is_asked_for_and_fetched(
    platform: TelegramPlatform, call: Caller, ana: Person, http: aiohttp.ClientSession
) -> None:
    platform.post(ana.sends_photo(b"a picture", caption="isto"))
    (update,) = await call.result("getUpdates")
    file = await call.result("getFile", file_id=update["message"]["photo"][-1]["file_id"])
    url = f"{platform.api_url}/file/bot{platform.token}/{file['file_path']}"
    async with http.get(url) as answer:
        assert await answer.read() == b"a picture"
    async with http.get(f"{url}x") as answer:
        assert answer.status == 404
    huge = ana.sends_file("document", b"x", size_bytes=21 << 20).body["document"]["file_id"]
    assert "file is too big" in await call.refusal("getFile", file_id=huge)


async def test_who_may_not_be_written_to(
    platform: TelegramPlatform, call: Caller, ana: Person
) -> None:
    async def told(chat: int) -> str:
        return await call.refusal("sendMessage", chat_id=chat, text="a")

    stranger = platform.person("Noa")
    assert await told(stranger.id) == "403 Forbidden: bot can't initiate conversation with a user"
    ana.blocks()
    assert await told(ana.id) == "403 Forbidden: bot was blocked by the user"
    ana.unblocks()
    ana.chat.deactivated = True
    assert await told(ana.id) == "403 Forbidden: user is deactivated"
    group = platform.group("Padaria", basic=True)
    group.muted = True
    assert "not enough rights" in await told(group.id)
    new = platform.upgrade(group)
    answer = await call("sendMessage", chat_id=group.id, text="a")
    assert answer["parameters"] == {"migrate_to_chat_id": new.id}
    new.blocked = True
    assert await told(new.id) == "403 Forbidden: bot was kicked from the supergroup chat"


@pytest.mark.parametrize(
    ("token", "told"), [("1:wrong", "401 Unauthorized"), ("none", "404 Not Found")]
)
async def test_a_wrong_token_is_refused(
    token: str, told: str, platform: TelegramPlatform, http: aiohttp.ClientSession
) -> None:
    async with http.get(f"{platform.api_url}/bot{token}/getMe") as answer:
        body = await answer.json()
    assert f"{answer.status} {body['description']}" == told


async def test_parameters_come_in_every_way(
    platform: TelegramPlatform, ana: Person, http: aiohttp.ClientSession
) -> None:
    url = f"{platform.api_url}/bot{platform.token}/SendMessage"
    given = {"chat_id": str(ana.id), "text": "a", "reply_markup": '{"inline_keyboard": []}'}
    form = aiohttp.FormData(given)
    form.add_field("ignored", b"x", filename="x")
    for way in ({"params": given}, {"data": given}, {"json": given}, {"data": form}):
        async with http.post(url, **way) as answer:
            assert answer.status == 200
    assert ana.heard == ["a"] * 4


async def test_faults_come_first_and_are_counted(
    platform: TelegramPlatform, call: Caller, ana: Person
) -> None:
    platform.fail_next(500, "Internal Server Error", method="sendMessage", chat=ana.id)
    assert await call.result("getMe")
    hello = {"chat_id": ana.id, "text": "a"}
    assert await call.refusal("sendMessage", **hello) == "500 Internal Server Error"
    platform.faults.add(Fault(delay=timedelta(milliseconds=1)))
    assert await call.result("sendMessage", **hello)
    platform.drop_next("after")
    with pytest.raises(aiohttp.ClientError):
        await call.result("sendMessage", **hello)
    assert len(ana.inbox) == 2


def flood(rules: Rules, chats: list[int], *, every: float) -> list[int | None]:
    """Return for each message how long it must wait, or None."""
    found: list[int | None] = []
    control, now = Flood(rules), 1000.0
    for chat in chats:
        now += every
        try:
            control.count(chat, now)
        except BotApiError as refused:
            found.append(refused.parameters["retry_after"])
        else:
            found.append(None)
    return found


def test_a_chat_takes_a_short_burst_and_then_one_a_second() -> None:
    assert flood(Rules(), [1] * 6, every=0.0) == [None] * 5 + [1]
    assert flood(Rules(), [1] * 60, every=1.0) == [None] * 60


def test_a_group_takes_twenty_a_minute() -> None:
    assert flood(Rules(), [-1] * 21, every=1.0) == [None] * 20 + [40]


def test_a_bot_may_say_thirty_things_a_second() -> None:
    assert flood(Rules(), list(range(1, 32)), every=0.0) == [None] * 30 + [1]
    assert flood(LENIENT, [1] * 500, every=0.0) == [None] * 500
