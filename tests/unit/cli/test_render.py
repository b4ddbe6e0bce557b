"""``relevo render`` through the installed command, with WhatsApp and a stranger's plugin."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any, TypeAlias

import pytest

Relevo: TypeAlias = Callable[..., CompletedProcess[str]]

HELLO = '{"to": "+34600000000", "content": {"kind": "text", "text": "¡Hola!"}}'
ACCOUNT = """
[[accounts]]
id = "{id}"
channel = "whatsapp"
phone_number_id = "{number}"
business_account_id = "2"
access_token = "hidden-token"
app_secret = "hidden-secret"
verify_token = "hidden-word"
api_url = "http://localhost:9/v25.0"
"""


def calls(done: CompletedProcess[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("arguments", [(), ("-",), ("message.json",)])
def test_a_message_from_a_file_or_standard_input_becomes_calls(
    relevo: Relevo, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    (tmp_path / "message.json").write_text(HELLO, "utf-8")
    done = relevo("render", "whatsapp", *arguments, stdin=HELLO)
    assert (done.returncode, done.stderr) == (0, "")
    assert calls(done) == [
        {
            "method": "POST",
            "path": "/v26.0/106540352242922/messages",
            "body": {
                "messaging_product": "whatsapp",
                "recipient_type": "individual",
                "to": "+34600000000",
                "type": "text",
                "text": {"body": "¡Hola!"},
            },
        }
    ]


def test_a_message_of_two_parts_is_two_lines_and_says_why(relevo: Relevo) -> None:
    sound = {"kind": "audio", "media": {"platform_id": "1"}, "caption": "Listen"}
    done = relevo("render", "whatsapp", stdin=json.dumps({"to": "34600000000", "content": sound}))
    assert [each["body"]["type"] for each in calls(done)] == ["audio", "text"]
    assert (done.returncode, done.stderr) == (0, "downgraded: the caption follows as a text\n")


def test_problems_are_told_one_a_line_by_their_fields(relevo: Relevo) -> None:
    asked = {"kind": "buttons", "text": "", "buttons": [{"id": "1", "title": "x" * 21}]}
    done = relevo("render", "whatsapp", stdin=json.dumps({"to": "34600000000", "content": asked}))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [
        "error: $.content.text: must not be blank",
        "error: $.content.buttons[0].title: has 21 characters, 20 at most",
    ]


def test_a_channel_that_cannot_send_yet_says_so(relevo: Relevo) -> None:
    done = relevo("render", "pigeon", stdin=HELLO)
    assert (done.returncode, done.stdout) == (1, "")
    assert "$.content.kind" in done.stderr
    assert "does not carry text" in done.stderr


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("coo", "not JSON"),
        ("[]", "$: must be an object, is a list"),
        ('{"to": "1"}', "$.content: is missing"),
        ('{"to": "1", "content": {"kind": "song"}}', "$.content.kind: is none that we know"),
        (
            '{"to": "1", "content": {"kind": "text", "text": 5}}',
            "$.content.text: must be a text, is a number",
        ),
        (
            '{"too": "1", "content": {"kind": "text", "text": "a", "prevew": true}}',
            "$.content.prevew: is no field of this; did you mean `preview`?",
        ),
        (
            (
                '{"to": "1", "content": {"kind": "list", "text": "a", "button": "b", "sections": '
                '[{"rows": [{"id": "1", "title": "a", "titel": "b"}]}]}}'
            ),
            "$.content.sections[0].rows[0].titel: is no field of this",
        ),
    ],
)
def test_what_is_no_message_is_told_with_its_path(relevo: Relevo, message: str, told: str) -> None:
    done = relevo("render", "whatsapp", stdin=message)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr


def test_an_accounts_own_settings_are_used_and_its_secrets_stay(
    relevo: Relevo, tmp_path: Path
) -> None:
    (tmp_path / "relevo.toml").write_text(ACCOUNT.format(id="main", number="77"))
    done = relevo("render", "whatsapp", "--account", "relevo.toml", stdin=HELLO)
    (call,) = calls(done)
    assert call["path"] == "/v25.0/77/messages"
    assert "hidden" not in done.stdout + done.stderr


def test_one_of_several_accounts_is_named_by_the_message(relevo: Relevo, tmp_path: Path) -> None:
    two = ACCOUNT.format(id="main", number="77") + ACCOUNT.format(id="other", number="88")
    (tmp_path / "relevo.toml").write_text(two)
    arguments = ("render", "whatsapp", "--account", "relevo.toml")
    named = relevo(*arguments, stdin=json.dumps({"account": "other", **json.loads(HELLO)}))
    assert calls(named)[0]["path"] == "/v25.0/88/messages"
    unnamed = relevo(*arguments, stdin=HELLO)
    assert (unnamed.returncode, "account" in unnamed.stderr) == (2, True)
    unknown = relevo(*arguments, stdin=json.dumps({"account": "third", **json.loads(HELLO)}))
    assert unknown.returncode == 2
    assert "no account 'third'; it has main, other" in unknown.stderr


def test_a_file_without_an_account_of_the_channel_is_told(relevo: Relevo, tmp_path: Path) -> None:
    (tmp_path / "relevo.toml").write_text("")
    done = relevo("render", "whatsapp", "--account", "relevo.toml", stdin=HELLO)
    assert done.returncode == 2
    assert "relevo.toml has no account of channel whatsapp" in done.stderr


def test_a_file_that_cannot_be_read_is_told(relevo: Relevo) -> None:
    done = relevo("render", "whatsapp", "none.json")
    assert done.returncode == 2
    assert "none.json cannot be read: No such file or directory" in done.stderr


def test_an_unknown_channel_is_told_with_the_nearest(relevo: Relevo) -> None:
    done = relevo("render", "whatsap", stdin=HELLO)
    assert (done.returncode, done.stdout) == (2, "")
    assert "did you mean whatsapp?" in done.stderr


def test_rendering_imports_no_server(relevo: Relevo) -> None:
    done = relevo("render", "whatsapp", stdin=HELLO, PYTHONPROFILEIMPORTTIME="1")
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "gateway.loader" in imported
    assert imported.isdisjoint({"aiohttp", "obstore", "redis", "prometheus_client", "uvloop"})
