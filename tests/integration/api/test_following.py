"""What becomes of a message, and what can still be done about it."""

from __future__ import annotations

import time
from typing import Any

import pytest

from gateway.testing.whatsapp import WhatsAppPlatform
from tests.integration.api.scene import TEMPLATE, TEXT, Scene
from tests.integration.outbound.scene import ACCOUNT, ANA

MINUTE_MS = 60_000


async def accepted(scene: Scene, body: Any) -> str:
    answer = await scene.post("/v1/messages", body)
    assert answer.status == 202, answer.json
    return str(answer.json["id"])


async def writes(platform: WhatsAppPlatform) -> None:
    """Let the contact write, so that the window is open on both sides."""
    await platform.post(platform.contact(ANA, name="Ana").writes("Olá"))


async def failed(scene: Scene, platform: WhatsAppPlatform) -> str:
    await writes(platform)
    platform.fail_next(131009)
    message_id = await accepted(scene, TEXT)
    await scene.becomes(message_id, "failed")
    return message_id


async def test_a_message_is_followed_until_it_is_read(
    sending: Scene, platform: WhatsAppPlatform
) -> None:
    await writes(platform)
    message_id = await accepted(sending, TEXT)
    record = await sending.becomes(message_id, "read")
    (part,) = record["parts"]
    assert part["platform_id"].startswith("wamid.")
    assert [each["status"] for each in record["steps"]] == ["sent", "delivered", "read"]
    query = {"account": ACCOUNT, "platform_id": part["platform_id"]}
    found = (await sending.get("/v1/messages", params=query)).json["messages"]
    assert [each["id"] for each in found] == [message_id]


async def test_a_refusal_of_the_platform_is_told_with_its_code_and_meaning(
    sending: Scene, platform: WhatsAppPlatform
) -> None:
    message_id = await failed(sending, platform)
    failure = (await sending.get(f"/v1/messages/{message_id}")).json["failure"]
    assert failure["error"]["code"] == "131009"
    assert failure["error"]["explanation"]


async def test_a_message_that_waits_for_its_time_can_be_cancelled(scene: Scene) -> None:
    later = time.time_ns() // 1_000_000 + 10 * MINUTE_MS
    answer = await scene.post("/v1/messages", TEMPLATE | {"send_at": later})
    assert answer.json["state"] == "scheduled"
    place = answer.headers["Location"]
    cancelled = await scene.ask("DELETE", place)
    assert (cancelled.status, cancelled.json["state"]) == (200, "cancelled")
    assert (await scene.get(place)).json["state"] == "cancelled"
    assert (await scene.ask("DELETE", place)).status == 200


async def test_a_message_that_was_sent_cannot_be_cancelled(
    sending: Scene, platform: WhatsAppPlatform
) -> None:
    await writes(platform)
    message_id = await accepted(sending, TEXT)
    await sending.becomes(message_id, "sent", "delivered", "read")
    refused = await sending.ask("DELETE", f"/v1/messages/{message_id}")
    assert (refused.status, refused.json["reason"]) == (409, "not_cancellable")


async def test_an_unknown_message_cannot_be_cancelled(scene: Scene) -> None:
    assert (await scene.ask("DELETE", "/v1/messages/nothing")).status == 404


async def test_failed_messages_are_listed_and_sent_again(
    sending: Scene, platform: WhatsAppPlatform
) -> None:
    message_id = await failed(sending, platform)
    dead = await sending.get("/v1/messages/dead", params={"account": ACCOUNT})
    assert [each["id"] for each in dead.json["messages"]] == [message_id]
    again = await sending.post("/v1/messages/replay", {"ids": [message_id]})
    assert (again.status, again.json["accepted"]) == (202, 1)
    await sending.becomes(message_id, "sent", "delivered", "read")
    empty = await sending.get("/v1/messages/dead", params={"account": ACCOUNT})
    assert empty.json == {"messages": []}


async def test_failed_messages_come_in_pages(sending: Scene, platform: WhatsAppPlatform) -> None:
    await writes(platform)
    wanted = set()
    for _ in range(3):
        platform.fail_next(131009)
        wanted.add(message_id := await accepted(sending, TEXT))
        await sending.becomes(message_id, "failed")
    seen: list[str] = []
    query: dict[str, Any] = {"account": ACCOUNT, "limit": 2}
    while True:
        page = (await sending.get("/v1/messages/dead", params=query)).json
        seen += [each["id"] for each in page["messages"]]
        if "next" not in page:
            break
        query["after"] = page["next"]
    assert (len(seen), set(seen)) == (3, wanted)


async def test_what_did_not_fail_is_not_sent_again(scene: Scene) -> None:
    message_id = await accepted(scene, TEMPLATE)
    answer = await scene.post("/v1/messages/replay", {"ids": [message_id, "nothing"]})
    assert (answer.status, answer.json["refused"]) == (207, 2)
    assert {each["reason"] for each in answer.json["results"]} == {"not_replayable"}


async def test_the_list_of_failed_messages_checks_what_it_is_asked(scene: Scene) -> None:
    answer = await scene.get("/v1/messages/dead", params={"limit": "many"})
    told = {each["path"]: each["explanation"] for each in answer.json["problems"]}
    assert told == {"account": "is missing", "limit": "must be a whole number"}
    too_many = await scene.post("/v1/messages/replay", {"ids": ["x"] * 1001})
    assert too_many.json["problems"][0]["limit"] == 1000


@pytest.mark.parametrize("path", ["/v1/messages/dead?", "/v1/messages?platform_id=wamid.1&"])
async def test_who_asks_for_an_account_that_is_not_there_is_told_which_are(
    scene: Scene, path: str
) -> None:
    answer = await scene.get(f"{path}account=wa-mian")
    assert (answer.status, answer.json["reason"]) == (404, "unknown_account")
    assert ACCOUNT in answer.json["detail"]
