"""Long texts in several messages."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway_meta.splitting import Measure, pieces

CHARACTERS = Measure(10, "characters")
BYTES = Measure(10, "bytes")
FAMILY = "👩\u200d👩\u200d👧"
"""One character of 18 bytes."""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("0123456789", ["0123456789"]),
        ("one two three", ["one two", "three"]),
        ("first\nsecond", ["first", "second"]),
        ("aaaaaaaa bb", ["aaaaaaaa", "bb"]),
        ("no-spaces-here", ["no-spaces-", "here"]),
        ("a               b", ["a", "b"]),
    ],
)
def test_a_text_is_cut_at_a_line_or_behind_a_word(text: str, found: list[str]) -> None:
    assert pieces(text, CHARACTERS) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ééééé", ["ééééé"]),
        ("éééééé", ["ééééé", "é"]),
        ("aéééééé", ["aéééé", "éé"]),
        ("👍🏽👍🏽", ["👍🏽", "👍🏽"]),
        ("🇪🇸🇵🇹", ["🇪🇸", "🇵🇹"]),
        ("abcde\u0301\u0301\u0301\u0301", ["abcd", "e\u0301\u0301\u0301\u0301"]),
        ("한국어말", ["한국어", "말"]),
        ("\u1112\u1161\u11ab\u1112\u1161\u11ab", ["\u1112\u1161\u11ab", "\u1112\u1161\u11ab"]),
    ],
)
def test_bytes_are_counted_and_no_character_is_cut(text: str, found: list[str]) -> None:
    assert pieces(text, BYTES) == found


def test_a_family_of_emoji_stays_together() -> None:
    assert pieces(f"aa {FAMILY}", Measure(20, "bytes")) == ["aa", FAMILY]


def test_a_character_larger_than_a_message_is_cut_all_the_same() -> None:
    assert "".join(pieces("e" + "\u0301" * 20, CHARACTERS)) == "e" + "\u0301" * 20


@given(
    text=st.text(st.sampled_from("ab \n\u00e9e\u0301👩\u200d👧🇪🇸\u1112\u1161"), max_size=80),
    unit=st.sampled_from(["characters", "bytes"]),
    most=st.integers(8, 20),
)
def test_every_piece_fits_and_nothing_but_white_space_is_lost(
    text: str, unit: str, most: int
) -> None:
    measure = Measure(most, unit)  # type: ignore[arg-type]
    found = pieces(text, measure)
    assert all(measure.fits(each) and each.strip() for each in found)
    assert "".join("".join(found).split()) == "".join(text.split())


@given(text=st.text(st.sampled_from("abcde\u0301\u0302"), max_size=60))
def test_no_piece_begins_with_an_accent(text: str) -> None:
    began = [each[0] for each in pieces(f"a{text}", Measure(12, "characters"))]
    longest = max((len(each) for each in _runs(f"a{text}")), default=0)
    assert longest > 12 or not [each for each in began if unicodedata.combining(each)]


def _runs(text: str) -> list[str]:
    """Letters with their accents."""
    found: list[str] = []
    for each in text:
        if unicodedata.combining(each) and found:
            found[-1] += each
        else:
            found.append(each)
    return found
