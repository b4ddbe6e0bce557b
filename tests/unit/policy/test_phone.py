import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.policy.phone import canonical, variants


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        # Brazil: nine digits and eight
        ("5531987654321", ("5531987654321", "553187654321")),
        ("553187654321", ("553187654321", "5531987654321")),
        ("+55 (31) 98765-4321", ("5531987654321", "553187654321")),
        # landlines have eight digits and no other form
        ("551132654321", ("551132654321",)),
        # never had eight digits: without the 9 it would be a landline
        ("5511932654321", ("5511932654321",)),
        # Argentina
        ("5491155551234", ("5491155551234", "541155551234")),
        ("541155551234", ("541155551234", "5491155551234")),
        ("5493415551234", ("5493415551234", "543415551234")),
        # Mexico
        ("5215512345678", ("5215512345678", "525512345678")),
        ("525512345678", ("525512345678", "5215512345678")),
        # others, and what is no number
        ("34600111222", ("34600111222",)),
        ("+34 600 111 222", ("34600111222",)),
        ("14155550100", ("14155550100",)),
        ("55", ("55",)),
        ("US.1349", ("US.1349",)),
        ("", ("",)),
        ("\u0665\u0665", ("\u0665\u0665",)),
    ],
)
def test_a_number_has_these_forms(number: str, expected: tuple[str, ...]) -> None:
    assert variants(number) == expected


@pytest.mark.parametrize("number", ["5531987654321", "5491155551234", "5215512345678"])
def test_numbers_are_compared_by_their_longest_form(number: str) -> None:
    assert {canonical(each) for each in variants(number)} == {number}


numbers = (
    st.from_regex(r"55[1-9]{2}9?\d{8}", fullmatch=True)
    | st.from_regex(r"549?\d{10}", fullmatch=True)
    | st.from_regex(r"521?\d{10}", fullmatch=True)
    | st.from_regex(r"\d{7,15}", fullmatch=True)
    | st.text()
)


@given(numbers)
def test_every_form_leads_back_to_every_other(number: str) -> None:
    forms = variants(number)
    for each in forms:
        assert set(variants(each)) == set(forms)
        assert variants(each)[0] == each
        assert canonical(each) == canonical(number)
    assert len(set(forms)) == len(forms)


@given(numbers, numbers)
def test_numbers_are_one_exactly_when_they_share_a_form(one: str, other: str) -> None:
    shared = bool(set(variants(one)) & set(variants(other)))
    assert shared == (canonical(one) == canonical(other))
