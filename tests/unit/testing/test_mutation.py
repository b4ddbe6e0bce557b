from __future__ import annotations

import json

import pytest
from hypothesis import find, given
from hypothesis import strategies as st

from gateway.testing.mutation import mutations, places

BODY = b'{"entry":[{"id":"1","changes":[{"value":{"messages":[{"id":"m1"},{"id":"m2"}]}}]}]}'
WHOLE = json.loads(BODY)


def parsed(body: bytes) -> object:
    try:
        return json.loads(body)
    except ValueError:
        return None


@given(body=mutations(BODY))
def test_a_mutation_is_bytes_whatever_went_wrong(body: bytes) -> None:
    assert isinstance(body, bytes)


@pytest.mark.parametrize(
    "wanted",
    [
        lambda body: parsed(body) is None,
        lambda body: parsed(body) == {},
        lambda body: b'"m1"' not in body and isinstance(parsed(body), dict),
        lambda body: body.count(b'"m1"') > 1,
        lambda body: body.count(b'"m1"') > 1 and b'"m2"' not in body,
        lambda body: b"\\ud800" in body,
    ],
    ids=["no JSON", "emptied", "dropped", "doubled", "moved", "odd value"],
)
def test_every_kind_of_damage_is_among_them(wanted: object) -> None:
    assert callable(wanted)
    find(mutations(BODY), lambda body: bool(wanted(body)))


@given(data=st.data())
def test_what_it_is_made_from_stays_whole(data: st.DataObject) -> None:
    data.draw(mutations(BODY))
    assert json.loads(BODY) == WHOLE


@given(body=mutations(b"no JSON at all"))
def test_a_body_that_is_not_json_can_be_damaged_too(body: bytes) -> None:
    assert len(body) <= len(b"no JSON at all")


def test_places_name_every_value_once() -> None:
    assert list(places({"a": [1, {"b": 2}], "c": 3})) == [
        ("a",),
        ("a", 0),
        ("a", 1),
        ("a", 1, "b"),
        ("c",),
    ]
