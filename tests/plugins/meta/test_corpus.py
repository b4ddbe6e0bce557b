"""Windows and receipts over bodies that others recorded."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import pytest

from gateway.api import Event, MessageStatus, WebhookRequest
from tests.plugins.meta.rendering import BOTH, Name, channel

CORPUS: Final = Path(__file__).parents[2] / "corpus"
OPEN: Final = frozenset(
    {
        *("text", "text_nlp", "image", "video", "audio", "file", "sticker", "location", "attachments"),
        *("quick_reply", "postback", "postback_referral", "reaction", "referral", "reply"),
        *("story_reply", "story_mention", "share", "ig_post", "ig_reel", "like_heart", "fallback"),
        *("message_referral", "unsupported", "ephemeral", "template"),
    }
)  # fmt: skip
CLOSED: Final = frozenset(
    {
        *("delivery", "read", "echo", "edit", "deleted", "unreact", "handover"),
        *("policy", "account_linking", "game_play", "payment"),
    }
)


def recorded(name: Name) -> Iterator[tuple[str, str, bytes]]:
    for path in sorted((CORPUS / name).glob("*.json")):
        told = json.loads(path.read_bytes())
        yield path.stem, told["kind"], json.dumps(told["body"]).encode()


BODIES = [
    pytest.param(name, kind, body, id=f"{name}-{stem}")
    for name in BOTH
    for stem, kind, body in recorded(name)
]


def events(name: Name, body: bytes) -> Sequence[Event]:
    return channel(name).parse(WebhookRequest(body=body, received_at=1))


KINDS = [each for each in BODIES if each.values[1] in OPEN | CLOSED]


@pytest.mark.parametrize(("name", "kind", "body"), KINDS)
def test_a_recorded_body_opens_the_window_or_does_not(name: Name, kind: str, body: bytes) -> None:
    rule = channel(name).window
    assert rule is not None
    assert any(rule.opens(each) for each in events(name, body)) is (kind in OPEN)


RECEIPTS = [each for each in BODIES if each.values[1] in {"delivery", "read"}]


@pytest.mark.parametrize(("name", "kind", "body"), RECEIPTS)
def test_a_recorded_receipt_says_which_message_or_until_when(
    name: Name, kind: str, body: bytes
) -> None:
    found = events(name, body)
    assert found
    for each in found:
        assert isinstance(each, MessageStatus)
        assert each.status.status == {"delivery": "delivered", "read": "read"}[kind]
        assert each.status.platform_id or each.status.watermark
        assert each.contact is not None


def test_the_corpus_has_most_kinds() -> None:
    assert len(KINDS) > 100
    assert len(RECEIPTS) > 10
