"""What the simulator answers to each kind of message."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
import pytest

from gateway.testing.whatsapp import Contact, WhatsAppPlatform
from tests.integration.simulator.sending.caller import Caller


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
