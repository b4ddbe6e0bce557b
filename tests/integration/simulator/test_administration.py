"""Templates, numbers, files and Flows, as the Graph API administers them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from gateway.testing.whatsapp import Timing, WhatsAppPlatform, text_template

BEARER = {"Authorization": "Bearer simulated-access-token"}


class Caller:
    def __init__(self, platform: WhatsAppPlatform, http: aiohttp.ClientSession) -> None:
        self.platform = platform
        self.http = http
        self.account = platform.app.number.business_account_id
        self.number = platform.app.number.phone_number_id

    async def __call__(
        self, method: str, path: str, body: Any = None, **query: str
    ) -> tuple[int, Any]:
        url = f"{self.platform.api_url}/{path}"
        async with self.http.request(method, url, json=body, params=query) as answer:
            return answer.status, await answer.json()

    async def send_template(self, name: str, *components: Any, language: str = "en_US") -> int:
        template = {
            "name": name,
            "language": {"code": language},
            "components": list(components),
        }
        message = {"messaging_product": "whatsapp", "to": "+351911111111", "type": "template"}
        _, said = await self("POST", f"{self.number}/messages", {**message, "template": template})
        return int(said["error"]["code"]) if "error" in said else 0


@pytest.fixture
async def platform() -> AsyncIterator[WhatsAppPlatform]:
    async with WhatsAppPlatform(timing=Timing(silent=True)) as platform:
        yield platform


@pytest.fixture
async def call(platform: WhatsAppPlatform) -> AsyncIterator[Caller]:
    async with aiohttp.ClientSession(headers=BEARER) as session:
        yield Caller(platform, session)


def body(*texts: str) -> dict[str, Any]:
    return {"type": "body", "parameters": [{"type": "text", "text": each} for each in texts]}


async def test_a_template_reaches_who_never_wrote_with_its_variables_filled(
    platform: WhatsAppPlatform, call: Caller
) -> None:
    ana = platform.contact("351911111111", name="Ana")
    platform.template("ready", "Order {{1}} is ready, {{2}} can come.")
    assert await call.send_template("ready", body("A-17", "Ana")) == 0
    await platform.settled()
    assert ana.inbox[0].said == "Order A-17 is ready, Ana can come."
    assert ana.inbox[0].category == "utility"


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ((), 132000),
        (("A", "B", "C"), 132000),
        (("A", "two\nlines"), 132018),
        (("A", "x" * 1100), 132005),
        (("A", ""), 131008),
    ],
)
async def test_what_does_not_fit_the_template_is_refused(
    platform: WhatsAppPlatform, call: Caller, parameters: tuple[str, ...], code: int
) -> None:
    platform.template("ready", "Order {{1}} is ready, {{2}} can come.")
    assert await call.send_template("ready", body(*parameters)) == code
    assert len(platform.sent) == 0


async def test_only_approved_templates_are_sent(platform: WhatsAppPlatform, call: Caller) -> None:
    template = platform.template("ready", "Your order is ready.")
    assert await call.send_template("ready", language="pt_PT") == 132001
    codes = []
    for verb in (template.rejected, template.paused, template.disabled, template.approved):
        verb()
        codes.append(await call.send_template("ready"))
    assert codes == [132001, 132015, 132016, 0]


async def test_a_paced_template_is_held_until_it_is_decided(
    platform: WhatsAppPlatform, call: Caller
) -> None:
    ana = platform.contact("351911111111", name="Ana")
    platform.template("sale", "Bread is on sale.").paced = True
    for good in (True, False):
        await call.send_template("sale")
        held = platform.sent[-1]
        await platform.settled()
        assert held.status == "accepted"
        platform.decide(held, good=good)
        await platform.settled()
    assert [each.status for each in platform.sent] == ["read", "failed"]
    assert len(ana.inbox) == 1


async def test_marketing_does_not_reach_who_opted_out(
    platform: WhatsAppPlatform, call: Caller
) -> None:
    ana = platform.contact("351911111111", name="Ana")
    platform.template("sale", "Bread is on sale.", category="MARKETING")
    preference = ana.stops_marketing()
    assert preference.value["user_preferences"][0]["value"] == "stop"
    await call.send_template("sale")
    await platform.settled()
    assert platform.sent[0].status == "failed"


async def test_templates_are_created_listed_in_pages_edited_and_deleted(
    platform: WhatsAppPlatform, call: Caller
) -> None:
    path = f"{call.account}/message_templates"
    for number in range(3):
        status, created = await call("POST", path, text_template(f"t{number}", "Hi there."))
        assert (status, created["status"]) == (200, "PENDING")
    _, first = await call("GET", path, limit="2", fields="name,status")
    assert [each["name"] for each in first["data"]] == ["t0", "t1"]
    assert set(first["data"][0]) == {"id", "name", "status"}
    after = first["paging"]["cursors"]["after"]
    _, second = await call("GET", path, limit="2", after=after)
    assert [each["name"] for each in second["data"]] == ["t2"]
    assert "next" not in second["paging"]
    template = platform.templates.all(call.account, "t0")[0]
    template.approved()
    changed = {"components": [{"type": "BODY", "text": "Hello there."}]}
    assert (await call("POST", template.id, changed))[0] == 200
    assert template.status == "PENDING"
    template.approved()
    status, said = await call("POST", template.id, changed)
    assert (status, said["error"]["code"]) == (400, 100)
    assert await call("DELETE", path, name="t0") == (200, {"success": True})
    status, said = await call("POST", path, text_template("t0", "Hi there."))
    assert (status, said["error"]["error_subcode"]) == (400, 2388023)


@pytest.mark.parametrize(
    ("text", "subcode"),
    [
        ("{{1}} is ready for you now", 2388299),
        ("x" * 1025, 2388040),
        ("Hi {{1}} and {{3}} are here for you today and now", 2388023),
    ],
)
async def test_templates_that_break_a_rule_are_not_created(
    call: Caller, text: str, subcode: int
) -> None:
    path = f"{call.account}/message_templates"
    _, said = await call("POST", path, text_template("bad", text))
    assert said["error"]["error_subcode"] == subcode


async def test_a_number_is_activated_by_code_and_pin(
    platform: WhatsAppPlatform, call: Caller
) -> None:
    number = platform.number
    number.verified = number.registered = False
    path = call.number
    register = {"messaging_product": "whatsapp", "pin": "123456"}
    text = {"messaging_product": "whatsapp", "to": "+351911111111", "text": {"body": "hi"}}
    assert (await call("POST", f"{path}/messages", text))[1]["error"]["code"] == 133010
    assert (await call("POST", f"{path}/register", register))[1]["error"]["code"] == 133006
    await call("POST", f"{path}/request_code", code_method="SMS", language="pt_PT")
    assert (await call("POST", f"{path}/verify_code", code="0"))[0] == 400
    assert (await call("POST", f"{path}/verify_code", code=str(number.code)))[0] == 200
    assert (await call("POST", f"{path}/register", register))[0] == 200
    wrong = {**register, "pin": "654321"}
    assert (await call("POST", f"{path}/register", wrong))[1]["error"]["code"] == 133005
    assert (await call("POST", f"{path}/messages", text))[0] == 200


async def test_a_banned_number_says_so_everywhere(platform: WhatsAppPlatform, call: Caller) -> None:
    notice = platform.number.banned()
    assert notice.value["ban_info"]["waba_ban_state"] == "DISABLE"
    platform.template("ready", "Your order is ready.")
    assert await call.send_template("ready") == 131031
    _, shown = await call("GET", call.number, fields="status,health_status")
    assert shown["status"] == "BANNED"
    assert shown["health_status"]["can_send_message"] == "BLOCKED"


async def test_only_who_wrote_within_a_day_can_be_blocked(
    platform: WhatsAppPlatform, call: Caller
) -> None:
    ana = platform.contact("351911111111", name="Ana")
    path, users = f"{call.number}/block_users", [{"user": "+351911111111"}]
    block = {"messaging_product": "whatsapp", "block_users": users}
    status, said = await call("POST", path, block)
    assert (status, said["error"]["code"]) == (400, 139100)
    ana.writes("Olá")
    assert (await call("POST", path, block))[0] == 200
    assert (await call("GET", path))[1]["data"][0]["wa_id"] == ana.phone
    await call("DELETE", path, block)
    assert platform.number.blocked == []


async def test_a_sample_is_uploaded_in_a_session(platform: WhatsAppPlatform, call: Caller) -> None:
    _, opened = await call(
        "POST", f"{platform.app.app_id}/uploads", file_length="9", file_type="image/png"
    )
    url = f"{platform.api_url}/{opened['id']}"
    headers = {
        "file_offset": "0",
        "Authorization": BEARER["Authorization"].replace("Bearer", "OAuth"),
    }
    async with call.http.post(url, data=b"a picture", headers=headers) as answer:
        handle = (await answer.json())["h"]
    assert platform.cloud.uploads.handles[handle] == b"a picture"


async def test_a_flow_that_exchanges_data_needs_an_endpoint_and_a_key(
    platform: WhatsAppPlatform, call: Caller
) -> None:
    screens = '{"version": "7.3", "data_api_version": "3.0", "screens": [{"id": "ONE"}]}'
    survey = {"name": "survey", "categories": ["SURVEY"], "flow_json": screens}
    _, made = await call("POST", f"{call.account}/flows", survey)
    codes = [(await call("POST", f"{made['id']}/publish"))[1]["error"]["code"]]
    await call("POST", made["id"], {"endpoint_uri": "https://example.com/flows"})
    codes.append((await call("POST", f"{made['id']}/publish"))[1]["error"]["code"])
    platform.number.public_key = "a key"
    assert (await call("POST", f"{made['id']}/publish"))[0] == 200
    assert codes == [139002, 139002]
    assert (await call("DELETE", made["id"]))[1]["error"]["code"] == 139004
