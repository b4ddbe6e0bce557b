"""What stands on the streams, read by the independent msgpack library as well."""

from __future__ import annotations

from typing import Any

import msgpack
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.api import (
    Address,
    Contact,
    Event,
    Form,
    Location,
    Message,
    MessageReceived,
    MessageStatus,
    Notice,
    PlatformNotice,
    Status,
    Text,
)
from gateway.codec import stream
from gateway.errors import CodecError

CONTACT = Contact(
    id="US.13491208655302741918",
    addresses=(Address(kind="phone", value="34600111222"),),
    name="Ñandú 🦤",
)
HEAD: dict[str, Any] = {
    "id": "0" * 32,
    "at": 1_760_000_000_000,
    "channel": "whatsapp",
    "account": "wa-main",
}
EVENTS: tuple[Event, ...] = (
    MessageReceived(
        **HEAD,
        contact=CONTACT,
        message=Message(id="1", platform_id="wamid.1", timestamp=1, content=Text(text="hola")),
    ),
    MessageReceived(
        **HEAD,
        contact=CONTACT,
        message=Message(
            id="2",
            platform_id="wamid.2",
            timestamp=2**40,
            content=Form(name="flow", response={"a": [1, -1, 2.5, None, True, "x" * 300]}),
        ),
    ),
    MessageReceived(
        **HEAD,
        contact=CONTACT,
        message=Message(
            id="3", platform_id="w", timestamp=3, content=Location(latitude=-0.1, longitude=180.0)
        ),
    ),
    MessageStatus(
        **HEAD, contact=CONTACT, status=Status(status="read", timestamp=5, platform_id="wamid.1")
    ),
    PlatformNotice(**HEAD, notice=Notice(reason="unknown", subject="x", raw={"deep": [{}]})),
)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_an_event_comes_back_as_it_went(event: Event) -> None:
    assert stream.decode(stream.encode(event)) == event


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_any_messagepack_library_reads_the_same_map(event: Event) -> None:
    as_json = msgspec.json.decode(msgspec.json.encode(event))
    assert msgpack.unpackb(stream.encode(event)) == as_json


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(JSON, st.text())
def test_whatever_a_platform_sent_is_read_the_same_by_both(raw: Any, subject: str) -> None:
    event = PlatformNotice(**HEAD, notice=Notice(reason="unknown", subject=subject, raw=raw))
    written = stream.encode(event)
    assert msgpack.unpackb(written) == stream.decode_map(written) == msgspec.to_builtins(event)
    assert stream.decode(written) == event


@pytest.mark.parametrize(("late", "byte"), [(False, 0xC2), (True, 0xC3)])
def test_the_last_byte_of_a_status_says_whether_it_is_late(*, late: bool, byte: int) -> None:
    event = MessageStatus(
        **HEAD,
        contact=CONTACT,
        status=Status(status="read", timestamp=5, platform_id="wamid.1", metadata="x"),
        late=late,
    )
    written = stream.encode(event)
    assert written[-1] == byte
    # The commit script turns the byte on without reading the rest.
    turned = stream.decode(written[:-1] + b"\xc3")
    assert isinstance(turned, MessageStatus)
    assert turned.late


def test_the_entry_says_its_type_beside_the_data() -> None:
    assert stream.fields(EVENTS[0]) == {
        b"type": b"message.received",
        b"data": stream.encode(EVENTS[0]),
    }


def test_every_type_of_event_is_known() -> None:
    assert {"message.received", "platform.notice", "conversation.closed"} <= stream.TYPES
    assert all(msgpack.unpackb(stream.encode(each))["type"] in stream.TYPES for each in EVENTS)


def test_fields_of_a_newer_gateway_are_passed_over() -> None:
    told = msgpack.unpackb(stream.encode(EVENTS[0])) | {"mood": "sunny"}
    assert stream.decode(msgpack.packb(told)) == EVENTS[0]


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (msgpack.packb({"type": "message.sung"}), "Invalid value 'message.sung'"),
        (msgpack.packb({"type": "message.status", **HEAD, "contact": 5}), r"\$\.contact"),
        (b"\xc1", "not an event"),
        (b"", "not an event"),
        (b"\x81\xa1\xff\x01", "not an event"),
    ],
)
def test_what_is_no_event_is_told_with_its_path(data: bytes, complaint: str) -> None:
    with pytest.raises(CodecError, match=complaint):
        stream.decode(data)
