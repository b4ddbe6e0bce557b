"""What contacts sent, in every recorded body, can be sent back as it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final, get_args

import pytest

from gateway.api import (
    BodyMalformed,
    MessageEchoed,
    MessageEdited,
    MessageReceived,
    OutboundContent,
    Text,
    WebhookRequest,
    kind_of,
)
from tests.plugins.telegram.rendering import CHANNEL, problems, rendered

CORPUS: Final = Path(__file__).parents[2] / "corpus" / "telegram"
WITHOUT_AN_ID: Final = "047-malformed-opsdroid-unparseable-event-0"
"""A sticker of which nothing is told."""


def contents() -> Iterator[tuple[str, OutboundContent]]:
    for path in sorted(CORPUS.glob("*.json")):
        body = json.dumps(json.loads(path.read_bytes())["body"]).encode()
        try:
            events = CHANNEL.parse(WebhookRequest(body=body, received_at=1))
        except BodyMalformed:
            continue
        for number, event in enumerate(events):
            if isinstance(event, MessageReceived | MessageEdited | MessageEchoed):
                content = event.message.content
                if isinstance(content, get_args(OutboundContent)):
                    yield f"{path.stem}-{number}", content


SENT: Final = dict(contents())


@pytest.mark.parametrize("name", sorted(SENT.keys() - {WITHOUT_AN_ID}))
def test_it_is_sent_back_and_nothing_is_lost(name: str) -> None:
    content = SENT[name]
    found = rendered(content)
    assert found.downgraded is None
    (call,) = found.calls
    assert call.body is not None
    if isinstance(content, Text):
        assert call.body["text"] == content.text


def test_what_cannot_be_named_is_refused() -> None:
    assert list(problems(SENT[WITHOUT_AN_ID])) == ["$.content.media"]


def test_the_bodies_hold_most_kinds() -> None:
    kinds = {kind_of(each) for each in SENT.values()}
    assert kinds >= {"text", "image", "video", "audio", "document", "sticker", "location"}
    assert kinds >= {"contacts", "poll", "dice", "reaction"}
