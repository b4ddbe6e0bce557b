"""The published schemas say what is really written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, get_args

import msgspec
import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped] # it ships no types

from gateway import loader
from gateway.channel.request import WebhookRequest
from gateway.codec import schema
from gateway.errors import BodyMalformed
from gateway.model.contact import Contact
from gateway.model.content import Text
from gateway.model.event import Event, MessageReceived
from gateway.model.message import Message

ROOT: Final = Path(__file__).parents[2]
REFERENCE: Final = ROOT / "docs/reference"
CORPUS: Final = ROOT / "tests/corpus"
HELLO: Final = MessageReceived(
    id="1",
    at=1,
    channel="pigeon",
    account="loft",
    contact=Contact(id="bird"),
    message=Message(id="1", platform_id="1", timestamp=1, content=Text(text="coo")),
)


def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads((REFERENCE / f"{name}.schema.json").read_text("utf-8")))


EVENTS: Final = validator("events")
CONTENTS: Final = validator("contents")


def written(value: Any) -> Any:
    """Return a value as a reader gets it."""
    return json.loads(msgspec.json.encode(value))


@pytest.mark.parametrize("name", ["events", "contents"])
def test_the_schemas_are_schemas(name: str) -> None:
    Draft202012Validator.check_schema(validator(name).schema)


def test_the_schemas_know_every_event_and_content() -> None:
    assert {each.__name__ for each in get_args(Event)} <= schema.structs(Event).keys()
    assert len(EVENTS.schema["anyOf"]) == len(get_args(Event))


def test_an_event_is_valid_and_its_version_is_demanded() -> None:
    event = written(HELLO)
    assert EVENTS.is_valid(event)
    assert EVENTS.is_valid(event | {"new_field": 1})
    assert not EVENTS.is_valid({name: each for name, each in event.items() if name != "v"})
    assert not EVENTS.is_valid(event | {"v": 2})
    assert not EVENTS.is_valid(event | {"type": "message.sent"})
    assert not EVENTS.is_valid(event | {"at": "now"})


def test_a_content_is_valid() -> None:
    assert CONTENTS.is_valid({"kind": "text", "text": "coo"})
    assert not CONTENTS.is_valid({"kind": "text"})
    assert not CONTENTS.is_valid({"kind": "song", "text": "coo"})


def bodies(channel: str) -> Iterator[Any]:
    for file in sorted((CORPUS / channel).rglob("*.json")):
        yield pytest.param(channel, file, id=f"{channel}/{file.stem}")


@pytest.mark.parametrize(
    ("channel", "file"), [each for name in loader.load().channels for each in bodies(name)]
)
def test_every_event_of_a_recorded_body_is_valid(channel: str, file: Path) -> None:
    offered = loader.load().channels[channel]
    body = msgspec.json.encode(json.loads(file.read_text("utf-8"))["body"])
    try:
        events = offered(offered.example()).parse(WebhookRequest(body=body, received_at=1))
    except BodyMalformed:
        return
    for event in events:
        one = written(event)
        # Only the branch of its own type: the whole union would tell thirty reasons.
        branch = {"$ref": f"#/$defs/{type(event).__name__}", "$defs": EVENTS.schema["$defs"]}
        assert [each.message for each in Draft202012Validator(branch).iter_errors(one)] == []
        assert EVENTS.is_valid(one)
