"""Broken bodies: nothing but BodyMalformed is raised, and neighbours go through."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.api import (
    BodyMalformed,
    Channel,
    Event,
    MessageReceived,
    PlatformNotice,
    Text,
    WebhookRequest,
)
from gateway.testing.mutation import mutated_trees
from gateway_instagram.channel import InstagramChannel
from gateway_messenger.channel import MessengerChannel

CORPUS = Path(__file__).parents[2] / "corpus"


class Chat:
    """One of the two platforms.

    Attributes:
        channel: Reads its bodies.
        object: What its bodies say they are about.
        bodies: Those that were recorded.
        items: Everything that happened in them.
    """

    def __init__(self, type_: type[Channel[Any]], object_: str) -> None:
        self.channel = type_(type_.example())
        self.object = object_
        files = sorted((CORPUS / type_.type).glob("*.json"))
        self.bodies = [json.loads(path.read_bytes())["body"] for path in files]
        self.items = [
            item
            for body in self.bodies
            for entry in body["entry"]
            for item in entry.get("messaging") or ()
        ]

    def parsed(self, body: bytes, **request: Any) -> list[Event]:
        return list(self.channel.parse(WebhookRequest(body=body, received_at=1, **request)))

    def wrapped(self, *items: object, into: str = "messaging") -> bytes:
        entry = {"id": "1", "time": 1_750_000_000_000, into: items}
        return json.dumps({"object": self.object, "entry": [entry]}).encode()


CHATS = (Chat(MessengerChannel, "page"), Chat(InstagramChannel, "instagram"))
every_chat = pytest.mark.parametrize("chat", CHATS, ids=[each.channel.type for each in CHATS])
NEIGHBOUR: dict[str, Any] = {
    "sender": {"id": "24"},
    "recipient": {"id": "1"},
    "timestamp": 1_750_000_000_000,
    "message": {"mid": "m_NEIGHBOUR", "text": "I am fine"},
}
AFTER = {**NEIGHBOUR, "message": {"mid": "m_AFTER", "text": "So am I"}}


def travels(event: Event) -> bool:
    packed = msgspec.msgpack.encode(event)
    return bool(msgspec.msgpack.decode(packed, type=Event) == event)


@every_chat
@settings(max_examples=500)
@given(data=st.data())
def test_a_mutated_body_never_raises_and_always_leaves_something(
    data: st.DataObject, chat: Chat
) -> None:
    body = data.draw(st.sampled_from(chat.bodies).flatmap(mutated_trees))
    raw = json.dumps(body).encode()
    try:
        found = chat.parsed(raw)
    except BodyMalformed:
        assert not isinstance(body, dict)
        return
    assert found
    assert all(travels(event) for event in found)
    assert [event.id for event in chat.parsed(raw)] == [event.id for event in found]


@every_chat
@settings(max_examples=400)
@given(data=st.data(), into=st.sampled_from(["messaging", "standby"]))
def test_a_broken_item_never_costs_its_neighbours(
    data: st.DataObject, into: str, chat: Chat
) -> None:
    item = data.draw(st.sampled_from(chat.items).flatmap(mutated_trees))
    first, *between, last = chat.parsed(chat.wrapped(NEIGHBOUR, item, AFTER, into=into))
    assert [first, last] == chat.parsed(chat.wrapped(NEIGHBOUR, AFTER, into=into))
    assert between


@every_chat
@settings(max_examples=200)
@given(data=st.data())
def test_a_truncated_body_is_malformed_and_nothing_else(data: st.DataObject, chat: Chat) -> None:
    raw = json.dumps(data.draw(st.sampled_from(chat.bodies))).encode()
    with pytest.raises(BodyMalformed):
        chat.parsed(raw[: data.draw(st.integers(0, len(raw) - 1))])


@every_chat
@settings(max_examples=200)
@given(body=st.binary(max_size=60))
def test_any_bytes_at_all_raise_nothing_but_body_malformed(body: bytes, chat: Chat) -> None:
    try:
        assert chat.parsed(body)
    except BodyMalformed:
        return


@every_chat
@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"hello", b"[]", b"5", b"null", b'"text"', b"{", b'{"entry": NaN}', b"\xff\xfe{}"),
        b'{"entry":' + b"[" * 5000 + b"]" * 5000 + b"}",
    ],
    ids=str,
)
def test_what_cannot_come_from_the_platform_is_malformed(body: bytes, chat: Chat) -> None:
    with pytest.raises(BodyMalformed):
        chat.parsed(body)


NOTHING = "expected messaging, standby or changes, got none of them"


@every_chat
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
    ],
)  # fmt: skip
def test_an_object_that_is_not_the_platforms_becomes_one_notice(
    body: bytes, reason: str, error: str, chat: Chat
) -> None:
    (event,) = chat.parsed(body)
    assert isinstance(event, PlatformNotice)
    assert (event.notice.reason, event.notice.error) == (reason, error)
    assert event.notice.raw is not None


@pytest.mark.parametrize(("chat", "other"), [CHATS, CHATS[::-1]])
def test_a_body_of_the_other_platform_is_unknown(chat: Chat, other: Chat) -> None:
    (event,) = chat.parsed(json.dumps({"object": other.object, "entry": []}).encode())
    assert isinstance(event, PlatformNotice)
    assert event.notice.reason == "unknown"
    assert event.notice.error == f"$.object: expected '{chat.object}', got '{other.object}'"


@every_chat
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
    item: dict[str, Any], error: str, chat: Chat
) -> None:
    before, notice, after = chat.parsed(
        chat.wrapped(NEIGHBOUR, {**NEIGHBOUR, "message": None, **item}, AFTER)
    )
    assert isinstance(before, MessageReceived)
    assert isinstance(after, MessageReceived)
    assert isinstance(notice, PlatformNotice)
    assert notice.notice.error == f"$.entry[0].messaging[1]{error}"
    assert notice.notice.raw in item.values()


@every_chat
def test_without_any_time_a_message_is_kept_in_a_notice(chat: Chat) -> None:
    body = {"entry": [{"id": "1", "messaging": [{**NEIGHBOUR, "timestamp": None}]}]}
    (event,) = chat.parsed(json.dumps(body).encode())
    assert isinstance(event, PlatformNotice)
    assert event.notice.error is not None
    assert event.notice.error.endswith(
        "expected a timestamp beside it or a time in the entry, got neither"
    )
    assert event.notice.raw == NEIGHBOUR["message"]


@every_chat
def test_a_message_without_a_time_has_that_of_its_entry(chat: Chat) -> None:
    (event,) = chat.parsed(chat.wrapped({**NEIGHBOUR, "timestamp": None}))
    assert isinstance(event, MessageReceived)
    assert event.message.timestamp == 1_750_000_000_000


@every_chat
def test_half_an_emoji_costs_half_an_emoji(chat: Chat) -> None:
    body = chat.wrapped({**NEIGHBOUR, "message": {"mid": "m", "text": "cut CUT"}})
    (event,) = chat.parsed(body.replace(b"CUT", rb"\ud83d"))
    assert isinstance(event, MessageReceived)
    assert event.message.content == Text(text="cut \ufffd")
    assert travels(event)


@every_chat
def test_a_thousand_updates_of_several_accounts_all_go_through_in_order(chat: Chat) -> None:
    def entry(number: int) -> dict[str, Any]:
        own = str(number % 4)
        items: list[Any] = [
            {
                **NEIGHBOUR,
                "recipient": {"id": own},
                "message": {"mid": f"m.{number}.{place}", "text": "a"},
            }
            for place in range(50)
        ]
        items[25] = {"sender": 7}
        return {"id": own, "time": number, "messaging": items}

    body = {"object": chat.object, "entry": [entry(number) for number in range(20)]}
    known = {"0": ("a",), "1": ("b",), "2": ("c", "d")}  # Account 3 is nobody's.
    found = chat.parsed(json.dumps(body).encode(), accounts=known)
    for account, own in (("a", 0), ("b", 1), ("c", 2), ("d", 2)):
        ids = [
            each.message.platform_id
            for each in found
            if isinstance(each, MessageReceived) and each.account == account
        ]
        assert ids == [
            f"m.{number}.{place}"
            for number in range(own, 20, 4)
            for place in range(50)
            if place != 25
        ]
    reasons = [each.notice.reason for each in found if isinstance(each, PlatformNotice)]
    assert reasons.count("unknown_account") == 5 * 49
    assert reasons.count("broken") == 20
