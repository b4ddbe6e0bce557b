"""What callers ask for is read whole, or refused with every field that is wrong."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta

from gateway.codec import asked
from gateway.errors import CodecError, FieldsWrong
from gateway.model.outbound import OutboundMessage
from gateway.model.outbox import FieldProblem
from gateway.testing.contents import contents

PLAIN: dict[str, Any] = {"account": "a", "content": {"kind": "text", "text": "Olá"}}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=12,
)
FIELDS = st.sampled_from(OutboundMessage.__struct_fields__)


def problems(body: Any) -> dict[str, str]:
    with pytest.raises(FieldsWrong) as caught:
        asked.converted(body, OutboundMessage)
    return {each.path: each.explanation for each in caught.value.problems}


@given(contents())
def test_every_message_that_can_be_written_can_be_read(content: Any) -> None:
    message = OutboundMessage(account="a", to="1", content=content)
    assert asked.outbound(msgspec.json.encode(message)) == message


@given(st.dictionaries(FIELDS, JSON, max_size=5))
def test_whatever_is_asked_is_read_or_refused_with_paths(body: dict[str, Any]) -> None:
    raw = asked.json(msgspec.json.encode(PLAIN | body))
    try:
        message = asked.converted(raw, OutboundMessage)
    except FieldsWrong:
        assert all(path.startswith("$.") and told for path, told in problems(raw).items())
        return
    # What was read can be put on a stream, and means the same there.
    packed = msgspec.msgpack.encode(message)
    assert msgspec.msgpack.decode(packed, type=OutboundMessage) == message


@given(st.binary(max_size=60))
def test_bytes_are_json_or_an_error_of_ours(content: bytes) -> None:
    try:
        asked.outbound(content)
    except CodecError:
        return
    assert msgspec.json.decode(content)


@given(JSON)
def test_the_check_refuses_all_that_msgspec_refuses(body: Any) -> None:
    raw = asked.json(msgspec.json.encode(body))
    try:
        msgspec.convert(raw, OutboundMessage)
    except msgspec.ValidationError:
        assert problems(raw)


def test_an_unknown_field_is_told_with_the_nearest_missing_one_first() -> None:
    told = problems({"acount": "a", "content": PLAIN["content"]})
    assert told == {
        "$.acount": "is no field of this; did you mean `account`?",
        "$.account": "is missing",
    }


def test_a_field_that_stands_a_level_too_high_is_told_where_it_belongs() -> None:
    assert problems({"account": "a", "kind": "text", "text": "Hola"}) == {
        "$.kind": "is no field of this; it belongs into `content`",
        "$.text": "is no field of this; it belongs into `content`",
        "$.content": "is missing",
    }


def test_what_is_known_is_told_once_and_not_with_every_field() -> None:
    told = problems(PLAIN | {"colour": "red", "shape": "round"})
    assert told["$.colour"].startswith("is no field of this; known are `account`, `content`, ")
    assert told["$.shape"] == "is no field of this"


@pytest.mark.parametrize(
    ("change", "path", "explanation"),
    [
        ({"to": 5}, "$.to", "must be a text, is a number"),
        ({"human": "yes"}, "$.human", "must be true or false, is a text"),
        ({"human": 1}, "$.human", "must be true or false, is a number"),
        ({"send_at": "now"}, "$.send_at", "must be a whole number, is a text"),
        ({"send_at": True}, "$.send_at", "must be a whole number, is true or false"),
        ({"send_at": 2**64}, "$.send_at", "is a larger number than can be kept"),
        ({"metadata": {"n": [10**30]}}, "$.metadata.n[0]", "is a larger number than can be kept"),
        ({"metadata": []}, "$.metadata", "must be an object, is a list"),
        (
            {"lane": "lve"},
            "$.lane",
            "must be one of `bulk`, `live`; did you mean `live`?",
        ),
        ({"lane": "fast"}, "$.lane", "must be one of `bulk`, `live`"),
        ({"lane": None}, "$.lane", "must be one of `bulk`, `live`; it is null"),
        ({"content": {}}, "$.content.kind", "is missing; one of"),
        ({"content": {"kind": "txt"}}, "$.content.kind", "did you mean `text`?"),
        ({"content": {"kind": ["text"]}}, "$.content.kind", "is none that we know"),
        ({"content": None}, "$.content", "must be an object, is null"),
    ],
)
def test_a_wrong_value_is_told_by_its_path(
    change: dict[str, Any], path: str, explanation: str
) -> None:
    (found,) = problems(PLAIN | change).items()
    assert found[0] == path
    assert explanation in found[1]


class Bounded(msgspec.Struct):
    """What can be said of texts, numbers and lists."""

    reason: Annotated[str, Meta(min_length=2, max_length=5)] = "fine"
    pin: Annotated[str, Meta(pattern="^[0-9]{6}$", extra={"wanted": "six digits"})] = "123456"
    word: Annotated[str, Meta(pattern="^[a-z]+$")] = "a"
    limit: Annotated[int, Meta(ge=1, le=1000)] = 1
    share: Annotated[float, Meta(gt=0, lt=1)] = 0.5
    ids: Annotated[tuple[str, ...], Meta(min_length=1, max_length=2)] = ("1",)


@pytest.mark.parametrize(
    ("field", "value", "explanation", "limit"),
    [
        ("reason", "a", "has 1 characters, 2 at least", 2),
        ("reason", "too long", "has 8 characters, 5 at most", 5),
        ("pin", "12345", "must be six digits", None),
        ("word", "A", "must match `^[a-z]+$`", None),
        ("limit", 0, "is 0, 1 at least", 1),
        ("limit", 1001, "is 1001, 1000 at most", 1000),
        ("share", 0, "is 0, must be more than 0", None),
        ("share", 1.0, "is 1.0, must be less than 1", None),
        ("ids", [], "has 0 items, 1 at least", 1),
        ("ids", ["1", "2", "3"], "has 3 items, 2 at most", 2),
    ],
)
def test_a_value_out_of_bounds_is_told_with_what_is_allowed(
    field: str, value: Any, explanation: str, limit: int | None
) -> None:
    with pytest.raises(FieldsWrong) as caught:
        asked.converted({field: value}, Bounded)
    (problem,) = caught.value.problems
    assert problem == FieldProblem(path=f"$.{field}", explanation=explanation, limit=limit)


def test_fields_deep_inside_are_told_by_their_path() -> None:
    buttons = [{"id": "1", "title": "Sí"}, {"id": 2, "titel": "No"}]
    told = problems(PLAIN | {"content": {"kind": "buttons", "text": "?", "buttons": buttons}})
    assert told == {
        "$.content.buttons[1].id": "must be a text, is a number",
        "$.content.buttons[1].titel": "is no field of this; did you mean `title`?",
        "$.content.buttons[1].title": "is missing",
    }


def test_null_is_as_good_as_nothing_where_nothing_may_be_given() -> None:
    message = asked.converted(PLAIN | {"to": None, "fallback": None}, OutboundMessage)
    assert message == OutboundMessage(account="a", content=message.content)


def test_the_account_can_be_given_beside_the_message() -> None:
    content = msgspec.json.encode({"content": PLAIN["content"]})
    assert asked.outbound(content, account="b").account == "b"
    assert asked.outbound(msgspec.json.encode(PLAIN), account="b").account == "a"
