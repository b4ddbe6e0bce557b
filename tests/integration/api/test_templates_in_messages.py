"""What an account's own templates say of messages, before they are taken."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.testing.whatsapp import WhatsAppPlatform
from tests.integration.api.scene import TEMPLATE, TEXT, Scene

READY = {"kind": "template", "name": "ready", "language": "en_US"}


@pytest.fixture
async def synced(scene: Scene, platform: WhatsAppPlatform) -> Scene:
    platform.template("ready", "Order {{1}} is ready.")
    shelf = scene.daemon.channels["wa-main"].templates
    assert shelf is not None
    await shelf.sync(scene.daemon.hosts["wa-main"])
    return scene


async def test_a_missing_parameter_is_told_before_the_message_is_taken(synced: Scene) -> None:
    answer = await synced.post("/v1/messages", TEMPLATE | {"content": READY})
    assert (answer.status, answer.json["reason"]) == (422, "invalid")
    assert all(each["path"].startswith("$.content") for each in answer.json["problems"])
    filled = READY | {"body": [{"type": "text", "text": "A-17"}]}
    good = await synced.post("/v1/messages", TEMPLATE | {"content": filled})
    assert good.status == 202


async def test_a_fallback_is_checked_where_it_stands(synced: Scene) -> None:
    body = TEXT | {"on_closed_window": "template", "fallback": {"template": READY}}
    answer = await synced.post("/v1/messages", body)
    assert answer.status == 422
    paths = [each["path"] for each in answer.json["problems"]]
    assert all(each.startswith("$.fallback.template") for each in paths)


async def test_an_unknown_template_of_a_batch_costs_only_itself(synced: Scene) -> None:
    unknown: Any = TEMPLATE | {"content": READY | {"name": "raedy"}}
    good = TEMPLATE | {"content": READY | {"body": [{"type": "text", "text": "A-17"}]}}
    answer = await synced.post("/v1/messages", {"messages": [good, unknown, good]})
    assert [each["outcome"] for each in answer.json["results"]] == [
        "accepted",
        "refused",
        "accepted",
    ]
    (problem,) = answer.json["results"][1]["problems"]
    assert problem["path"] == "$.content.name"


async def test_a_closed_window_names_the_templates_that_may_go(synced: Scene) -> None:
    answer = await synced.post("/v1/messages", TEXT)
    assert (answer.status, answer.json["templates"]) == (409, ["ready"])
    batch = await synced.post("/v1/messages", {"messages": [TEXT]})
    assert batch.json["results"][0]["templates"] == ["ready"]


async def test_a_template_that_was_approved_since_is_found_by_asking_the_platform(
    synced: Scene, platform: WhatsAppPlatform
) -> None:
    platform.template("later", "Good news.")
    later = TEMPLATE | {"content": READY | {"name": "later"}}
    assert (await synced.post("/v1/messages", later)).status == 202


async def test_a_template_is_for_what_the_platform_files_it_under_whatever_the_caller_says(
    synced: Scene, platform: WhatsAppPlatform
) -> None:
    platform.template("sale", "Everything must go.", category="MARKETING")
    shelf = synced.daemon.channels["wa-main"].templates
    assert shelf is not None
    await shelf.sync(synced.daemon.hosts["wa-main"])
    path = f"/v1/contacts/wa-main/{TEXT['to']}/suppression"
    await synced.ask("PUT", path, json={"reason": "no_marketing"})
    ready = READY | {"body": [{"type": "text", "text": "A-17"}]}
    notice = await synced.post("/v1/messages", TEMPLATE | {"content": ready})
    assert notice.status == 202
    sale = READY | {"name": "sale", "category": "utility"}
    refused = await synced.post("/v1/messages", TEMPLATE | {"content": sale})
    assert (refused.status, refused.json["reason"]) == (409, "opted_out")


async def test_one_time_codes_are_refused_to_user_ids_whatever_the_caller_says(
    synced: Scene, platform: WhatsAppPlatform
) -> None:
    body = {"type": "BODY", "add_security_recommendation": True}
    button = {"type": "OTP", "otp_type": "COPY_CODE"}
    definition = {
        "name": "login",
        "language": "en_US",
        "category": "AUTHENTICATION",
        "components": [body, {"type": "BUTTONS", "buttons": [button]}],
    }
    platform.templates.add(platform.app.number.business_account_id, definition)
    code = {
        "body": [{"type": "text", "text": "123456"}],
        "buttons": [{"index": 0, "type": "url", "text": "123456"}],
    }
    login = TEMPLATE | {"content": READY | {"name": "login", "category": "utility"} | code}
    refused = await synced.post("/v1/messages", login | {"to": "PT.10000000000000000001"})
    assert (refused.status, [each["path"] for each in refused.json["problems"]]) == (422, ["$.to"])
    assert (await synced.post("/v1/messages", login)).status == 202
