"""``relevo accounts``, beside a running service."""

from __future__ import annotations

import json
from typing import Any

from gateway.testing.whatsapp import WhatsAppPlatform
from tests.integration.api.command import Ended, relevo
from tests.integration.api.scene import TEMPLATE, TEXT, Scene
from tests.integration.outbound.scene import ACCOUNT, ANA


async def accounts(scene: Scene, *words: str, **more: Any) -> Ended:
    return await relevo("accounts", *words, "--url", scene.service.private_url, **more)


async def test_every_account_is_a_row_with_what_waits(scene: Scene) -> None:
    bulk = TEMPLATE | {"lane": "bulk"}
    await scene.post("/v1/messages", {"messages": [TEMPLATE, bulk, bulk]})
    listed = await accounts(scene, "list")
    headings, row = listed.out.splitlines()
    found = dict(zip(headings.split(), row.split(), strict=False))
    assert (listed.code, found["account"], found["state"]) == (0, ACCOUNT, "up")
    assert (found["live"], found["bulk"], found["failed"]) == ("1", "2", "0")
    assert found["oldest"].isdecimal()
    (whole,) = (json.loads(each) for each in (await accounts(scene, "list", "--json")).out.split())
    told = (await scene.get(f"/v1/accounts/{ACCOUNT}")).json
    assert (whole["queues"], whole["title"]) == (told["queues"], "WhatsApp")


async def test_a_paused_account_keeps_what_is_given_until_it_is_resumed(
    sending: Scene, platform: WhatsAppPlatform
) -> None:
    await platform.post(platform.contact(ANA, name="Ana").writes("Olá"))
    paused = await accounts(sending, "pause", ACCOUNT, "--reason", "wrong prices")
    assert (paused.code, f"relevo accounts resume {ACCOUNT}" in paused.out) == (0, True), paused.err
    message_id = (await sending.post("/v1/messages", TEXT)).json["id"]
    listed = (await accounts(sending, "list")).out
    assert f"{ACCOUNT}: paused since 20" in listed
    assert listed.count(": wrong prices") == 1
    resumed = await accounts(sending, "resume", ACCOUNT)
    assert (resumed.code, resumed.out) == (
        0,
        f"{ACCOUNT} is not paused; messages waiting: 1 live.\n",
    )
    await sending.becomes(message_id, "sent", "delivered", "read")
    assert "paused" not in (await accounts(sending, "list")).out


async def test_what_else_is_wrong_with_an_account_is_told_below_the_table(scene: Scene) -> None:
    component = scene.daemon.health.component(f"account:{ACCOUNT}", essential=False)
    component.degraded("platform", "Meta rates the number red.")
    listed = (await accounts(scene, "list")).out
    assert f"{ACCOUNT}: degraded since 20" in listed
    assert ": Meta rates the number red." in listed


async def test_an_account_that_is_none_is_told_with_those_that_are(scene: Scene) -> None:
    for words in (("pause", "wa/mian?", "--reason", "x"), ("resume", "wa-mian")):
        ended = await accounts(scene, *words)
        assert (ended.code, ended.out) == (1, "")
        assert f"there is no such account; there are: {ACCOUNT}" in ended.err


async def test_a_pause_wants_a_reason_that_is_not_too_long(scene: Scene) -> None:
    without = await accounts(scene, "pause", ACCOUNT)
    assert (without.code, "Missing option '--reason'" in without.err) == (2, True)
    long = await accounts(scene, "pause", ACCOUNT, "--reason", "x" * 201)
    assert (long.code, "$.reason" in long.err) == (1, True)
    assert "paused" not in (await scene.get(f"/v1/accounts/{ACCOUNT}")).json["queues"]


async def test_a_key_that_may_only_look_does_not_pause(guarded: Scene) -> None:
    key = (await guarded.key("accounts"))["Authorization"].removeprefix("Bearer ")
    assert (await accounts(guarded, "list", RELEVO_API_KEY=key)).code == 0
    words = ("pause", ACCOUNT, "--reason", "x")
    refused = await accounts(guarded, *words, RELEVO_API_KEY=key)
    assert (refused.code, "this key is not allowed admin" in refused.err) == (1, True)
