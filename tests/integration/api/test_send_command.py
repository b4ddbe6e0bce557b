"""``relevo send``, beside a running service."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gateway.testing.whatsapp import WhatsAppPlatform
from tests.integration.api.command import Ended, relevo
from tests.integration.api.scene import TEMPLATE, TEXT, Scene
from tests.integration.outbound.scene import ACCOUNT, ANA


async def send(scene: Scene, *words: str, **more: Any) -> Ended:
    return await relevo("send", *words, "--url", scene.service.private_url, **more)


async def test_a_text_is_sent_by_account_and_address(scene: Scene) -> None:
    await scene.opens_window()
    ended = await send(scene, ACCOUNT, ANA, "Olá")
    assert ended.code == 0, ended.err
    message_id, _, state = ended.out.strip().partition("  ")
    assert state == "queued"
    record = (await scene.get(f"/v1/messages/{message_id}")).json
    assert (record["kind"], record["to"]) == ("text", ANA)


async def test_a_refused_message_is_told_field_by_field(scene: Scene) -> None:
    buttons = [{"id": str(n), "title": f"{n}" * 21} for n in range(2)]
    content = {"kind": "buttons", "text": "?", "buttons": buttons}
    ended = await send(scene, "--file", "-", stdin=json.dumps(TEXT | {"content": content}))
    assert (ended.code, ended.out) == (1, "")
    assert "$.content.buttons[0].title: has 21 characters, 20 at most" in ended.err
    assert "$.content.buttons[1].title: has 21 characters, 20 at most" in ended.err


async def test_who_waits_for_a_message_of_a_paused_account_is_told_why(scene: Scene) -> None:
    await scene.opens_window()
    paused = await scene.post(f"/v1/accounts/{ACCOUNT}/pause", {"reason": "the bill is unpaid"})
    assert paused.status == 200
    ended = await send(scene, ACCOUNT, ANA, "Olá", "--wait", "--timeout", "0.5")
    assert ended.code == 1
    assert f"still queued: account {ACCOUNT} is paused (the bill is unpaid)" in ended.err


async def test_a_closed_window_is_told_in_words(scene: Scene) -> None:
    ended = await send(scene, ACCOUNT, ANA, "Olá")
    assert ended.code == 1
    assert "only a template may be sent" in ended.err


async def test_account_and_address_fill_in_what_a_file_leaves_out(
    scene: Scene, tmp_path: Path
) -> None:
    file = tmp_path / "message.json"
    file.write_text(json.dumps({"content": TEMPLATE["content"]}))
    ended = await send(scene, ACCOUNT, ANA, "--file", str(file))
    assert ended.code == 0, ended.err
    record = (await scene.get(f"/v1/messages/{ended.out.split()[0]}")).json
    assert (record["account"], record["to"], record["kind"]) == (ACCOUNT, ANA, "template")


async def test_of_several_messages_each_gets_its_line(scene: Scene) -> None:
    several = {"messages": [TEMPLATE, TEMPLATE | {"account": "nobody"}, TEMPLATE]}
    ended = await send(scene, "--file", "-", stdin=json.dumps(several))
    assert (ended.code, len(ended.out.splitlines())) == (1, 2)
    assert "messages[1]: unknown_account" in ended.err
    assert "2 accepted, 1 refused" in ended.err


async def test_a_dry_run_prints_the_calls(scene: Scene) -> None:
    ended = await send(scene, "--dry-run", "--file", "-", stdin=json.dumps(TEMPLATE))
    assert ended.code == 0, ended.err
    assert json.loads(ended.out)["calls"][0]["body"]["template"]["name"] == "hello_world"


async def test_the_same_word_sends_once(scene: Scene) -> None:
    words = ("--once", "order-7", "--file", "-")
    first = await send(scene, *words, stdin=json.dumps(TEMPLATE))
    again = await send(scene, *words, stdin=json.dumps(TEMPLATE))
    assert again.out == first.out.rstrip("\n") + " (accepted before)\n"


async def test_a_key_comes_from_the_environment(guarded: Scene) -> None:
    refused = await send(guarded, "--file", "-", stdin=json.dumps(TEMPLATE))
    assert (refused.code, "relevo keys create" in refused.err) == (1, True)
    key = (await guarded.key("messages:send"))["Authorization"].removeprefix("Bearer ")
    ended = await send(guarded, "--file", "-", stdin=json.dumps(TEMPLATE), RELEVO_API_KEY=key)
    assert ended.code == 0, ended.err


async def test_the_daemon_is_found_by_its_settings(scene: Scene, tmp_path: Path) -> None:
    file = tmp_path / "relevo.toml"
    file.write_text(f'[http]\nprivate = "{scene.service.private.address}"\n')
    words = ("send", "--file", "-", "--config", str(file))
    ended = await relevo(*words, stdin=json.dumps(TEMPLATE))
    assert ended.code == 0, ended.err


@pytest.mark.parametrize("url", ["nonsense", "redis://localhost", "http://", "http://host:port"])
async def test_an_address_that_is_none_is_told(url: str) -> None:
    ended = await relevo("send", ACCOUNT, ANA, "Olá", "--url", url)
    assert ended.code == 2
    assert f"'{url}' is no address: give http://HOST:PORT or unix:/PATH" in ended.err


async def test_where_nobody_answers_it_says_so() -> None:
    ended = await relevo("send", ACCOUNT, ANA, "Olá", "--url", "http://127.0.0.1:9")
    assert ended.code == 2
    assert "http://127.0.0.1:9 does not answer" in ended.err
    assert "is relevo run running?" in ended.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), 'give ACCOUNT TO "TEXT", or --file'),
        ((ACCOUNT, ANA), 'give ACCOUNT TO "TEXT", or --file'),
        ((ACCOUNT, ANA, "Olá", "--file", "-"), "give a text or --file, not both"),
        (("--file", "/nowhere.json"), "/nowhere.json cannot be read"),
    ],
)
async def test_what_is_missing_is_told(words: tuple[str, ...], told: str) -> None:
    ended = await relevo("send", *words, "--url", "http://127.0.0.1:9")
    assert (ended.code, told in " ".join(ended.err.split())) == (2, True)


async def test_a_file_without_an_object_is_told() -> None:
    words = ("send", "--file", "-", "--url", "http://127.0.0.1:9")
    ended = await relevo(*words, stdin="[]")
    assert (ended.code, "must hold a JSON object" in ended.err) == (2, True)


async def test_wait_follows_the_message_until_it_is_delivered(
    sending: Scene, platform: WhatsAppPlatform
) -> None:
    await platform.post(platform.contact(ANA, name="Ana").writes("Olá"))
    ended = await send(sending, ACCOUNT, ANA, "Bom dia!", "--wait")
    assert ended.code == 0, ended.err
    assert ended.out.splitlines()[-1].split()[-1] in {"delivered", "read"}


async def test_wait_tells_why_a_message_failed(sending: Scene, platform: WhatsAppPlatform) -> None:
    await platform.post(platform.contact(ANA, name="Ana").writes("Olá"))
    platform.fail_next(131009)
    ended = await send(sending, ACCOUNT, ANA, "Bom dia!", "--wait")
    assert (ended.code, ended.out.splitlines()[-1].split()[-1]) == (1, "failed")
    assert "error:" in ended.err


async def test_wait_gives_up_in_time_and_says_how_far_it_is(scene: Scene) -> None:
    words = ("--file", "-", "--wait", "--timeout", "0.5")
    ended = await send(scene, *words, stdin=json.dumps(TEMPLATE))
    assert (ended.code, "still queued" in ended.err) == (1, True)


async def test_failed_messages_are_listed_and_sent_again(
    sending: Scene, platform: WhatsAppPlatform
) -> None:
    await platform.post(platform.contact(ANA, name="Ana").writes("Olá"))
    platform.fail_next(131009)
    message_id = (await send(sending, ACCOUNT, ANA, "Bom dia!", "--wait")).out.split()[0]
    where = ("--url", sending.service.private_url)
    listed = await relevo("replay", "--account", ACCOUNT, *where, COLUMNS="200")
    assert (listed.code, message_id in listed.out) == (0, True)
    again = await relevo("replay", "--account", ACCOUNT, "--all", *where)
    assert (again.code, again.out) == (0, "1 wait to be sent again\n")
    await sending.becomes(message_id, "sent", "delivered", "read")
    none = await relevo("replay", "--account", ACCOUNT, *where)
    assert (none.code, none.out) == (0, "")
    assert "No failed message" in none.err


async def test_what_cannot_be_sent_again_is_told(scene: Scene) -> None:
    ended = await relevo("replay", "nothing", "--url", scene.service.private_url)
    assert (ended.code, "nothing: there is no such message" in ended.err) == (1, True)


@pytest.mark.parametrize("words", [(), ("--all",), ("x", "--account", "y")])
async def test_replay_wants_ids_or_an_account(words: tuple[str, ...]) -> None:
    ended = await relevo("replay", *words, "--url", "http://127.0.0.1:9")
    assert (ended.code, "give ids, or --account" in " ".join(ended.err.split())) == (2, True)
