"""Templates, Flows, health, profile, block list and activation, over HTTP."""

from __future__ import annotations

import asyncio
import csv
import io
from typing import Any

import pytest

from gateway.testing.whatsapp import WhatsAppPlatform
from tests.integration.api.scene import Scene
from tests.integration.outbound.scene import ACCOUNT, ANA

HERE = f"/v1/accounts/{ACCOUNT}"
TEMPLATE: dict[str, Any] = {
    "name": "ready",
    "language": "es",
    "category": "utility",
    "body": "Tu pedido {{1}} ya está listo.",
    "examples": {"1": "A-17"},
}


async def test_a_template_is_created_changed_listed_and_deleted(
    scene: Scene, platform: WhatsAppPlatform
) -> None:
    made = await scene.post(f"{HERE}/templates", TEMPLATE)
    assert (made.status, made.json["status"]) == (201, "pending")
    (template,) = platform.templates.all(platform.app.number.business_account_id)
    template.approved()
    synced = await scene.post(f"{HERE}/template-sync")
    assert [each["status"] for each in synced.json["templates"]] == ["approved"]
    for query, count in (("status=approved", 1), ("status=paused", 0), ("name=other", 0)):
        listed = await scene.get(f"{HERE}/templates?{query}")
        assert len(listed.json["templates"]) == count, query
    longer = TEMPLATE | {"body": "Hola, tu pedido {{1}} ya está listo."}
    changed = await scene.ask("PUT", f"{HERE}/templates", json=longer)
    assert (changed.status, changed.json["definition"]["body"]) == (200, longer["body"])
    deleted = await scene.ask("DELETE", f"{HERE}/templates/ready?language=es")
    assert (deleted.status, deleted.content) == (204, b"")
    assert (await scene.get(f"{HERE}/templates")).json == {"templates": []}


async def test_a_template_that_would_be_refused_is_told_by_its_field(scene: Scene) -> None:
    answer = await scene.post(f"{HERE}/templates", TEMPLATE | {"examples": {}})
    assert (answer.status, answer.json["reason"]) == (422, "invalid")
    assert [each["path"] for each in answer.json["problems"]] == ["$.examples"]
    answer = await scene.post(f"{HERE}/templates", TEMPLATE | {"category": "SPAM"})
    assert [each["path"] for each in answer.json["problems"]] == ["$.category"]


@pytest.mark.parametrize(
    ("code", "status", "reason"),
    [
        (100, 422, "platform_refused"),
        (80007, 429, "platform_throttles"),
        (131016, 502, "platform_away"),
        (190, 409, "account_broken"),
    ],
)
async def test_what_the_platform_refuses_is_told_with_its_code(
    scene: Scene, platform: WhatsAppPlatform, code: int, status: int, reason: str
) -> None:
    platform.fail_next(code, edge="message_templates")
    answer = await scene.post(f"{HERE}/templates", TEMPLATE)
    assert (answer.status, answer.json["reason"]) == (status, reason)
    assert answer.json["platform"]["code"] == str(code)
    assert ("Retry-After" in answer.headers) == (status == 429)


async def test_an_account_that_is_none_has_nothing(scene: Scene) -> None:
    for path in ("templates", "health", "profile", "blocked", "flows"):
        answer = await scene.get(f"/v1/accounts/nobody/{path}")
        assert (answer.status, answer.json["reason"]) == (404, "unknown_account")


async def test_flows_are_listed(scene: Scene) -> None:
    assert (await scene.get(f"{HERE}/flows")).json == {"flows": []}
    desk = scene.daemon.channels[ACCOUNT].flows
    assert desk is not None
    screens = b'{"version": "7.3", "screens": [{"id": "ONE"}]}'
    await desk.publish(scene.daemon.hosts[ACCOUNT], name="Reservas", screens=screens)
    (flow,) = (await scene.get(f"{HERE}/flows")).json["flows"]
    assert (flow["name"], flow["status"]) == ("Reservas", "published")


async def test_how_an_account_is_is_told_fresh_or_as_it_was_found(
    scene: Scene, platform: WhatsAppPlatform
) -> None:
    fresh = await scene.get(f"{HERE}/health?fresh=true")
    assert (fresh.status, fresh.json["state"], fresh.json["quality"]) == (200, "up", "green")
    platform.number.rated("RED")
    assert (await scene.get(f"{HERE}/health")).json == fresh.json
    again = (await scene.get(f"{HERE}/health?fresh=true")).json
    assert (again["state"], again["quality"]) == ("degraded", "red")
    table = await scene.get("/v1/accounts/health.csv")
    assert table.headers["Content-Type"].startswith("text/csv")
    (row,) = csv.DictReader(io.StringIO(table.content.decode()))
    assert (row["account"], row["quality"]) == (ACCOUNT, "red")


async def test_the_profile_is_told_and_changed(scene: Scene) -> None:
    changed = await scene.ask("PUT", f"{HERE}/profile", json={"about": "Pan de cada día"})
    assert (changed.status, changed.json["about"]) == (200, "Pan de cada día")
    assert (await scene.get(f"{HERE}/profile")).json == changed.json
    refused = await scene.ask("PUT", f"{HERE}/profile", json={"about": "x" * 140})
    assert (refused.status, refused.json["reason"]) == (422, "invalid")
    told = {"path": "$.about", "explanation": "has 140 characters, 139 at most", "limit": 139}
    assert refused.json["problems"] == [told]


async def test_contacts_are_blocked_and_unblocked(scene: Scene, platform: WhatsAppPlatform) -> None:
    platform.contact(ANA, name="Ana").writes("Olá")
    both = {"contacts": [ANA, "351922222222"]}
    outcome = await scene.post(f"{HERE}/block", both)
    assert (len(outcome.json["done"]), len(outcome.json["failed"])) == (1, 1)
    assert (await scene.get(f"{HERE}/blocked")).json == {"contacts": [ANA]}
    await scene.post(f"{HERE}/unblock", {"contacts": [ANA]})
    assert (await scene.get(f"{HERE}/blocked")).json == {"contacts": []}


async def test_a_number_is_activated_step_by_step(scene: Scene, platform: WhatsAppPlatform) -> None:
    platform.number.registered = platform.number.verified = False
    assert (await scene.post(f"{HERE}/code", {"method": "voice"})).status == 204
    wrong = await scene.post(f"{HERE}/verify", {"code": "x"})
    assert wrong.status == 422
    assert (await scene.post(f"{HERE}/verify", {"code": platform.number.code})).status == 204
    assert (await scene.post(f"{HERE}/register", {"pin": "123456"})).status == 204
    assert platform.number.registered


async def test_each_needs_its_scope(guarded: Scene) -> None:
    reader = await guarded.key("messages:read")
    templates = await guarded.key("templates")
    accounts = await guarded.key("accounts")
    assert (await guarded.get(f"{HERE}/templates", headers=reader)).status == 403
    assert (await guarded.get(f"{HERE}/templates", headers=templates)).status == 200
    assert (await guarded.get("/v1/accounts/health.csv", headers=accounts)).status == 200
    pin = {"pin": "123456"}
    assert (await guarded.post(f"{HERE}/register", pin, headers=accounts)).status == 403


async def test_a_template_follows_the_platforms_webhooks(
    sending: Scene, platform: WhatsAppPlatform
) -> None:
    """Approved there, known here, sent; paused there, refused here."""
    assert (await sending.post(f"{HERE}/templates", TEMPLATE)).status == 201
    (template,) = platform.templates.all(platform.app.number.business_account_id)
    content = {
        "kind": "template",
        "name": "ready",
        "language": "es",
        "body": [{"type": "text", "text": "A-17"}],
    }
    message = {"account": ACCOUNT, "to": ANA, "content": content}
    ana = platform.contact(ANA, name="Ana")

    async def becomes(status: str) -> None:
        while True:
            (found,) = (await sending.get(f"{HERE}/templates")).json["templates"]
            if found["status"] == status:
                return
            await asyncio.sleep(0.01)

    await sending.post(f"{HERE}/template-sync")
    early = await sending.post("/v1/messages", message)
    assert (early.status, early.json["problems"][0]["path"]) == (422, "$.content.name")
    assert "is still under review" in early.json["detail"]
    await platform.post(template.approved())
    await becomes("approved")
    assert (await sending.post("/v1/messages", message)).status == 202
    while not ana.inbox:  # noqa: ASYNC110 - the platform tells nobody of what arrived
        await asyncio.sleep(0.01)
    assert ana.inbox[0].said == "Tu pedido A-17 ya está listo."
    await platform.post(template.paused())
    await becomes("paused")
    late = await sending.post("/v1/messages", message)
    assert (late.status, "paused because of its quality" in late.json["detail"]) == (422, True)
    missing = message | {"content": content | {"name": "redy"}}
    assert "did you mean 'ready'?" in (await sending.post("/v1/messages", missing)).json["detail"]


async def test_a_file_of_ours_reaches_the_contact(
    sending: Scene, platform: WhatsAppPlatform
) -> None:
    ana = platform.contact(ANA, name="Ana")
    await platform.post(ana.writes("Olá"))
    photo = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"
    jpeg = {"Content-Type": "image/jpeg"}
    stored = await sending.ask("POST", "/v1/media?filename=pan.jpg", data=photo, headers=jpeg)
    media = {"stored_id": stored.json["id"]}
    content = {"kind": "image", "media": media, "caption": "Nuestro pan"}
    for _ in range(2):
        sent = await sending.post(
            "/v1/messages", {"account": ACCOUNT, "to": ANA, "content": content}
        )
        assert sent.status == 202, sent.json
    while len(ana.inbox) < 2:  # noqa: ASYNC110 - the platform tells nobody of what arrived
        await asyncio.sleep(0.01)
    first, second = [each.body["image"] for each in ana.inbox]
    assert first == second, "uploaded once"
    assert platform.media[first["id"]].data == photo
