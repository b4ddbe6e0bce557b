import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.policy.parameter import LONGEST, for_address, for_parameter


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ana", "Ana"),
        ("  Ana \n", "Ana"),
        ("line one\nline two", "line one line two"),
        ("line one\r\n\r\n  line two", "line one line two"),
        ("a\tb", "a b"),
        ("a    b", "a    b"),
        ("a     b", "a    b"),
        ("a  \x00   b", "a    b"),
        ("a\u2028b\u00a0c", "a b c"),
        ("Ana\u202e moc.live", "Ana moc.live"),
        ("\x00\n\t", ""),
        ("", ""),
        ("👩‍👩‍👧 familia", "👩‍👩‍👧 familia"),
    ],
)
def test_a_text_is_made_fit(text: str, expected: str) -> None:
    assert for_parameter(text) == expected


@pytest.mark.parametrize(
    ("text", "most", "expected"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdefg", 6, "abcde…"),
        ("abcd efg", 6, "abcd…"),
        ("abe\u0301fg", 4, "ab…"),  # an accent stays with its letter, or both go
        ("ab👩‍👧cdef", 5, "ab…"),  # and so does a family
        ("ab👍🏽cdef", 4, "ab…"),  # and a skin colour
        ("abc", 1, "…"),
    ],
)
def test_a_long_text_ends_in_an_ellipsis(text: str, most: int, expected: str) -> None:
    assert for_parameter(text, most=most) == expected


def test_no_room_at_all_is_refused() -> None:
    with pytest.raises(ValueError, match="most must be 1 or more, not 0"):
        for_parameter("a", most=0)


# Surrogates too: a careless client may send half of a pair.
any_text = st.text(st.characters()) | st.text(
    st.sampled_from(" \n\t\r\u2028\x00\ud83da\u0301\u200d")
)


@given(any_text, st.integers(1, 40) | st.just(LONGEST))
def test_the_platform_s_rules_hold_for_any_text(text: str, most: int) -> None:
    fit = for_parameter(text, most=most)
    assert not re.search(r"[\r\n\t\v\f\x1c-\x1f\x85\u2028\u2029]| {5}", fit)
    assert fit == fit.strip()
    assert len(fit) <= most
    fit.encode()
    assert for_parameter(fit, most=most) == fit


@given(any_text)
def test_a_link_s_end_cannot_lead_elsewhere(text: str) -> None:
    assert re.fullmatch(r"[\w.~%-]*", for_address(text), re.ASCII)


def test_a_link_s_end_keeps_its_words() -> None:
    assert for_address(" pedido/77?x=ñ ") == "pedido%2F77%3Fx%3D%C3%B1"
