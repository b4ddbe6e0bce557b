"""What gets into a log line, and what does not."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from gateway.settings.schema import LogSettings
from gateway.settings.secret import Secret, Secrets
from gateway.telemetry.redact import Redactor
from gateway.telemetry.setup import configure_logs

PHONE = "5491155556666"
TELEGRAM = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw4"
META = "EAAJB1xyzXYZ0123456789abcdefghij"


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def logged(settings: LogSettings | None = None, **fields: Any) -> str:
    stream = io.StringIO()
    configure_logs(settings or LogSettings(), stream)
    structlog.get_logger().info("message sent", **fields)
    return stream.getvalue()


def test_a_line_is_a_json_object_with_time_and_level() -> None:
    line = json.loads(logged(account="wa-main", parts=3))
    assert line.pop("timestamp").endswith("Z")
    assert line == {"level": "info", "event": "message sent", "account": "wa-main", "parts": 3}


def test_a_terminal_gets_words_instead() -> None:
    stream = Terminal()
    configure_logs(LogSettings(), stream)
    structlog.get_logger().info("message sent")
    assert "message sent" in stream.getvalue()
    assert not stream.getvalue().startswith("{")


def test_levels_below_the_least_are_not_shown() -> None:
    stream = io.StringIO()
    configure_logs(LogSettings(level="warning"), stream)
    structlog.get_logger().info("quiet")
    logging.getLogger("aiohttp.server").info("quiet too")
    structlog.get_logger().warning("loud")
    assert [line["event"] for line in lines(stream)] == ["loud"]


def test_other_libraries_go_the_same_way() -> None:
    stream = io.StringIO()
    configure_logs(LogSettings(), stream)
    logging.getLogger("aiohttp.server").error("failed for %s", PHONE)
    (line,) = lines(stream)
    assert line["logger"] == "aiohttp.server"
    assert line["level"] == "error"
    assert PHONE not in line["event"]


@pytest.mark.parametrize("format_", ["json", "console"])
@pytest.mark.parametrize("source", ["ours", "theirs"])
def test_exceptions_are_shown_without_what_is_secret_or_personal(format_: Any, source: str) -> None:
    stream = io.StringIO()
    configure_logs(LogSettings(format=format_), stream)
    logger: Any = structlog.get_logger() if source == "ours" else logging.getLogger("x")
    try:
        int(f"{PHONE} at https://api.telegram.org/bot{TELEGRAM}/send?access_token={META} {META}")
    except ValueError:
        logger.exception("broken")
    shown = stream.getvalue()
    assert "ValueError" in shown
    assert "Traceback" in shown
    for hidden in (PHONE, TELEGRAM, META):
        assert hidden not in shown


@pytest.mark.parametrize(
    "fields",
    [
        {"access_token": "hush"},
        {"headers": {"Authorization": "hush"}},
        {"given": Secret("hush")},
        {"given": Secrets("hush", "hush-hush")},
        {"given": [Secret("hush")]},
        {"url": "redis://:hush@localhost/0"},
        {"url": "https://x/?verify_token=hush&a=b"},
        {"error": "header 'Bearer hush' refused"},
        {"error": '{"app_secret": "hush"}'},
    ],
)
@pytest.mark.parametrize("personal_data", [False, True])
def test_secrets_are_hidden_wherever_they_are(
    fields: dict[str, Any], *, personal_data: bool
) -> None:
    assert "hush" not in logged(LogSettings(personal_data=personal_data), **fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"contact": PHONE},
        {"contact": int(PHONE)},
        {"recipients": [f"+{PHONE}"]},
        {"error": f"no such recipient {PHONE}."},
        {"error": "no such recipient +54 9 11 5555-6666"},
        {"nested": {"deep": ({"to": PHONE},)}},
        {"given": ValueError(PHONE)},
    ],
)
def test_contacts_are_shortened(fields: dict[str, Any]) -> None:
    line = logged(**fields)
    assert PHONE not in line
    assert "5555-6666" not in line
    assert "6666#" in line


def test_a_setting_shows_contacts_in_full() -> None:
    assert PHONE in logged(LogSettings(personal_data=True), contact=PHONE)


def test_one_contact_looks_the_same_in_every_line_and_unlike_another() -> None:
    redactor = Redactor(b"key")
    assert redactor.contact(PHONE) == redactor.contact(PHONE)
    assert redactor.contact(PHONE) != redactor.contact("5491166666666")
    assert redactor.contact(PHONE) != Redactor(b"other").contact(PHONE)


def test_a_short_id_is_not_shown_at_all() -> None:
    assert "1234" not in Redactor(b"key").contact("1234")


@pytest.mark.parametrize(
    "text", ["2026-11-22T02:11:16.000001Z", "127.0.0.1:8080", "took 1234567 ms", "wa-main"]
)
def test_what_is_no_number_of_anyone_stays(text: str) -> None:
    assert Redactor(b"key").text(text) == text
