"""What a caller who errs is told: the field, and what would be right."""

from __future__ import annotations

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
    assert told(await scene.ask("POST", "/v1/media", data=form)) == {"$": "the form has no file"}


async def test_a_form_with_two_files_is_refused_and_not_half_taken(scene: Scene) -> None:
    form = aiohttp.FormData()
    for name in ("first", "second"):
        form.add_field(name, b"%PDF-1.7", filename=f"{name}.pdf", content_type="application/pdf")
    answer = await scene.ask("POST", "/v1/media", data=form)
    assert told(answer) == {"$": "the form has more than one file; upload each by itself"}


async def test_times_are_milliseconds_everywhere(scene: Scene) -> None:
    answer = await scene.get("/v1/accounts/wa-main")
    assert abs(answer.json["condition"]["since"] - time.time() * 1000) < 3_600_000
