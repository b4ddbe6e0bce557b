"""``POST /v1/messages`` and what it says of messages that it does not take."""

from __future__ import annotations

import asyncio
import io
import json
import re
from pathlib import Path
from typing import Any, Final

import pytest

from gateway.testing.valkey import ValkeyServer
from tests.integration.api.scene import TEMPLATE, TEXT, Scene
from tests.integration.outbound.scene import ANA

PAGE: Final = Path(__file__).parents[3] / "docs/api.md"


async def test_a_message_is_accepted_and_can_be_looked_up(scene: Scene) -> None:
    await scene.opens_window()
    answer = await scene.post("/v1/messages", TEXT | {"metadata": {"order": 7}})
    assert (answer.status, answer.json["outcome"]) == (202, "accepted")
    assert answer.headers["Cache-Control"] == "no-store"
    record = await scene.get(answer.headers["Location"])
    assert (record.status, record.json["id"]) == (200, answer.json["id"])
    assert record.json["kind"] == "text"
    assert record.json["metadata"] == {"order": 7}


async def test_every_wrong_field_is_named_with_what_would_be_right(scene: Scene) -> None:
    body = {"acount": "wa-main", "to": 3, "content": {"kind": "text", "txet": "Olá"}}
    answer = await scene.post("/v1/messages", body)
    assert (answer.status, answer.json["reason"]) == (422, "invalid")
    assert answer.headers["Content-Type"] == "application/problem+json"
    told = {each["path"]: each["explanation"] for each in answer.json["problems"]}
    assert told == {
        "$.acount": "is no field of this; did you mean `account`?",
        "$.account": "is missing",
        "$.to": "must be a text, is a number",
        "$.content.txet": "is no field of this; did you mean `text`?",
        "$.content.text": "is missing",
    }


async def test_the_answer_to_wrong_fields_is_the_one_that_the_page_shows(scene: Scene) -> None:
    blocks = re.findall(r"^```json\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    (shown,) = (json.loads(each) for each in blocks if "urn:relevo:problem:invalid" in each)
    content = {"kind": "text", "text": "Olá"}
    body = {"acount": "wa-main", "to": "34600000000", "content": content, "send_at": "soon"}
    assert (await scene.post("/v1/messages", body)).json == shown


async def test_what_the_channel_cannot_carry_is_told_all_at_once(scene: Scene) -> None:
    buttons = [{"id": str(n), "title": f"{n}" * 21} for n in range(2)]
    content = {"kind": "buttons", "text": "Olá", "buttons": buttons}
    answer = await scene.post("/v1/messages", TEXT | {"content": content})
    assert answer.status == 422
    problems = {each["path"]: each.get("limit") for each in answer.json["problems"]}
    assert problems == {"$.content.buttons[0].title": 20, "$.content.buttons[1].title": 20}


async def test_a_closed_window_is_a_conflict_that_says_why(scene: Scene) -> None:
    answer = await scene.post("/v1/messages", TEXT)
    assert (answer.status, answer.json["reason"]) == (409, "window_closed")
    assert answer.json["type"] == "urn:relevo:problem:window_closed"
    assert answer.json["detail"]


async def test_good_messages_of_a_batch_go_although_others_are_refused(scene: Scene) -> None:
    messages = [TEMPLATE, TEXT | {"account": "nobody"}, {"content": {}}, TEMPLATE]
    answer = await scene.post("/v1/messages", {"messages": messages})
    assert (answer.status, answer.json["accepted"], answer.json["refused"]) == (207, 2, 2)
    first, second, third, fourth = answer.json["results"]
    assert [first["outcome"], fourth["outcome"]] == ["accepted", "accepted"]
    assert second["reason"] == "unknown_account"
    assert [each["path"] for each in third["problems"]] == ["$.content.kind", "$.account"]


async def test_a_batch_that_is_taken_whole_is_accepted(scene: Scene) -> None:
    answer = await scene.post("/v1/messages", {"messages": [TEMPLATE] * 1000})
    assert (answer.status, answer.json["accepted"], answer.json["refused"]) == (202, 1000, 0)
    assert len({each["id"] for each in answer.json["results"]}) == 1000


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"messages": [TEMPLATE] * 1001}, "$.messages"),
        ({"messages": []}, "$.messages"),
        ({"messages": [TEMPLATE], "account": "wa-main"}, "$.messages"),
        ([TEMPLATE], "$"),
        ("Olá", "$"),
    ],
    ids=["too many", "none", "and more", "a bare list", "a text"],
)
async def test_a_batch_of_another_shape_is_refused_whole(
    scene: Scene, body: Any, path: str
) -> None:
    answer = await scene.post("/v1/messages", body)
    assert answer.status == 422
    assert [each["path"] for each in answer.json["problems"]] == [path]


async def test_a_dry_run_answers_the_calls_and_sends_nothing(scene: Scene) -> None:
    answer = await scene.post("/v1/messages?dry_run=true", TEMPLATE)
    assert (answer.status, answer.json["outcome"]) == (200, "rendered")
    (call,) = answer.json["calls"]
    assert call["method"] == "POST"
    assert call["body"]["template"]["name"] == "hello_world"
    several = await scene.post("/v1/messages?dry_run=1", {"messages": [TEMPLATE, {}]})
    assert several.status == 207
    assert [each["outcome"] for each in several.json["results"]] == ["rendered", "refused"]


async def test_a_dry_run_refuses_what_would_be_refused(scene: Scene) -> None:
    answer = await scene.post("/v1/messages?dry_run=true", TEXT | {"content": {"kind": "poll"}})
    assert answer.status == 422


async def test_the_same_key_with_the_same_message_sends_once(scene: Scene) -> None:
    headers = {"Idempotency-Key": "order-7"}
    first = await scene.post("/v1/messages", TEMPLATE, headers=headers)
    again = await scene.post("/v1/messages", TEMPLATE, headers=headers)
    assert "Idempotent-Replayed" not in first.headers
    assert (again.status, again.headers["Idempotent-Replayed"]) == (202, "true")
    assert again.json == first.json | {"repeated": True}


async def test_the_same_key_with_another_message_is_a_conflict(scene: Scene) -> None:
    headers = {"Idempotency-Key": "order-7"}
    await scene.post("/v1/messages", TEMPLATE, headers=headers)
    other = await scene.post("/v1/messages", TEMPLATE | {"to": "351922222222"}, headers=headers)
    assert (other.status, other.json["reason"]) == (409, "idempotency_conflict")


@pytest.mark.parametrize("key", ["", "x" * 256, "ordem-nº-7"])
async def test_an_idempotency_key_must_be_visible_characters(scene: Scene, key: str) -> None:
    answer = await scene.post("/v1/messages", TEMPLATE, headers={"Idempotency-Key": key})
    assert answer.status == 422
    assert [each["path"] for each in answer.json["problems"]] == ["Idempotency-Key"]


@pytest.mark.parametrize(
    ("content", "content_type", "status", "reason"),
    [
        (b"{", "application/json", 400, "not_json"),
        (b"[" * 100_000, "application/json", 400, "not_json"),
        (b"{}", "text/plain", 415, None),
        (b"{}", "application/x-www-form-urlencoded", 415, None),
        (io.BytesIO(b" " * (3 * 1024 * 1024 + 1)), "application/json", 413, None),
    ],
    ids=["not JSON", "too deep", "text", "form", "too large"],
)
async def test_a_body_that_cannot_be_read_is_refused(
    scene: Scene, content: object, content_type: str, status: int, reason: str | None
) -> None:
    headers = {"Content-Type": content_type}
    answer = await scene.ask("POST", "/v1/messages", data=content, headers=headers)
    assert (answer.status, answer.json.get("reason")) == (status, reason)


async def test_a_compressed_body_is_refused(scene: Scene) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    answer = await scene.ask("POST", "/v1/messages", data=b"\x1f\x8b", headers=headers)
    assert answer.status == 415


async def test_an_unknown_parameter_is_told_with_the_nearest_one(scene: Scene) -> None:
    answer = await scene.post("/v1/messages?dryrun=true", TEMPLATE)
    assert answer.status == 422
    assert "did you mean `dry_run`?" in answer.json["detail"]
    twice = await scene.post("/v1/messages?dry_run=true&dry_run=false", TEMPLATE)
    assert "more than once" in twice.json["detail"]
    wrong = await scene.post("/v1/messages?dry_run=perhaps", TEMPLATE)
    assert "true or false" in wrong.json["detail"]


async def test_an_unknown_message_is_not_found(scene: Scene) -> None:
    for message_id in ("nothing", "0" * 30, "01a2148e5694000002c453095bbce101"):
        assert (await scene.get(f"/v1/messages/{message_id}")).status == 404


async def test_the_platforms_id_finds_none_that_we_did_not_send(scene: Scene) -> None:
    query = {"account": "wa-main", "platform_id": "wamid.X"}
    found = await scene.get("/v1/messages", params=query)
    assert (found.status, found.json) == (200, {"messages": []})
    assert (await scene.get("/v1/messages")).status == 422


async def test_a_window_opens_when_the_contact_writes(scene: Scene) -> None:
    before = await scene.get(f"/v1/contacts/wa-main/{ANA}/window")
    assert (before.status, before.json["open"]) == (200, False)
    await scene.opens_window()
    after = await scene.get(f"/v1/contacts/wa-main/{ANA}/window")
    assert after.json["open"] is True
    assert after.json["expires_at"] - after.json["opened_at"] == 24 * 3600 * 1000


async def test_the_window_of_an_unknown_account_is_not_found(scene: Scene) -> None:
    answer = await scene.get(f"/v1/contacts/wa-man/{ANA}/window")
    assert (answer.status, answer.json["reason"]) == (404, "unknown_account")


async def test_a_redis_that_hangs_is_told_after_one_time_out_however_many_ask(
    scene: Scene, valkey_server: ValkeyServer
) -> None:
    valkey_server.pause()
    try:
        async with asyncio.timeout(20):  # ten of them one after the other take 30 s and more
            answers = await asyncio.gather(
                *[scene.post("/v1/messages", each) for each in (*[TEXT] * 10, *[TEMPLATE] * 10)]
            )
    finally:
        valkey_server.resume()
    for each in answers:
        assert (each.status, each.json["reason"]) == (503, "unavailable")
        assert int(each.headers["Retry-After"]) > 0


async def test_redis_away_is_told_with_when_to_try_again(scene: Scene) -> None:
    client: Any = scene.daemon.redis.client
    await client.execute_command("CLIENT", "PAUSE", 7000, "ALL")
    answer = await scene.post("/v1/messages", TEMPLATE)
    assert (answer.status, answer.json["reason"]) == (503, "unavailable")
    assert int(answer.headers["Retry-After"]) > 0
