"""Long texts in pieces, and where they are cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.api import Span
from gateway_telegram.words import Words, joined, length, marked, pieces

FAMILY = "👩\u200d👩\u200d👧\u200d👦"
FLAG = "🇵🇹"


def cut(text: str, most: int) -> list[str]:
    return [each.text for each in pieces(Words(text), most)]


@pytest.mark.parametrize(
    ("text", "most", "parts"),
    [
        ("short", 10, ["short"]),
        ("one two\n\nthree four", 12, ["one two", "three four"]),
        ("one two\nthree four", 12, ["one two", "three four"]),
        ("one two three", 9, ["one two", "three"]),
        ("abcdefgh", 5, ["abcde", "fgh"]),
        ("a bcdefgh", 5, ["a bcd", "efgh"]),  # a cut in the first half would waste a message
        ("é" * 3 + "👍" * 3, 5, ["ééé👍", "👍👍"]),
        ("ab" + FAMILY + "cd", 12, ["ab", FAMILY + "c", "d"]),
        ("abc" + "e\u0301" + "f", 4, ["abc", "e\u0301f"]),
        ("ab👍🏽", 5, ["ab", "👍🏽"]),
        ("abc" + FLAG, 6, ["abc", FLAG]),
        ("a" + " " * 20 + "b", 4, ["a", "b"]),
    ],
)
def test_a_text_is_cut_where_it_hurts_least(text: str, most: int, parts: list[str]) -> None:
    assert cut(text, most) == parts


def test_the_first_piece_may_be_shorter() -> None:
    assert [each.text for each in pieces(Words("abcdefgh"), 5, first=3)] == ["abc", "defgh"]


def test_formatting_goes_on_after_a_cut() -> None:
    words = Words("one two", (Span(type="bold", offset=2, length=3),))
    first, second = pieces(words, 4)
    assert (first.text, first.spans) == ("one", (Span(type="bold", offset=2, length=1),))
    assert (second.text, second.spans) == ("two", (Span(type="bold", offset=0, length=1),))


def test_texts_are_put_together_without_the_empty_ones() -> None:
    words = joined(marked("Trip", "bold"), Words(" "), Words("👍 yes"), marked("Relevo", "italic"))
    assert words.text == "Trip\n\n👍 yes\n\nRelevo"
    assert [(each.type, words.text[each.offset :][: each.length]) for each in words.spans] == [
        ("bold", "Trip"),
        ("italic", "Relevo"),
    ]


@given(st.text(st.sampled_from("ab \n👍\u200d🏽\u0301🇵🇹"), max_size=60), st.integers(3, 20))
def test_every_piece_is_short_enough_and_nothing_but_white_space_is_lost(
    text: str, most: int
) -> None:
    parts = pieces(Words(text), most)
    assert all(length(each.text) <= most for each in parts)
    kept = "".join("".join(each.text.split()) for each in parts)
    assert kept == "".join(text.split())
