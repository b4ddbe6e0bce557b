"""The reference page of events and contents, rendered from the model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final, get_args

import msgspec
from msgspec import inspect

from gateway.codec.documentation import field_meanings, meaning, tag_meaning
from gateway.codec.schema import structs
from gateway.model.content import Content, InboundContent, OutboundContent
from gateway.model.event import Event
from gateway.model.event_head import EventHead

_HEAD: Final = """\
# Events

<!-- Rendered by `relevo docs` from gateway/model: change the types, not this page. -->

Every entry of a stream `relevo:{NN}:events` has the fields `type` and `data`; `data` is a
MessagePack map as described here. Machine-readable: [events.schema.json](events.schema.json),
[contents.schema.json](contents.schema.json). How to read the streams: [events](../events.md).

Times are milliseconds since 1970. A field that holds its default is left out (None in a meaning is
such a default: no value), and readers must pass over fields and types they do not know: new ones
may come at any time. `v` grows only when a reader of the old form would go wrong.
"""

_TYPE: Final = "| `type` | text | always | Which event it is: one of those below. |"

_CONTENTS: Final = """\
## Contents

What a message carries, told apart by `kind`. *In*: contacts send it (or our side did elsewhere).
*Out*: we can be asked to send it.
"""


def page() -> str:
    """Render ``events.md``."""
    every = structs(Event) | structs(Content)
    events = list(get_args(Event))
    contents = list(get_args(Content))
    values = [each for each in every.values() if each not in {*events, *contents}]
    blocks = [
        _HEAD,
        "## Every event\n\n" + _fields(EventHead, tagged=_TYPE),
        "## Events by type\n\n" + "\n".join(_event_row(each) for each in [None, *events]),
        *(_event(each) for each in events),
        _CONTENTS + "\n" + "\n".join(_content_row(each) for each in [None, *contents]),
        *(_section(f"`{tag(each)}`", each) for each in contents),
        "## Values\n\nWhat events and contents are made of.",
        *(_section(each.__name__, each) for each in sorted(values, key=lambda v: v.__name__)),
    ]
    return "\n\n".join(block.rstrip("\n") for block in blocks) + "\n"


def tag(cls: type[msgspec.Struct]) -> str:
    """Return the ``type`` or ``kind`` of a class, as it stands on the wire."""
    return str(cls.__struct_config__.tag)


def _event_row(cls: type[msgspec.Struct] | None) -> str:
    if cls is None:
        return "| type | when |\n|---|---|"
    return f"| [`{tag(cls)}`](#{anchor(tag(cls))}) | {meaning(cls)} |"


def _content_row(cls: type[msgspec.Struct] | None) -> str:
    if cls is None:
        return "| kind | in | out | what |\n|---|---|---|---|"
    ways = ["yes" if cls in get_args(union) else "" for union in (InboundContent, OutboundContent)]
    return f"| [`{tag(cls)}`](#{anchor(tag(cls))}) | {' | '.join(ways)} | {meaning(cls)} |"


def _event(cls: type[msgspec.Struct]) -> str:
    table = _fields(cls, tagged=None, skip=EventHead.__struct_fields__)
    return "\n\n".join((f"### `{tag(cls)}`", meaning(cls), table))


def _section(title: str, cls: type[msgspec.Struct]) -> str:
    config = cls.__struct_config__
    tagged = None
    if config.tag is not None:
        tagged = f"| `{config.tag_field}` | `{config.tag}` | always | {tag_meaning(cls)} |"
    return "\n\n".join(filter(None, (f"### {title}", meaning(cls), _fields(cls, tagged=tagged))))


def _fields(cls: type[msgspec.Struct], *, tagged: str | None, skip: Iterable[str] = ()) -> str:
    """Return the table of a value's fields.

    Args:
        cls: The value.
        tagged: The row of the field that tells it from others of its union.
        skip: Fields that are told elsewhere.
    """
    told = field_meanings(cls)
    shape = inspect.type_info(cls)
    assert isinstance(shape, inspect.StructType)  # noqa: S101 - of a struct
    rows = [
        f"| `{each.encode_name}` | {_type_words(each.type)} | "
        f"{'always' if _always(each) else ''} | {told.get(each.name, '')} |"
        for each in shape.fields
        if each.name not in skip
    ]
    if tagged:
        rows.insert(0, tagged)
    if not rows:
        return ""
    return "\n".join(["| field | type | there | meaning |", "|---|---|---|---|", *rows])


def _always(field: inspect.Field) -> bool:
    # A default made by a factory is written always; see EventHead.
    made = field.default_factory
    return field.required or not (made is msgspec.NODEFAULT or made in {list, dict, set})


def _type_words(shape: inspect.Type) -> str:
    match shape:
        case inspect.Metadata(type=inner):
            words = _type_words(inner)
        case inspect.StructType(cls=cls):
            words = f"[{cls.__name__}](#{anchor(_heading(cls))})"
        case inspect.UnionType(types=members):
            words = " or ".join(_union_words(members))
        case inspect.LiteralType(values=values):
            words = ", ".join(f"`{each}`" for each in values)
        case inspect.CollectionType(item_type=inner):
            words = f"list of {_type_words(inner)}"
        case inspect.DictType(value_type=value):
            words = f"map of {_type_words(value)}"
        case _:
            words = _SIMPLE[type(shape)]
    return words


def _union_words(members: Iterable[inspect.Type]) -> Iterator[str]:
    members = [each for each in members if not isinstance(each, inspect.NoneType)]
    classes = {each.cls for each in members if isinstance(each, inspect.StructType)}
    for name, union in _UNIONS.items():
        if classes == set(get_args(union)):
            yield f"[{name}](#contents)"
            return
    yield from (_type_words(each) for each in members)


def _heading(cls: type[msgspec.Struct]) -> str:
    return tag(cls) if cls in get_args(Content) else cls.__name__


def anchor(heading: str) -> str:
    """Return the anchor of a heading of the page."""
    return heading.lower().replace(".", "")


_UNIONS: Final[dict[str, Any]] = {
    "content": Content,
    "inbound content": InboundContent,
    "outbound content": OutboundContent,
}
_SIMPLE: Final[dict[type[inspect.Type], str]] = {
    inspect.StrType: "text",
    inspect.IntType: "whole number",
    inspect.FloatType: "number",
    inspect.BoolType: "true or false",
    inspect.BytesType: "bytes",
    inspect.AnyType: "any JSON",
}
