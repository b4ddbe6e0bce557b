from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest

from gateway import loader
from gateway.api import WebhookRequest
from gateway.cli.event_words import what, who
from gateway.model.event import Event

CORPUS: Final = Path(__file__).parents[2] / "corpus" / "whatsapp"


def events(kind: str) -> list[Event]:
    channel = loader.load().channels["whatsapp"]
    bodies: list[dict[str, Any]] = []
    for path in sorted(CORPUS.glob("*.json")):
        recorded = json.loads(path.read_bytes())
        if recorded["kind"] == kind:
            bodies.append(recorded["body"])
    requests = [WebhookRequest(body=json.dumps(each).encode(), received_at=1) for each in bodies]
    return [event for each in requests for event in channel(channel.example()).parse(each)]


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("text", "«Hello World»"),
        ("order", "2 products, 85.00 USD"),
        ("unreaction", "taken back"),
        ("voice", "voice message"),
        ("interactive_button_reply", "button unique-button-identifier-here: «button-text»"),
        ("revoke", "withdrawn by the contact"),
        ("message_echo", "from phone app: «Text was edited»"),
        ("user_preferences", "marketing"),
        ("template_event", "welcome_template: quality YELLOW"),
        ("status_read", "read"),
    ],
)
def test_an_event_is_told_in_a_few_words(kind: str, words: str) -> None:
    assert words in [what(each) for each in events(kind)]


def test_the_contact_is_told_by_name() -> None:
    assert {who(each) for each in events("voice")} >= {"Test Name"}
