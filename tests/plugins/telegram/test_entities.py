"""Telegram counts UTF-16 code units; spans count code points."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.api import Span
from gateway_telegram import wire
from gateway_telegram.entities import spans

texts = st.text(
    st.one_of(st.characters(codec="utf-8"), st.sampled_from("a ñ👍😆\u200d🏽é𝕏")), max_size=40
)


def units(text: str) -> int:
    """How long a text is as Telegram counts: by encoding it."""
    return len(text.encode("utf-16-le")) // 2


@given(before=texts, marked=texts.filter(bool), after=texts)
def test_a_stretch_is_the_one_that_was_marked(before: str, marked: str, after: str) -> None:
    text = before + marked + after
    entity = wire.Entity(type="bold", offset=units(before), length=units(marked))
    (found,) = spans(text, [entity])
    assert text[found.offset : found.offset + found.length] == marked


@given(text=texts, offset=st.integers(0, 100), length=st.integers(0, 100))
def test_a_stretch_never_leaves_the_text(text: str, offset: int, length: int) -> None:
    for found in spans(text, [wire.Entity(type="bold", offset=offset, length=length)]):
        assert found.length > 0
        assert found.offset >= 0
        assert found.offset + found.length <= len(text)
        asked = text.encode("utf-16-le")[2 * offset : 2 * (offset + length)]
        within = text[found.offset : found.offset + found.length].encode("utf-16-le")
        assert asked in within


def test_half_a_character_takes_all_of_it() -> None:
    entity = wire.Entity(type="bold", offset=1, length=2)
    assert spans("👍👍", [entity]) == (Span(type="bold", offset=0, length=2),)


@pytest.mark.parametrize(
    ("entity", "type_", "value"),
    [
        ({"type": "text_link", "url": "https://x.example"}, "link", "https://x.example"),
        ({"type": "url"}, "link", None),
        ({"type": "text_mention", "user": {"id": 7}}, "mention", "7"),
        ({"type": "mention"}, "mention", None),
        ({"type": "bot_command"}, "command", None),
        ({"type": "pre", "language": "python"}, "code_block", "python"),
        ({"type": "custom_emoji", "custom_emoji_id": "53"}, "custom_emoji", "53"),
        ({"type": "expandable_blockquote"}, "blockquote", None),
        ({"type": "phone_number"}, "phone", None),
        ({"type": "sparkling"}, "sparkling", None),
    ],
)
def test_marks_have_neutral_names(entity: dict[str, object], type_: str, value: str | None) -> None:
    told = msgspec.convert({**entity, "offset": 0, "length": 2}, wire.Entity)
    assert spans("hi", [told]) == (Span(type=type_, offset=0, length=2, value=value),)
