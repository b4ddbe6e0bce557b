"""The way into a webhook body of Meta's: what is inside of what, each with its own bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final, Protocol, Self, TypeAlias, TypeVar

import msgspec

from gateway.api import Event, ItemBroken
from gateway_meta.notices import Item, attempt, notice

Parts: TypeAlias = dict[str, msgspec.Raw]

_OBJECT: Final = msgspec.json.Decoder(Parts)
_LIST: Final = msgspec.json.Decoder(list[msgspec.Raw])
NULL: Final = msgspec.Raw(b"null")


class Nested(Item, Protocol):
    """An item that may hold others."""

    def item(self, raw: bytes, path: str) -> Self:
        """Return where an item inside of this one came from."""


T = TypeVar("T", bound=Nested)


def events(
    source: T, name: str, read: Callable[[T], Iterable[Event]], *, holds: str
) -> list[Event]:
    """Return the events of a body, entry by entry.

    Args:
        source: The body.
        name: What its ``object`` says.
        read: Makes the events of an entry.
        holds: What an entry has, for people.
    """
    told = text(parts(source).get("object", NULL))
    if told not in (name, ""):
        wanted = f"$.object: expected {name!r}, got {told[:40]!r}"
        return [notice(source, "unknown", "object", error=wanted)]

    def entries(source: T) -> Iterator[Event]:
        for entry in items(parts(source), "entry", source):
            yield from attempt(read, entry, "entry")

    found = attempt(entries, source, "envelope")
    return found or [
        notice(source, "broken", "envelope", error=f"$.entry: expected {holds}, got none")
    ]


def parts(source: Item) -> Parts:
    """Return the parts of an item that is an object."""
    return _OBJECT.decode(source.raw)


def items(parts: Parts, key: str, source: T) -> Iterator[T]:
    """Yield the items of a list.

    Args:
        parts: Of what holds it.
        key: The list's.
        source: What holds it.

    Raises:
        ItemBroken: There is no such list.
    """
    if key not in parts:
        raise ItemBroken(f".{key}", "expected a list, it is missing")
    try:
        raws = _LIST.decode(parts[key])
    except msgspec.ValidationError as error:
        raise ItemBroken(f".{key}", str(error)) from error
    for place, raw in enumerate(raws):
        yield source.item(bytes(raw), f".{key}[{place}]")


def change(source: T) -> tuple[str, T]:
    """Return the field that one of ``changes[]`` is about, and its value.

    Raises:
        ItemBroken: It lacks one of them.
    """
    told = parts(source)
    field = text(told.get("field", NULL))
    if not field:
        raise ItemBroken(".field", "expected the name of a field, it is missing")
    if "value" not in told:
        raise ItemBroken(".value", "expected an object, it is missing")
    return field, source.item(bytes(told["value"]), ".value")


def text(raw: msgspec.Raw) -> str:
    """Return a JSON string or number as text; empty for anything else."""
    value = msgspec.json.decode(raw)
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
