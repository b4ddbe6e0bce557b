"""Broken bodies: nothing but BodyMalformed is raised, and neighbours go through."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.api import BodyMalformed, Event, MessageReceived, PlatformNotice, Text, WebhookRequest
from gateway.testing.mutation import mutated_trees
from gateway_messenger.channel import MessengerChannel

CORPUS = Path(__file__).parents[2] / "corpus" / "messenger"
BODIES = [json.loads(path.read_bytes())["body"] for path in sorted(CORPUS.glob("*.json"))]
CHANNEL = MessengerChannel(MessengerChannel.example())
NEIGHBOUR: dict[str, Any] = {
    "sender": {"id": "24"},
    "recipient": {"id": "1"},
    "timestamp": 1_750_000_000_000,
    "message": {"mid": "m_NEIGHBOUR", "text": "I am fine"},
}
AFTER = {**NEIGHBOUR, "message": {"mid": "m_AFTER", "text": "So am I"}}


def parsed(body: bytes, **request: Any) -> list[Event]:
    return list(CHANNEL.parse(WebhookRequest(body=body, received_at=1, **request)))


def wrapped(*items: object, into: str = "messaging") -> bytes:
    body = {"object": "page", "entry": [{"id": "1", "time": 1_750_000_000_000, into: items}]}
    return json.dumps(body).encode()


def travels(event: Event) -> bool:
    packed = msgspec.msgpack.encode(event)
    return bool(msgspec.msgpack.decode(packed, type=Event) == event)


@settings(max_examples=500)
@given(body=st.sampled_from(BODIES).flatmap(mutated_trees))
def test_a_mutated_body_never_raises_and_always_leaves_something(body: Any) -> None:
    raw = json.dumps(body).encode()
    try:
        found = parsed(raw)
    except BodyMalformed:
        assert not isinstance(body, dict)
        return
    assert found
    assert all(travels(event) for event in found)
    assert [event.id for event in parsed(raw)] == [event.id for event in found]


ITEMS = [
    item for body in BODIES for entry in body["entry"] for item in entry.get("messaging") or ()
]


@settings(max_examples=400)
@given(
    item=st.sampled_from(ITEMS).flatmap(mutated_trees),
    into=st.sampled_from(["messaging", "standby"]),
)
def test_a_broken_item_never_costs_its_neighbours(item: Any, into: str) -> None:
    first, *between, last = parsed(wrapped(NEIGHBOUR, item, AFTER, into=into))
    assert [first, last] == parsed(wrapped(NEIGHBOUR, AFTER, into=into))
    assert between


@settings(max_examples=200)
@given(data=st.data(), body=st.sampled_from(BODIES))
def test_a_truncated_body_is_malformed_and_nothing_else(data: st.DataObject, body: Any) -> None:
    raw = json.dumps(body).encode()
    with pytest.raises(BodyMalformed):
        parsed(raw[: data.draw(st.integers(0, len(raw) - 1))])


@settings(max_examples=200)
@given(body=st.binary(max_size=60))
def test_any_bytes_at_all_raise_nothing_but_body_malformed(body: bytes) -> None:
    try:
        assert parsed(body)
    except BodyMalformed:
        return


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"hello", b"[]", b"5", b"null", b'"text"', b"{", b'{"entry": NaN}', b"\xff\xfe{}"),
        b'{"entry":' + b"[" * 5000 + b"]" * 5000 + b"}",
    ],
    ids=str,
)
def test_what_cannot_come_from_the_platform_is_malformed(body: bytes) -> None:
    with pytest.raises(BodyMalformed):
        parsed(body)


NOTHING = "expected messaging, standby or changes, got none of them"


@pytest.mark.parametrize(
    ("body", "reason", "error"),
    [
        (b"{}", "broken", "$.entry: expected a list, it is missing"),
        (b'{"entry": []}', "broken", "$.entry: expected items, got none"),
        (b'{"entry": 5}', "broken", "$.entry: Expected `array`, got `int`"),
        (b'{"entry": [5]}', "broken", "$.entry[0]: Expected `object`, got `int`"),
        (b'{"entry": [{}]}', "broken", f"$.entry[0]: {NOTHING}"),
        (b'{"entry": [{"messaging": 5}]}', "broken", "$.entry[0].messaging: Expected `array`, got `int`"),
        (b'{"entry": [{"messaging": []}]}', "broken", "$.entry: expected items, got none"),
        (b'{"entry": [{"messaging": [5]}]}', "broken", "$.entry[0].messaging[0]: Expected `object`, got `int`"),
        (b'{"entry": [{"messaging": [{"timestamp": "soon"}]}]}', "broken", "$.entry[0].messaging[0].timestamp: expected a time, got 'soon'"),
        (b'{"entry": [{"changes": [{}]}]}', "broken", "$.entry[0].changes[0].field: expected the name of a field, it is missing"),
        (b'{"entry": [{"changes": [{"field": "feed"}]}]}', "broken", "$.entry[0].changes[0].value: expected an object, it is missing"),
        (b'{"object": "instagram", "entry": []}', "unknown", "$.object: expected 'page', got 'instagram'"),
    ],
)  # fmt: skip
def test_an_object_that_is_not_the_platforms_becomes_one_notice(
    body: bytes, reason: str, error: str
) -> None:
    (event,) = parsed(body)
    assert isinstance(event, PlatformNotice)
    assert (event.notice.reason, event.notice.error) == (reason, error)
    assert event.notice.raw is not None


@pytest.mark.parametrize(
    ("item", "error"),
    [
        ({"message": {"text": "a"}}, ".message: Object missing required field `mid`"),
        ({"message": {"mid": ""}}, ".message.mid: expected the id of the message, it is empty"),
        ({"message": {"mid": 5}}, ".message.mid: Expected `str`, got `int`"),
        (
            {"sender": None, "message": {"mid": "m", "text": "a"}},
            ".message: expected a sender beside it, got none with an id",
        ),
        ({"postback": {}}, ".postback.payload: expected a payload or a title, got none"),
        ({"app_roles": {}}, ".app_roles: expected an object that tells something, got none"),
        ({"response_feedback": 5}, ".response_feedback: expected an object, got '5'"),
    ],
)
def test_a_broken_item_is_told_with_its_path_and_kept_whole(
    item: dict[str, Any], error: str
) -> None:
    before, notice, after = parsed(
        wrapped(NEIGHBOUR, {**NEIGHBOUR, "message": None, **item}, AFTER)
    )
    assert isinstance(before, MessageReceived)
    assert isinstance(after, MessageReceived)
    assert isinstance(notice, PlatformNotice)
    assert notice.notice.error == f"$.entry[0].messaging[1]{error}"
    assert notice.notice.raw in item.values()


def test_without_any_time_a_message_is_kept_in_a_notice() -> None:
    body = {"entry": [{"id": "1", "messaging": [{**NEIGHBOUR, "timestamp": None}]}]}
    (event,) = parsed(json.dumps(body).encode())
    assert isinstance(event, PlatformNotice)
    assert event.notice.error is not None
    assert event.notice.error.endswith(
        "expected a timestamp beside it or a time in the entry, got neither"
    )
    assert event.notice.raw == NEIGHBOUR["message"]


def test_a_message_without_a_time_has_that_of_its_entry() -> None:
    (event,) = parsed(wrapped({**NEIGHBOUR, "timestamp": None}))
    assert isinstance(event, MessageReceived)
    assert event.message.timestamp == 1_750_000_000_000


def test_half_an_emoji_costs_half_an_emoji() -> None:
    body = wrapped({**NEIGHBOUR, "message": {"mid": "m", "text": "cut CUT"}})
    (event,) = parsed(body.replace(b"CUT", rb"\ud83d"))
    assert isinstance(event, MessageReceived)
    assert event.message.content == Text(text="cut \ufffd")
    assert travels(event)


def test_a_thousand_updates_of_several_pages_all_go_through_in_order() -> None:
    def entry(number: int) -> dict[str, Any]:
        page = str(number % 4)
        items: list[Any] = [
            {
                **NEIGHBOUR,
                "recipient": {"id": page},
                "message": {"mid": f"m.{number}.{place}", "text": "a"},
            }
            for place in range(50)
        ]
        items[25] = {"sender": 7}
        return {"id": page, "time": number, "messaging": items}

    body = {"object": "page", "entry": [entry(number) for number in range(20)]}
    known = {"0": ("a",), "1": ("b",), "2": ("c", "d")}  # Page 3 is nobody's.
    found = parsed(json.dumps(body).encode(), accounts=known)
    for account, page in (("a", 0), ("b", 1), ("c", 2), ("d", 2)):
        ids = [
            each.message.platform_id
            for each in found
            if isinstance(each, MessageReceived) and each.account == account
        ]
        assert ids == [
            f"m.{number}.{place}"
            for number in range(page, 20, 4)
            for place in range(50)
            if place != 25
        ]
    reasons = [each.notice.reason for each in found if isinstance(each, PlatformNotice)]
    assert reasons.count("unknown_account") == 5 * 49
    assert reasons.count("broken") == 20
