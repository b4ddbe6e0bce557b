"""What a caller who errs is told: the field, and what would be right."""

from __future__ import annotations

import re
import time
from typing import Any

import aiohttp
import pytest

from gateway.testing.whatsapp import WhatsAppPlatform
from tests.integration.api.scene import TEXT, Scene


def told(answer: Any) -> dict[str, str]:
    """Return the explanations of the wrong fields, each of which is told once."""
    problems = answer.json["problems"]
    found = {each["path"]: each["explanation"] for each in problems}
    assert len(found) == len(problems)
    return found


TOLD = re.compile(r"[$\w][\w.\[\]-]*: (?!\$)\S.*[^.]")
"""A field, and then what would be right."""
BUTTONS: dict[str, Any] = {
    "kind": "buttons",
    "text": "",
    "buttons": [{"id": str(number), "title": "x" * 21} for number in range(2)],
}
WRONG: dict[str, tuple[str, str, Any]] = {
    "an unknown field": ("POST", "/v1/messages", TEXT | {"acount": 1}),
    "missing fields": ("POST", "/v1/messages", {}),
    "wrong types": ("POST", "/v1/messages", TEXT | {"to": 5, "human": "yes", "send_at": 1.5}),
    "a wrong word": ("POST", "/v1/messages", TEXT | {"lane": "fast"}),
    "an unknown kind": ("POST", "/v1/messages", TEXT | {"content": {"kind": "song"}}),
    "no object": ("POST", "/v1/messages", 5),
    "a list of messages": ("POST", "/v1/messages", [TEXT]),
    "no messages": ("POST", "/v1/messages", {"messages": []}),
    "messages and more": ("POST", "/v1/messages", {"messages": [TEXT], "lane": "bulk"}),
    "an unknown account": ("POST", "/v1/messages", TEXT | {"account": "shop"}),
    "the limits of a channel": ("POST", "/v1/messages", TEXT | {"content": BUTTONS}),
    "the rules of a channel": ("POST", "/v1/messages", TEXT | {"to": "Ana"}),
    "two recipients": ("POST", "/v1/messages", TEXT | {"to_group": "1"}),
    "times that are over": ("POST", "/v1/messages", TEXT | {"send_at": 9, "expires_at": 5}),
    "a mark of ours": ("POST", "/v1/messages", TEXT | {"tag": "HUMAN_AGENT"}),
    "parameters": ("GET", "/v1/messages/dead?limit=x&acount=1", None),
    "a parameter twice": ("POST", "/v1/messages?dry_run=true&dry_run=true", TEXT),
    "a profile": ("PUT", "/v1/accounts/wa-main/profile", {"about": "x" * 999, "picture": "no"}),
    "a template": ("POST", "/v1/accounts/wa-main/templates", {"name": "A B", "category": "x"}),
    "a rule of templates": (
        "POST",
        "/v1/accounts/wa-main/templates",
        {"name": "A B", "language": "Spanish", "category": "utility", "body": "{{2}}"},
    ),
    "a code": ("POST", "/v1/accounts/wa-main/register", {"pin": "x"}),
}


@pytest.mark.parametrize(("method", "path", "body"), WRONG.values(), ids=WRONG)
async def test_every_wrong_field_is_told_first_and_then_what_would_be_right(
    scene: Scene, method: str, path: str, body: Any
) -> None:
    answer = await scene.ask(method, path, json=body)
    assert answer.status == 422
    each_told = [f"{each['path']}: {each['explanation']}" for each in answer.json["problems"]]
    assert answer.json["detail"] == "; ".join(each_told)
    assert [each for each in each_told if not TOLD.fullmatch(each)] == []


async def test_a_parameter_where_none_is_taken_is_told(scene: Scene) -> None:
    answer = await scene.get("/v1/accounts?x=1")
    assert told(answer) == {"x": "is no parameter of this, which takes none"}


async def test_a_number_out_of_bounds_is_told_in_words(scene: Scene) -> None:
    answer = await scene.get("/v1/messages/dead?account=wa-main&limit=0")
    assert told(answer) == {"limit": "must be a whole number, 1 at least"}
    answer = await scene.get("/v1/messages/dead?account=wa-main&limit=5000")
    assert told(answer) == {"limit": "must be a whole number, 1000 at most"}


@pytest.mark.parametrize("path", ["/v1/messages?platform_id=x&", "/v1/messages/dead?"])
async def test_an_account_that_is_not_there_is_told_with_those_that_are(
    scene: Scene, path: str
) -> None:
    answer = await scene.get(f"{path}account=wa-mian")
    assert (answer.status, answer.json["reason"]) == (404, "unknown_account")
    assert "wa-main" in answer.json["detail"]


async def test_a_place_and_a_method_that_are_not_there_are_told(scene: Scene) -> None:
    answer = await scene.get("/v1/mesages")
    assert (answer.status, answer.json["detail"]) == (404, "there is nothing at this address")
    answer = await scene.ask("PATCH", "/v1/channels")
    assert (answer.status, answer.json["detail"]) == (405, "this takes GET, HEAD")


async def test_a_missing_recipient_is_told_once(scene: Scene) -> None:
    without = {name: each for name, each in TEXT.items() if name != "to"}
    assert list(told(await scene.post("/v1/messages", without))) == ["$.to"]
    assert list(told(await scene.post("/v1/messages", TEXT | {"to": ""}))) == ["$.to"]


async def test_the_rule_of_a_window_is_told_in_hours(scene: Scene) -> None:
    answer = await scene.get("/v1/contacts/wa-main/34600000000/window")
    assert answer.json["rule"].startswith("24 hours after: ")


async def test_what_the_platform_says_of_a_refusal_is_in_the_detail(
    scene: Scene, platform: WhatsAppPlatform
) -> None:
    platform.fail_next(136025, details="The code is wrong", edge="verify_code")
    answer = await scene.post("/v1/accounts/wa-main/verify", {"code": "000000"})
    assert answer.status == 422
    assert answer.json["detail"].endswith(" The platform says: The code is wrong")


async def test_a_picture_that_is_not_there_is_told_by_its_field(scene: Scene) -> None:
    answer = await scene.ask("PUT", "/v1/accounts/wa-main/profile", json={"picture": "nope"})
    assert answer.status == 422
    assert told(answer) == {"$.picture": "is the id of no file; upload it with POST /v1/media"}


async def test_an_upload_says_what_is_wrong_with_it(scene: Scene) -> None:
    plain = {"Content-Type": "text/plain"}
    empty = await scene.ask("POST", "/v1/media", data=b"", headers=plain)
    assert told(empty) == {"$": "the file is empty"}
    elsewhere = await scene.ask("POST", "/v1/media?account=nope", data=b"x", headers=plain)
    assert told(elsewhere) == {"account": "there is no account nope"}
    form = aiohttp.FormData({"note": "no file"}, default_to_multipart=True)
    assert told(await scene.ask("POST", "/v1/media", data=form)) == {"$": "has no file"}


async def test_a_form_with_two_files_is_refused_and_not_half_taken(scene: Scene) -> None:
    form = aiohttp.FormData()
    for name in ("first", "second"):
        form.add_field(name, b"%PDF-1.7", filename=f"{name}.pdf", content_type="application/pdf")
    answer = await scene.ask("POST", "/v1/media", data=form)
    assert told(answer) == {"$": "has more than one file; upload each by itself"}


async def test_times_are_milliseconds_everywhere(scene: Scene) -> None:
    answer = await scene.get("/v1/accounts/wa-main")
    assert abs(answer.json["condition"]["since"] - time.time() * 1000) < 3_600_000
