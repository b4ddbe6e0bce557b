from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest

from gateway import loader
from gateway.api import WebhookRequest
from gateway.cli.event_words import what, who
from gateway.model.contact import Contact
from gateway.model.event import (
    Event,
    MessageAccepted,
    MessageFailed,
    MessageHeld,
    MessageStatus,
)
from gateway.model.message import OutboundReference
from gateway.model.status import Failure, PlatformError, Status

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


BIRD: Final = Contact(id="bird")
SENT: Final = OutboundReference(id="m1")
WHERE: Final[dict[str, Any]] = {
    "id": "1",
    "at": 1,
    "channel": "pigeon",
    "account": "loft",
    "contact": BIRD,
}
UNDELIVERABLE: Final = PlatformError(code="131026", explanation="not on WhatsApp")
FAILED: Final = Status(status="failed", timestamp=1, message_id="m1", error=UNDELIVERABLE)


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (MessageAccepted(**WHERE, message=SENT), "m1"),
        (
            MessageAccepted(
                **WHERE,
                message=OutboundReference(id="m1", lane="bulk", downgraded="buttons as text"),
            ),
            "in bulk, m1, shown otherwise: buttons as text",
        ),
        (MessageAccepted(**WHERE, message=SENT, kept_back=True), "m1, kept back for now"),
        (MessageHeld(**WHERE, message=SENT), "m1 waits for an answer"),
        (
            MessageFailed(
                **WHERE,
                message=SENT,
                failure=Failure(reason="expired", explanation="its time ran out"),
            ),
            "m1 expired: its time ran out",
        ),
        (MessageStatus(**WHERE, status=FAILED), "m1 failed: 131026 not on WhatsApp"),
        (MessageStatus(**WHERE, status=FAILED, late=True), "m1 failed (late): 131026 not on"),
    ],
)
def test_what_we_sent_is_told_by_its_id_and_what_became_of_it(event: Event, words: str) -> None:
    assert what(event).startswith(words)


def test_a_held_message_is_told_with_the_day_it_gives_up() -> None:
    held = OutboundReference(id="m1", held_until=1_795_000_000_000)
    assert " until " in what(MessageHeld(**WHERE, message=held))


def test_the_contact_is_told_by_name() -> None:
    assert {who(each) for each in events("voice")} >= {"Test Name"}
