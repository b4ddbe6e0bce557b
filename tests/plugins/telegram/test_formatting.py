"""Formatting going out, and back in."""

from __future__ import annotations

import msgspec
import pytest

from gateway.api import Span, Text
from gateway_telegram import wire
from gateway_telegram.entities import spans
from gateway_telegram.formatting import entities, lost
from gateway_telegram.words import Words
from tests.plugins.telegram.rendering import call, told

TEXT = "👍 *hi* <b>Ana</b>"


def shown(*marks: Span, text: str = TEXT) -> list[dict[str, object]]:
    return entities(Words(text, marks))


def test_offsets_are_counted_in_utf_16() -> None:
    assert shown(Span(type="bold", offset=0, length=1), Span(type="code", offset=2, length=4)) == [
        {"type": "bold", "offset": 0, "length": 2},
        {"type": "code", "offset": 3, "length": 4},
    ]


@pytest.mark.parametrize(
    ("type_", "value", "entity"),
    [
        ("link", "https://shop.example", {"type": "text_link", "url": "https://shop.example"}),
        ("mention", "51", {"type": "text_mention", "user": {"id": 51}}),
        ("code_block", "python", {"type": "pre", "language": "python"}),
        ("custom_emoji", "5368324170671202286", {"custom_emoji_id": "5368324170671202286"}),
        ("spoiler", None, {"type": "spoiler"}),
    ],
)
def test_what_a_stretch_means_goes_along(
    type_: str, value: str | None, entity: dict[str, object]
) -> None:
    (found,) = shown(Span(type=type_, offset=0, length=3, value=value))
    assert found.items() >= entity.items()


@pytest.mark.parametrize("type_", ["url", "hashtag", "email", "command", "link", "mention"])
def test_what_telegram_finds_by_itself_is_left_to_it(type_: str) -> None:
    span = Span(type=type_, offset=0, length=3)
    assert shown(span) == []
    assert lost(Words(TEXT, (span,))) == []


@pytest.mark.parametrize(
    "span",
    [
        Span(type="blink", offset=0, length=1),
        Span(type="bold", offset=0, length=99),
        Span(type="bold", offset=-1, length=2),
        Span(type="link", offset=0, length=2, value="javascript:alert(1)"),
        Span(type="custom_emoji", offset=0, length=1, value="x"),
    ],
)
def test_what_has_no_form_is_shown_plain_and_told(span: Span) -> None:
    assert shown(span) == []
    assert told(Text(text=TEXT, spans=(span,))) == f"shown plain: {span.type}"


def test_no_text_is_parsed_by_telegram() -> None:
    method, body = call(Text(text=TEXT))
    assert (method, body["text"]) == ("/sendMessage", TEXT)
    assert "parse_mode" not in body


def test_formatting_survives_the_way_there_and_back() -> None:
    marks = (
        Span(type="bold", offset=0, length=3),
        Span(type="code_block", offset=2, length=4, value="python"),
        Span(type="link", offset=7, length=3, value="https://shop.example"),
        Span(type="mention", offset=10, length=3, value="51"),
    )
    sent = msgspec.convert(shown(*marks), tuple[wire.Entity, ...])
    assert spans(TEXT, sent) == marks
