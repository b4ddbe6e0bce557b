"""Broken bodies: nothing but BodyMalformed is raised, and neighbours go through."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.api import BodyMalformed, Event, MessageReceived, PlatformNotice, WebhookRequest
from gateway_whatsapp.channel import WhatsAppChannel

CORPUS = Path(__file__).parents[2] / "corpus" / "whatsapp"
BODIES = [msgspec.json.decode(path.read_bytes())["body"] for path in sorted(CORPUS.glob("*.json"))]
CHANNEL = WhatsAppChannel(WhatsAppChannel.example())
NEIGHBOUR = {
    "from": "34600111222",
    "id": "wamid.NEIGHBOUR",
    "timestamp": "1750000000",
    "type": "text",
    "text": {"body": "I am fine"},
}
METADATA = {"phone_number_id": "106540352242922", "display_phone_number": "15550783881"}
RARE: dict[str, dict[str, Any]] = {
    "history": {
        "history": [
            {
                "metadata": {"phase": 0, "progress": 55},
                "threads": [{"id": "34600111222", "messages": [NEIGHBOUR, NEIGHBOUR]}],
            },
            {"errors": [{"code": 2593109, "title": "off"}]},
        ],
        "messages": [NEIGHBOUR],
    },
    "smb_app_state_sync": {
        "state_sync": [
            {
                "contact": {"full_name": "Ana", "phone_number": "34600111222"},
                "action": "add",
                "metadata": {"timestamp": "1750000000"},
            }
        ]
    },
    "calls": {"statuses": [{"id": "wacid.1", "status": "RINGING", "recipient_id": "346"}]},
    "standby": {"messages": [NEIGHBOUR]},
    "messages": {
        "messages": [
            {
                **NEIGHBOUR,
                "type": "system",
                "system": {"type": "user_identity_changed", "identity": {"hash": "a", "n": 1}},
            }
        ]
    },
    "flows": {"event": "ENDPOINT_LATENCY", "flow_id": "1", "errors": [{"error_count": 3}]},
    "messaging_handovers": {"recipient": METADATA, "control_passed": {"metadata": "m"}},
}


def parsed(body: bytes) -> list[Event]:
    return list(CHANNEL.parse(WebhookRequest(body=body, received_at=1_750_000_000_000)))


def wrapped(*messages: object) -> bytes:
    value = {"messaging_product": "whatsapp", "metadata": METADATA, "messages": messages}
    changes = [{"field": "messages", "value": value}]
    return msgspec.json.encode(
        {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": changes}]}
    )


RARE_BODIES = [
    {
        "object": "whatsapp_business_account",
        "entry": [
            {
                "id": "1",
                "time": 1750000000,
                "changes": [{"field": field, "value": {"metadata": METADATA, **value}}],
            }
        ],
    }
    for field, value in RARE.items()
]


def travels(event: Event) -> bool:
    packed = msgspec.msgpack.encode(event)
    return bool(msgspec.msgpack.decode(packed, type=Event) == event)


junk = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=-(10**30), max_value=10**30),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(codec="utf-8"), max_size=10),
    st.just([]),
    st.just({}),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.sampled_from(["id", "type", "body"]), st.integers(), max_size=2),
)


@st.composite
def mutated(draw: st.DrawFn, source: Any) -> Any:
    """A real value with a few of its parts dropped, changed, doubled or put elsewhere."""
    value = copy.deepcopy(source)
    for _ in range(draw(st.integers(1, 3))):
        _mutate(draw, value)
    return value


def _mutate(draw: st.DrawFn, value: Any) -> None:
    while isinstance(value, dict | list) and value:
        keys = list(value) if isinstance(value, dict) else list(range(len(value)))
        key = draw(st.sampled_from(keys))
        if isinstance(value[key], dict | list) and value[key] and draw(st.integers(0, 5)):
            value = value[key]
            continue
        match draw(st.sampled_from(["drop", "swap", "double", "rename"])):
            case "drop":
                del value[key]
            case "swap":
                value[key] = draw(junk)
            case "double" if isinstance(value, list):
                value.append(copy.deepcopy(value[key]))
            case _ if isinstance(value, dict):
                value[draw(st.sampled_from(["extra", "messages", "text"]))] = value.pop(key)
        return


@settings(max_examples=600)
@given(body=st.sampled_from(BODIES + RARE_BODIES * 5).flatmap(mutated))
def test_a_mutated_body_never_raises_and_always_leaves_something(body: Any) -> None:
    raw = msgspec.json.encode(body)
    found = parsed(raw)
    assert found
    assert all(travels(event) for event in found)
    assert [event.id for event in parsed(raw)] == [event.id for event in found]


MESSAGES = [
    message
    for body in BODIES
    for entry in body.get("entry", ())
    for change in entry["changes"]
    for message in change["value"].get("messages", ())
]


@settings(max_examples=400)
@given(message=st.one_of(st.sampled_from(MESSAGES).flatmap(mutated), junk))
def test_a_broken_message_never_costs_its_neighbours(message: Any) -> None:
    after = {**NEIGHBOUR, "id": "wamid.AFTER"}
    first, *between, last = parsed(wrapped(NEIGHBOUR, message, after))
    assert [first, last] == parsed(wrapped(NEIGHBOUR, after))
    assert len(between) == 1


@settings(max_examples=300)
@given(data=st.data(), body=st.sampled_from(BODIES))
def test_a_truncated_body_is_malformed_and_nothing_else(data: st.DataObject, body: Any) -> None:
    raw = msgspec.json.encode(body)
    with pytest.raises(BodyMalformed):
        parsed(raw[: data.draw(st.integers(0, len(raw) - 1))])


@settings(max_examples=300)
@given(body=st.binary(max_size=60))
def test_any_bytes_at_all_raise_nothing_but_body_malformed(body: bytes) -> None:
    try:
        assert parsed(body)
    except BodyMalformed:
        return


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"hello",
        b"[]",
        b"5",
        b"null",
        b'"text"',
        b"{",
        b'{"entry": NaN}',
        b"\xff\xfe{}",
        b'{"entry":' + b"[" * 5000 + b"]" * 5000 + b"}",
    ],
    ids=str,
)
def test_what_cannot_come_from_the_platform_is_malformed(body: bytes) -> None:
    with pytest.raises(BodyMalformed):
        parsed(body)


@pytest.mark.parametrize(
    ("body", "reason", "error"),
    [
        (b"{}", "broken", "$.entry: expected a list, it is missing"),
        (b'{"entry": []}', "broken", "$.entry: expected changes, got none"),
        (b'{"entry": 5}', "broken", "$.entry: Expected `array`, got `int`"),
        (b'{"entry": [5]}', "broken", "$.entry[0]: Expected `object`, got `int`"),
        (b'{"entry": [{}]}', "broken", "$.entry[0].changes: expected a list, it is missing"),
        (
            b'{"entry": [{"changes": [{"field": "messages"}]}]}',
            "broken",
            "$.entry[0].changes[0].value: expected an object, it is missing",
        ),
        (
            b'{"object": "page", "entry": []}',
            "unknown",
            "$.object: expected 'whatsapp_business_account', got 'page'",
        ),
    ],
)
def test_an_object_that_is_not_the_platforms_becomes_one_notice(
    body: bytes, reason: str, error: str
) -> None:
    (event,) = parsed(body)
    assert isinstance(event, PlatformNotice)
    assert (event.notice.reason, event.notice.error) == (reason, error)
    assert event.notice.raw is not None


def test_a_broken_message_is_told_with_its_path_and_kept_whole() -> None:
    broken = {**NEIGHBOUR, "id": "wamid.BROKEN", "text": {"body": 5}}
    before, notice, after = parsed(wrapped(NEIGHBOUR, broken, {**NEIGHBOUR, "id": "wamid.3"}))
    assert isinstance(before, MessageReceived)
    assert isinstance(after, MessageReceived)
    assert isinstance(notice, PlatformNotice)
    assert notice.notice.subject == "messages"
    assert notice.notice.error == (
        "$.entry[0].changes[0].value.messages[1].text.body: Expected `str`, got `int`"
    )
    assert notice.notice.raw == broken


def test_half_an_emoji_in_a_name_costs_half_an_emoji() -> None:
    body = wrapped({**NEIGHBOUR, "text": {"body": "cut CUT"}}).replace(b"CUT", rb"\ud83d")
    (event,) = parsed(body)
    assert isinstance(event, MessageReceived)
    assert event.message.content.text == "cut \ufffd"  # type: ignore[union-attr]  # it is a text
    assert travels(event)


def test_numbers_too_large_for_the_wire_become_text() -> None:
    body = wrapped({**NEIGHBOUR, "type": "hologram", "hologram": {"size": 10**30}})
    (event,) = parsed(body)
    assert isinstance(event, MessageReceived)
    assert event.message.content.data == {  # type: ignore[union-attr]  # it is another
        "text": {"body": "I am fine"},
        "hologram": {"size": str(10**30)},
    }
    assert travels(event)


def test_a_thousand_updates_of_several_numbers_all_go_through_in_order() -> None:
    def change(number: str, first: int) -> dict[str, Any]:
        messages: list[dict[str, Any]] = [
            {**NEIGHBOUR, "id": f"wamid.{number}.{first + place}"} for place in range(50)
        ]
        if first % 100 == 50:  # Every other change has one broken item in the middle.
            messages[25] = {"id": 7}
        value = {"metadata": {"phone_number_id": number}, "messages": messages}
        return {"field": "messages", "value": value}

    changes = [change(str(place % 4), place * 50) for place in range(20)]
    entries = [{"id": "1", "changes": changes[:7]}, {"id": "2", "changes": changes[7:]}]
    body = {"object": "whatsapp_business_account", "entry": entries}
    accounts = {"0": ("a",), "1": ("b",), "2": ("c", "d")}  # Number 3 is nobody's.
    request = WebhookRequest(body=msgspec.json.encode(body), received_at=0, accounts=accounts)
    found = CHANNEL.parse(request)
    received = [event for event in found if isinstance(event, MessageReceived)]
    notices = [event for event in found if isinstance(event, PlatformNotice)]
    assert {each.account for each in received} == {"a", "b", "c", "d"}
    for account, number in (("a", "0"), ("b", "1"), ("c", "2"), ("d", "2")):
        ids = [each.message.platform_id for each in received if each.account == account]
        expected = [
            f"wamid.{number}.{first + place}"
            for first in range(int(number) * 50, 1000, 200)
            for place in range(50)
            if not (first % 100 == 50 and place == 25)
        ]
        assert ids == expected
    reasons = [each.notice.reason for each in notices]
    assert reasons.count("unknown_account") == 5
    assert reasons.count("broken") == 5  # Those of number 1; number 3's were not looked into.
