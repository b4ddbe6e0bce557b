"""Accounts and channels, and the brake."""

from __future__ import annotations

from gateway.testing.whatsapp import WhatsAppPlatform
from tests.integration.api.scene import TEMPLATE, TEXT, Scene
from tests.integration.outbound.scene import ANA


async def test_every_account_is_told_with_what_waits(scene: Scene) -> None:
    await scene.post("/v1/messages", {"messages": [TEMPLATE, TEMPLATE | {"lane": "bulk"}]})
    answer = await scene.get("/v1/accounts")
    (account,) = answer.json["accounts"]
    assert (account["id"], account["channel"], account["title"]) == (
        "wa-main",
        "whatsapp",
        "WhatsApp",
    )
    assert (account["queues"]["live"], account["queues"]["bulk"]) == (1, 1)
    assert (await scene.get("/v1/accounts/wa-main")).json["id"] == "wa-main"


async def test_a_paused_account_takes_messages_and_sends_them_when_resumed(
    sending: Scene, platform: WhatsAppPlatform
) -> None:
    await platform.post(platform.contact(ANA, name="Ana").writes("Olá"))
    paused = await sending.post("/v1/accounts/wa-main/pause", {"reason": "wrong prices"})
    assert (paused.status, paused.json["queues"]["paused"]) == (200, "wrong prices")
    message_id = (await sending.post("/v1/messages", TEXT)).json["id"]
    account = (await sending.get("/v1/accounts/wa-main")).json
    assert (account["queues"]["live"], "paused_at" in account["queues"]) == (1, True)
    resumed = await sending.post("/v1/accounts/wa-main/resume")
    assert (resumed.status, "paused" in resumed.json["queues"]) == (200, False)
    await sending.becomes(message_id, "sent", "delivered", "read")


async def test_a_pause_wants_a_reason(scene: Scene) -> None:
    answer = await scene.post("/v1/accounts/wa-main/pause", {"reason": ""})
    assert answer.status == 422
    assert (await scene.post("/v1/accounts/wa-main/pause", {})).status == 422


async def test_an_unknown_account_is_not_found(scene: Scene) -> None:
    assert (await scene.get("/v1/accounts/nobody")).status == 404
    assert (await scene.post("/v1/accounts/nobody/pause", {"reason": "x"})).status == 404
    assert (await scene.post("/v1/accounts/nobody/resume")).status == 404


async def test_channels_are_told_with_what_they_can_send(scene: Scene) -> None:
    (channel,) = (await scene.get("/v1/channels")).json["channels"]
    assert (channel["type"], channel["window"]["seconds"]) == ("whatsapp", 24 * 3600)
    limits = {each["field"]: each for each in channel["capabilities"]["text"]["limits"]}
    assert limits["text"]["most"] == 4096
