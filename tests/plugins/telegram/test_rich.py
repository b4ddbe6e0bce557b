"""The words of rich messages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_telegram import rich

RECORDED = Path(__file__).parents[2] / "corpus" / "telegram" / "052-other-message-rich-message.json"

trees = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inside: (
        st.lists(inside, max_size=3)
        | st.dictionaries(
            st.sampled_from(["text", "blocks", "items", "cells", "label", "caption", "summary"]),
            inside,
            max_size=3,
        )
    ),
    max_leaves=20,
)


def test_a_rich_message_reads_line_by_line() -> None:
    recorded = msgspec.json.decode(RECORDED.read_bytes())
    assert rich.text(recorded["body"]["message"]["rich_message"]).splitlines() == [
        "it's me",
        "mario",
        "Codes | Colors",
        "EI136 EI136 | redOnecapiscored blue",
        "bold",
        "prefixboldsuffix",
    ]


@pytest.mark.parametrize(
    ("block", "text"),
    [
        ({"type": "list", "items": [{"label": "1.", "blocks": [{"text": "one"}]}, {"label": "2.", "blocks": [{"text": "two"}, {"text": "more"}]}]}, "1. one\n2. two\nmore"),
        ({"type": "details", "summary": ["S", {"type": "bold", "text": "um"}], "blocks": [{"text": "inside"}]}, "Sum\ninside"),
        ({"type": "photo", "photo": [], "caption": {"text": "A view"}}, "A view"),
        ({"type": "mathematical_expression", "expression": "x^2"}, "x^2"),
        ({"type": "paragraph", "text": [{"type": "custom_emoji", "alternative_text": "👍"}, "!"]}, "👍!"),
        ({"type": "divider"}, ""),
    ],
)  # fmt: skip
def test_each_block_says_its_words(block: dict[str, Any], text: str) -> None:
    assert rich.text({"blocks": [block]}) == text


@given(tree=trees)
def test_no_shape_of_a_rich_message_is_too_strange(tree: Any) -> None:
    assert isinstance(rich.text(tree), str)


def test_a_text_nested_without_end_ends() -> None:
    tree: Any = "deep"
    for _ in range(3000):
        tree = {"text": [tree], "blocks": []}
    assert rich.text({"blocks": [tree]}) == ""
