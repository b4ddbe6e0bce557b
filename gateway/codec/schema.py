"""JSON Schemas of what travels, rendered from the types and their docstrings.

Published in ``docs/reference/``; a test keeps the files equal to what this renders.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec
from msgspec import inspect

from gateway.codec.documentation import field_meanings, meaning, tag_meaning
from gateway.model.content import Content
from gateway.model.event import Event
from gateway.model.event_head import WIRE_VERSION, EventHead

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def events() -> dict[str, Any]:
    """Return the schema of one event, as it stands in the field ``data`` of a stream entry."""
    return _document(
        Event,
        name="events",
        title="Event of Relevo",
        description="One event on the streams relevo:{NN}:events, told apart by `type`.",
    )


def contents() -> dict[str, Any]:
    """Return the schema of what a message carries, in and out."""
    return _document(
        Content,
        name="contents",
        title="Content of Relevo",
        description="What a message carries, told apart by `kind`.",
    )


def components(wanted: Sequence[Any], *, ref: str) -> tuple[list[Any], dict[str, Any]]:
    """Return the schema of each type, and those of all structs inside them, by name.

    Args:
        wanted: Types.
        ref: How one schema points to another; ``{name}`` stands for its name.
    """
    schemas, found = msgspec.json.schema_components(wanted, ref_template=ref)
    for each in wanted:
        for name, cls in structs(each).items():
            if name in found:
                _describe(found[name], cls)
    return list(schemas), {name: found[name] for name in sorted(found)}


def structs(wanted: Any) -> dict[str, type[msgspec.Struct]]:
    """Return every struct inside a type, by name, in the order they are met."""
    found: dict[str, type[msgspec.Struct]] = {}
    pending = [inspect.type_info(wanted)]
    while pending:
        shape = pending.pop(0)
        if isinstance(shape, inspect.StructType):
            if shape.cls.__name__ in found:
                continue
            found[shape.cls.__name__] = shape.cls
        pending.extend(_inside(shape))
    return found


def _inside(shape: inspect.Type) -> Iterator[inspect.Type]:
    match shape:
        case inspect.StructType(fields=fields):
            yield from (each.type for each in fields)
        case inspect.UnionType(types=members):
            yield from members
        case inspect.Metadata(type=inner):
            yield inner
        case inspect.CollectionType(item_type=inner):
            yield inner
        case inspect.DictType(key_type=key, value_type=value):
            yield from (key, value)
        case _:
            return


def _document(wanted: Any, *, name: str, title: str, description: str) -> dict[str, Any]:
    (schema,), found = components([wanted], ref="#/$defs/{name}")
    return {
        "$schema": DIALECT,
        "$id": f"urn:relevo:schema:{name}:{WIRE_VERSION}",
        "title": title,
        "description": description,
        **schema,
        "$defs": found,
    }


def _describe(component: dict[str, Any], cls: type[msgspec.Struct]) -> None:
    component["description"] = meaning(cls)
    for name, told in field_meanings(cls).items():
        if field := component["properties"].get(name):
            field["description"] = told
    config = cls.__struct_config__
    if config.tag is not None:
        component["properties"][config.tag_field]["description"] = tag_meaning(cls)
    if issubclass(cls, EventHead):
        # Defaults that are made by a factory are written always: see EventHead.
        component["properties"]["v"]["const"] = WIRE_VERSION
        if "v" not in component["required"]:
            component["required"].append("v")
