"""What the simulator answers to sends, and what becomes of them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from random import Random
from typing import Any

import aiohttp
import pytest

from gateway.testing.whatsapp import (
    Contact,
    Fault,
    Rules,
    Timing,
    WhatsAppPlatform,
)

BEARER = {"Authorization": "Bearer simulated-access-token"}
AT_ONCE = Timing(sent=timedelta(), delivered=timedelta(), read=timedelta())


class Clock:
    now = 1_795_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def platform(clock: Clock) -> AsyncIterator[WhatsAppPlatform]:
    async with WhatsAppPlatform(clock=clock, timing=AT_ONCE) as platform:
        yield platform


@pytest.fixture
def ana(platform: WhatsAppPlatform) -> Contact:
    ana = platform.contact("351911111111", name="Ana")
    ana.writes("Olá")
    return ana


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(headers=BEARER) as session:
        yield session


class Caller:
    def __init__(self, platform: WhatsAppPlatform, http: aiohttp.ClientSession) -> None:
        self.platform = platform
        self.http = http
        self.number = platform.app.number.phone_number_id

    async def post(self, message: dict[str, Any], *, edge: str = "messages") -> tuple[int, Any]:
        url = f"{self.platform.api_url}/{self.number}/{edge}"
        async with self.http.post(url, json=message) as answer:
            return answer.status, await answer.json()

    async def send(self, kind: str, value: Any, **more: Any) -> tuple[int, Any]:
        message = {"messaging_product": "whatsapp", "to": "+351911111111", "type": kind}
        return await self.post({**message, kind: value, **more})

    async def code(self, kind: str, value: Any, **more: Any) -> int:
        _, said = await self.send(kind, value, **more)
        return int(said["error"]["code"]) if "error" in said else 0


@pytest.fixture
def caller(platform: WhatsAppPlatform, http: aiohttp.ClientSession, ana: Contact) -> Caller:
    assert ana.window_open
    return Caller(platform, http)


async def test_a_text_is_accepted_and_arrives(
    platform: WhatsAppPlatform, caller: Caller, ana: Contact
) -> None:
    status, said = await caller.send("text", {"body": "Bom dia"})
    [sent] = platform.sent
    assert status == 200
    assert said == {
        "messaging_product": "whatsapp",
        "contacts": [{"input": "+351911111111", "wa_id": "351911111111"}],
        "messages": [{"id": sent.id, "message_status": "accepted"}],
    }
    await platform.settled()
    assert ana.inbox == [sent]
    assert [name for name, _ in sent.statuses] == ["sent", "delivered", "read"]


async def test_a_user_id_is_answered_with_the_user_id(caller: Caller, ana: Contact) -> None:
    _, said = await caller.post(
        {
            "messaging_product": "whatsapp",
            "recipient": ana.user_id,
            "type": "text",
            "text": {"body": "hi"},
        }
    )
    assert said["contacts"] == [{"input": ana.user_id, "user_id": ana.user_id}]


async def test_a_user_id_in_the_place_of_a_phone_is_taken_and_lost(
    platform: WhatsAppPlatform, caller: Caller, ana: Contact
) -> None:
    assert await caller.code("text", {"body": "hi"}, to=ana.user_id) == 0
    await platform.settled()
    assert ana.inbox == []
    assert platform.sent[0].status == "accepted"


async def test_a_brazilian_number_is_answered_as_the_account_knows_it(
    platform: WhatsAppPlatform, caller: Caller
) -> None:
    platform.contact("554188887777", name="Noa", country="BR")
    _, said = await caller.send("text", {"body": "oi"}, to="+55 41 98888-7777")
    assert said["contacts"][0]["wa_id"] == "554188887777"


async def test_without_a_plus_sign_the_country_of_the_business_comes_first(
    caller: Caller,
) -> None:
    _, said = await caller.send("text", {"body": "hi"}, to="2025550123")
    assert said["contacts"][0]["wa_id"] == "12025550123"


async def test_a_wrong_token_and_an_unknown_number_are_refused(
    platform: WhatsAppPlatform, caller: Caller
) -> None:
    caller.number = "999"
    status, said = await caller.send("text", {"body": "hi"})
    assert (status, said["error"]["code"]) == (400, 33)
    async with (
        aiohttp.ClientSession(headers={"Authorization": "Bearer stolen"}) as stranger,
        stranger.post(f"{platform.api_url}/1/messages", json={}) as answer,
    ):
        assert answer.status == 401
        assert (await answer.json())["error"]["code"] == 190


BUTTON = {"type": "reply", "reply": {"id": "1", "title": "Sim"}}
ROW = {"id": "1", "title": "Um"}
WORDS = {"body": {"text": "Qual?"}}


def buttons(*each: dict[str, Any]) -> dict[str, Any]:
    return {"type": "button", **WORDS, "action": {"buttons": list(each)}}


def sections(*each: dict[str, Any]) -> dict[str, Any]:
    return {"type": "list", **WORDS, "action": {"button": "Ver", "sections": list(each)}}


def rows(count: int) -> list[dict[str, str]]:
    return [{"id": str(number), "title": "Um"} for number in range(count)]


GOOD: dict[str, tuple[str, Any]] = {
    "text": ("text", {"body": "x" * 4096}),
    "image": ("image", {"link": "https://example.com/a.jpg", "caption": "c" * 1024}),
    "location": ("location", {"latitude": "38.7", "longitude": -9.1, "name": "n", "address": "a"}),
    "contacts": ("contacts", [{"name": {"formatted_name": "Rui S", "first_name": "Rui"}}]),
    "buttons": ("interactive", buttons(BUTTON)),
    "list": ("interactive", sections({"rows": rows(10)})),
    "link": (
        "interactive",
        {
            "type": "cta_url",
            **WORDS,
            "action": {
                "name": "cta_url",
                "parameters": {"display_text": "Ver", "url": "https://example.com"},
            },
        },
    ),
    "flow": (
        "interactive",
        {
            "type": "flow",
            **WORDS,
            "action": {
                "name": "flow",
                "parameters": {
                    "flow_message_version": "3",
                    "flow_id": "1",
                    "flow_cta": "Abrir",
                    "flow_action": "navigate",
                    "flow_action_payload": {"screen": "ONE"},
                },
            },
        },
    ),
    "location_request": (
        "interactive",
        {"type": "location_request_message", **WORDS, "action": {"name": "send_location"}},
    ),
    "product": (
        "interactive",
        {"type": "product", "action": {"catalog_id": "1", "product_retailer_id": "p"}},
    ),
}


@pytest.mark.parametrize("name", GOOD)
async def test_every_kind_in_its_documented_form_is_accepted(caller: Caller, name: str) -> None:
    kind, value = GOOD[name]
    status, said = await caller.send(kind, value)
    assert (status, said.get("error")) == (200, None)


BAD: list[tuple[str, Any, int, str]] = [
    ("text", {"body": "x" * 4097}, 100, "4096"),
    ("text", {}, 100, "text['body']"),
    ("dance", {}, 100, "must be one of"),
    ("image", {"caption": "c"}, 131008, "id or link"),
    ("image", {"id": "1", "link": "https://example.com/a"}, 131009, "only one"),
    ("image", {"link": "https://e.com/a", "caption": "c" * 1025}, 131009, "Max length: 1024"),
    ("audio", {"id": "1", "caption": "c"}, 131009, "caption is not allowed"),
    ("location", {"latitude": 91, "longitude": 0}, 131009, "out of range"),
    ("contacts", [{"name": {"formatted_name": "Rui"}}], 131008, "at least one of"),
    ("reaction", {"message_id": "wamid.X"}, 131008, "emoji"),
    ("interactive", buttons(*[BUTTON] * 4), 131009, "count invalid"),
    ("interactive", buttons(BUTTON, BUTTON), 131009, "duplicate"),
    (
        "interactive",
        buttons({"type": "reply", "reply": {"id": "1", "title": "t" * 21}}),
        131009,
        "Max length: 20",
    ),
    (
        "interactive",
        sections({"title": "a", "rows": rows(6)}, {"title": "b", "rows": [ROW]}),
        131009,
        "duplicate",
    ),
    ("interactive", sections({"rows": rows(11)}), 131009, "count invalid"),
    ("interactive", {**buttons(BUTTON), "body": {"text": "b" * 1025}}, 131009, "1024"),
    ("interactive", {**buttons(BUTTON), "footer": {"text": "f" * 61}}, 131009, "60"),
    (
        "interactive",
        {**sections({"rows": [ROW]}), "header": {"type": "image", "image": {"id": "1"}}},
        131009,
        "header",
    ),
]


@pytest.mark.parametrize(("kind", "value", "code", "words"), BAD)
async def test_what_breaks_a_limit_is_refused_with_the_platforms_code(
    platform: WhatsAppPlatform, caller: Caller, kind: str, value: Any, code: int, words: str
) -> None:
    status, said = await caller.send(kind, value)
    assert (status, said["error"]["code"]) == (400, code)
    assert words in json.dumps(said["error"])
    assert len(platform.sent) == 0


async def test_a_day_after_the_contact_wrote_the_window_is_closed(
    platform: WhatsAppPlatform, caller: Caller, clock: Clock, ana: Contact
) -> None:
    clock.now += timedelta(hours=24).total_seconds()
    status, _ = await caller.send("text", {"body": "hi"})
    assert status == 200  # accepted is not delivered
    await platform.settled()
    assert platform.sent[0].status == "failed"
    assert ana.inbox == []
    ana.writes("Olá de novo")
    await caller.send("text", {"body": "hi"})
    await platform.settled()
    assert len(ana.inbox) == 1


async def test_a_closed_window_can_be_told_in_the_answer(http: aiohttp.ClientSession) -> None:
    async with WhatsAppPlatform(rules=Rules(closed_window="answer")) as platform:
        assert await Caller(platform, http).code("text", {"body": "hi"}) == 131047


async def test_more_than_eighty_messages_in_a_second_are_throttled(
    caller: Caller, clock: Clock
) -> None:
    codes = [
        await caller.code("text", {"body": "hi"}, to=f"+3519110000{number:02d}")
        for number in range(81)
    ]
    assert codes == [0] * 80 + [130429]
    clock.now += 1
    assert await caller.code("text", {"body": "hi"}) == 0


async def test_a_burst_to_one_contact_is_borrowed_from_what_comes_after(
    caller: Caller, clock: Clock
) -> None:
    codes = [await caller.code("text", {"body": "hi"}) for _ in range(46)]
    assert codes == [0] * 45 + [131056]
    clock.now += 45 * 6 - 1
    assert await caller.code("text", {"body": "hi"}) == 131056
    clock.now += 1
    assert await caller.code("text", {"body": "hi"}) == 0


async def test_who_cannot_be_reached_fails_with_the_reason(
    platform: WhatsAppPlatform, caller: Caller, ana: Contact, receive: Any
) -> None:
    receiver = await receive()
    platform.callback_url = receiver.url
    codes = []
    for attribute in ("on_whatsapp", "blocks_business"):
        setattr(ana, attribute, attribute != "on_whatsapp")
        await caller.send("text", {"body": "hi"})
        await platform.settled()
        status = json.loads(receiver.requests[-1][1])["entry"][0]["changes"][0]["value"]
        assert "contacts" not in status
        codes.append(status["statuses"][0]["errors"][0]["code"])
        ana.on_whatsapp = True
    assert codes == [131026, 130403]


async def test_statuses_echo_the_callers_data_and_say_what_is_charged(
    platform: WhatsAppPlatform, caller: Caller, receive: Any
) -> None:
    receiver = await receive()
    platform.callback_url = receiver.url
    await caller.send("text", {"body": "hi"}, biz_opaque_callback_data="gw:1")
    await platform.settled()
    statuses = [
        json.loads(raw)["entry"][0]["changes"][0]["value"]["statuses"][0]
        for _, raw in receiver.requests
    ]
    assert {each["biz_opaque_callback_data"] for each in statuses} == {"gw:1"}
    priced = {each["status"]: each.get("pricing", {}).get("type") for each in statuses}
    free = "free_customer_service"
    assert priced == {"sent": free, "delivered": free, "read": None}


async def test_statuses_can_come_in_disorder_and_twice(
    http: aiohttp.ClientSession, receive: Any
) -> None:
    receiver = await receive()
    wild = Timing(
        sent=timedelta(), delivered=timedelta(), read=timedelta(), disorder=1, duplicates=1
    )
    seeded = Random(1)  # noqa: S311 - a seed, not a key
    async with WhatsAppPlatform(callback_url=receiver.url, timing=wild, random=seeded) as platform:
        ana = platform.contact("351911111111", name="Ana")
        ana.writes("Olá")
        for _ in range(5):
            await Caller(platform, http).send("text", {"body": "hi"})
        await platform.settled()
        orders = [each.webhook.ids[0].rpartition(":")[2] for each in platform.ledger.deliveries]
        assert len(receiver.requests) == 30
    assert sorted(orders) == sorted(["sent", "delivered", "read"] * 5)
    assert orders != ["sent", "delivered", "read"] * 5


async def test_a_dropped_connection_leaves_in_doubt_what_the_ledger_knows(
    platform: WhatsAppPlatform, caller: Caller
) -> None:
    platform.drop_next(accepted=True)
    platform.drop_next(accepted=False)
    for _ in range(2):
        with pytest.raises(aiohttp.ClientError):
            await caller.send("text", {"body": "hi"}, biz_opaque_callback_data="gw:1")
    await caller.send("text", {"body": "hi"}, biz_opaque_callback_data="gw:1")
    await platform.settled()
    assert platform.sent.times("gw:1") == 2
    assert platform.sent.arrivals() == {"gw:1": 2}


async def test_any_error_can_be_had_now_or_later(
    platform: WhatsAppPlatform, caller: Caller
) -> None:
    platform.fail_next(131016, times=2, http_status=503)
    assert [(await caller.send("text", {"body": "hi"}))[0] for _ in range(3)] == [503, 503, 200]
    platform.fail_next(131049, later=True)
    await caller.send("text", {"body": "hi"})
    await platform.settled()
    assert [each.status for each in platform.sent] == ["read", "failed"]


async def test_a_fault_of_a_proxy_is_no_json(
    platform: WhatsAppPlatform, caller: Caller, http: aiohttp.ClientSession
) -> None:
    platform.faults.add(Fault(http_status=502, headers={"Retry-After": "7"}))
    url = f"{platform.api_url}/{caller.number}/messages"
    async with http.post(url, json={}) as answer:
        assert (answer.status, answer.content_type) == (502, "text/html")
        assert answer.headers["Retry-After"] == "7"


async def test_a_contact_answers_by_script(
    platform: WhatsAppPlatform, caller: Caller, ana: Contact, receive: Any
) -> None:
    receiver = await receive()
    platform.callback_url = receiver.url
    ana.script = lambda sent: ana.writes(f"eco: {sent.said}")
    await caller.send("text", {"body": "Bom dia"})
    await platform.settled()
    last = json.loads(receiver.requests[-1][1])["entry"][0]["changes"][0]["value"]
    assert last["messages"][0]["text"]["body"] == "eco: Bom dia"


async def test_a_message_to_a_group_reaches_every_member(
    platform: WhatsAppPlatform, caller: Caller, ana: Contact, receive: Any
) -> None:
    receiver = await receive()
    platform.callback_url = receiver.url
    rui = platform.contact("351911222333", name="Rui")
    group = platform.group("Padaria", ana, rui)
    await caller.send("text", {"body": "Olá"}, to=group.id, recipient_type="group")
    await platform.settled()
    assert [len(each.inbox) for each in (ana, rui)] == [1, 1]
    first = json.loads(receiver.requests[0][1])["entry"][0]["changes"][0]["value"]["statuses"]
    assert {each["recipient_id"] for each in first} == {group.id}
    assert {each["recipient_participant_id"] for each in first} == {ana.phone, rui.phone}


async def test_only_messages_to_the_number_are_marked_as_read(caller: Caller, ana: Contact) -> None:
    mark = {"messaging_product": "whatsapp", "status": "read"}
    question = ana.writes("Têm pão?").item["id"]
    assert await caller.post({**mark, "message_id": question}) == (200, {"success": True})
    status, said = await caller.post({**mark, "message_id": "wamid.X"})
    assert (status, said["error"]["code"]) == (400, 131009)
    assert ana.marked_read == [question]
