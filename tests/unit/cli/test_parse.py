"""``relevo parse`` through the installed command, with a stranger's plugin."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any, TypeAlias

import pytest

Relevo: TypeAlias = Callable[..., CompletedProcess[str]]

NOTES = '{"notes": ["coo", "¡hola!"]}'


def events(done: CompletedProcess[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_each_event_is_one_line_that_begins_with_its_file(relevo: Relevo, tmp_path: Path) -> None:
    (tmp_path / "body.json").write_text(NOTES, "utf-8")
    done = relevo("parse", "pigeon", "body.json")
    assert (done.returncode, done.stderr) == (0, "")
    assert all(
        line.startswith('{"file":"body.json","type":"message.received",')
        for line in done.stdout.splitlines()
    )
    assert [each["message"]["content"]["text"] for each in events(done)] == ["coo", "¡hola!"]
    assert {each["v"] for each in events(done)} == {1}


@pytest.mark.parametrize("arguments", [(), ("-",)])
def test_no_file_and_a_dash_are_standard_input(relevo: Relevo, arguments: tuple[str, ...]) -> None:
    done = relevo("parse", "pigeon", *arguments, stdin=NOTES)
    assert [each["file"] for each in events(done)] == ["-", "-"]


@pytest.mark.parametrize("remarks", ["", '"kind": "note", "notes": "two", '])
def test_the_body_of_a_recorded_payload_is_taken(relevo: Relevo, remarks: str) -> None:
    done = relevo("parse", "pigeon", stdin=f'{{"source": "a roof", {remarks}"body": {NOTES}}}')
    assert [each["type"] for each in events(done)] == ["message.received"] * 2


@pytest.mark.parametrize(
    ("body", "told", "raw"),
    [
        ("coo", "not JSON", "coo"),
        ('{"note": 1}', "the pigeon plugin failed: KeyError", {"note": 1}),
        ('{"source": "a roof", "body": "coo"}', "not JSON", "coo"),
    ],
)
def test_a_broken_body_is_a_notice(relevo: Relevo, body: str, told: str, raw: object) -> None:
    done = relevo("parse", "pigeon", stdin=body)
    (event,) = events(done)
    assert (done.returncode, event["type"]) == (0, "platform.notice")
    assert event["notice"]["reason"] == "broken"
    assert told in event["notice"]["error"]
    assert event["notice"]["raw"] == raw


def test_a_file_that_cannot_be_read_is_told_and_the_others_are_done(
    relevo: Relevo, tmp_path: Path
) -> None:
    (tmp_path / "body.json").write_text(NOTES, "utf-8")
    done = relevo("parse", "pigeon", "none.json", "body.json")
    assert (done.returncode, len(events(done))) == (1, 2)
    assert done.stderr == "error: none.json cannot be read: No such file or directory\n"


def test_an_unknown_channel_is_told_with_the_nearest(relevo: Relevo) -> None:
    done = relevo("parse", "pidgeon", stdin=NOTES)
    assert (done.returncode, done.stdout) == (2, "")
    assert "did you mean pigeon?" in done.stderr


def test_parsing_imports_no_server(tmp_path: Path, relevo: Relevo) -> None:
    (tmp_path / "body.json").write_text(NOTES, "utf-8")
    done = relevo("parse", "pigeon", "body.json", PYTHONPROFILEIMPORTTIME="1")
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "gateway.loader" in imported
    assert imported.isdisjoint({"aiohttp", "obstore", "redis", "prometheus_client", "uvloop"})
