"""What is published of the API and the streams is true, and whole."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, get_args

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped] # it ships no types

from gateway.bus.apikeys import SCOPES
from gateway.cli import reference_asyncapi
from gateway.codec import asked, documentation, schema
from gateway.codec.stream import TYPES
from gateway.http.api.openapi import document, problems_of
from gateway.http.api.operation import Body, Nothing, Operation
from gateway.http.api.sending import REASONS
from gateway.http.api.table import GROUPS, OPERATIONS
from gateway.model.event import Event
from gateway.model.outbound import OutboundMessage

ROOT: Final = Path(__file__).parents[2]
OPENAPI: Final = document(OPERATIONS)
RENDERED: Final = {
    "http": OPENAPI,
    "streams": reference_asyncapi.document(),
    "events": schema.events(),
    "contents": schema.contents(),
}
every_operation: Final = pytest.mark.parametrize(
    "operation", OPERATIONS, ids=[each.name for each in OPERATIONS]
)


def references(node: Any) -> set[str]:
    """Return every ``$ref`` in a document."""
    if isinstance(node, dict):
        own = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
        return own.union(*(references(each) for each in node.values()))
    if isinstance(node, list):
        return set().union(*(references(each) for each in node))
    return set()


def fields(node: Any, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every field of every object that a document describes, with its path."""
    match node:
        case {"properties": dict(properties), **rest}:
            for name, field in properties.items():
                yield f"{path}.{name}", field
                yield from fields(field, f"{path}.{name}")
            yield from fields(rest, path)
        case dict():
            for name, each in node.items():
                yield from fields(each, f"{path}/{name}")
        case list():
            for number, each in enumerate(node):
                yield from fields(each, f"{path}/{number}")


def leads_somewhere(whole: dict[str, Any], reference: str) -> bool:
    found: Any = whole
    for step in reference.removeprefix("#/").split("/"):
        if not isinstance(found, dict) or step not in found:
            return False
        found = found[step]
    return True


@pytest.mark.parametrize("whole", [OPENAPI, reference_asyncapi.document()], ids=["http", "streams"])
def test_every_reference_leads_somewhere(whole: dict[str, Any]) -> None:
    assert [each for each in references(whole) if not leads_somewhere(whole, each)] == []


@pytest.mark.parametrize("whole", [OPENAPI, reference_asyncapi.document()], ids=["http", "streams"])
def test_every_schema_is_a_schema_and_explained(whole: dict[str, Any]) -> None:
    for name, each in whole["components"]["schemas"].items():
        Draft202012Validator.check_schema(each)
        assert each["description"], name


@pytest.mark.parametrize("whole", RENDERED.values(), ids=RENDERED)
def test_every_field_of_what_is_read_and_written_is_explained(whole: dict[str, Any]) -> None:
    assert [path for path, field in fields(whole, "#") if not field.get("description")] == []


def test_the_streams_are_told_with_every_event() -> None:
    whole = reference_asyncapi.document()
    assert set(whole["components"]["messages"]) == TYPES | {reference_asyncapi.SEND}
    assert set(whole["channels"]["events"]["messages"]) == TYPES
    assert len(TYPES) == len(get_args(Event))


def test_the_stream_of_messages_to_be_sent_takes_what_the_api_takes() -> None:
    whole = reference_asyncapi.document()
    told: Any = whole["components"]["messages"][reference_asyncapi.SEND]
    (example,) = told["examples"]
    given = Draft202012Validator({**told["payload"], "components": whole["components"]})
    assert given.is_valid(example["payload"])
    assert not given.is_valid(example["payload"] | {"unknown": 1})
    asked.converted(example["payload"], OutboundMessage)
    http, streams = (each["components"]["schemas"]["OutboundMessage"] for each in (OPENAPI, whole))
    assert http["properties"].keys() == streams["properties"].keys()


def test_no_two_operations_have_one_name_or_one_place() -> None:
    assert len({each.name for each in OPERATIONS}) == len(OPERATIONS)
    assert len({each.summary.casefold() for each in OPERATIONS}) == len(OPERATIONS)
    assert len({(each.method, each.path) for each in OPERATIONS}) == len(OPERATIONS)


def test_every_reason_of_a_refusal_is_told_where_messages_are_sent() -> None:
    answers: Any = OPENAPI["paths"]["/v1/messages"]["post"]["responses"]
    for reason, (status, _) in REASONS.items():
        if reason != "not_replayable":
            assert f"`{reason}`" in answers[str(status)]["description"]


def test_every_scope_and_every_group_is_used() -> None:
    assert {each.group for each in OPERATIONS} == set(GROUPS)
    assert {each.scope for each in OPERATIONS} <= set(SCOPES)


@every_operation
def test_every_operation_says_what_it_does_and_what_it_reads(operation: Operation) -> None:
    assert operation.summary
    assert not operation.summary.endswith(".")
    meanings = documentation.field_meanings(operation.parameters)
    assert set(operation.parameters.__struct_fields__) <= set(meanings)
    in_path = set(re.findall(r"\{(\w+)\}", operation.path))
    assert in_path <= set(operation.parameters.__struct_fields__)
    assert min(operation.answers) >= 200
    assert all(status >= 400 and told for status, told in problems_of(operation).items())


@every_operation
def test_every_example_is_what_it_is_an_example_of(operation: Operation) -> None:
    told: Any = OPENAPI["paths"][operation.path][operation.method.lower()]
    parts = [told.get("requestBody", {}), *told["responses"].values()]
    for content in (each for part in parts for each in part.get("content", {}).values()):
        if "example" in content:
            whole = {**content["schema"], "components": OPENAPI["components"]}
            assert Draft202012Validator(whole).is_valid(content["example"])
    if operation.example is not None and not isinstance(operation.body, Body):
        asked.converted(operation.example, operation.body)


@every_operation
def test_every_json_body_has_an_example(operation: Operation) -> None:
    if operation.body is not Nothing:
        told: Any = OPENAPI["paths"][operation.path][operation.method.lower()]
        content = told["requestBody"]["content"].get("application/json", {"example": "a file"})
        assert content["example"]


@every_operation
def test_every_operation_is_in_the_guide(operation: Operation) -> None:
    guide = (ROOT / "docs/api.md").read_text("utf-8")
    assert f"`{operation.method} {operation.path}`" in guide


def test_every_scope_and_every_reason_is_in_the_guide() -> None:
    guide = (ROOT / "docs/api.md").read_text("utf-8")
    assert [each for each in (*SCOPES, *REASONS) if f"`{each}`" not in guide] == []


def test_every_reason_of_a_failure_is_in_the_guide() -> None:
    guide = (ROOT / "docs/api.md").read_text("utf-8")
    files = (ROOT / "gateway/edge/outbound").glob("*.py")
    code = "\n".join(each.read_text("utf-8") for each in files)
    used = set(re.findall(r'(?:Failure\(\s*reason=|_failure\()"(\w+)"', code))
    assert {"hold_expired", "opener_cancelled", "template_paused"} <= used
    assert [each for each in sorted(used) if f"| `{each}` |" not in guide] == []


def test_the_published_document_is_the_one_that_is_served() -> None:
    published = json.loads((ROOT / "docs/reference/openapi.json").read_text("utf-8"))
    assert published == json.loads(json.dumps(OPENAPI))
