"""Every key a settings type knows: its path, its environment name and what it is for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Annotated, Any, Final, Literal, get_args, get_origin

import msgspec
from msgspec import Meta
from msgspec.structs import FieldInfo

PREFIX: Final = "RELEVO_"


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """One key of a table.

    Attributes:
        path: Its tables and its own name, as written in the file.
        field: What the settings type says of it.
    """

    path: tuple[str, ...]
    field: FieldInfo

    @property
    def dotted(self) -> str:
        return ".".join(self.path)

    @property
    def environment(self) -> str:
        """What follows ``RELEVO_`` (and an account's name) in the environment."""
        return environment_name("_".join(self.path))

    @property
    def description(self) -> str:
        return description(self.field)


def keys(table: type[msgspec.Struct], path: tuple[str, ...] = ()) -> Iterator[Key]:
    """Yield the keys of a settings type, nested tables included, in the order of the type."""
    for field in msgspec.structs.fields(table):
        here = (*path, field.encode_name)
        if nested := nested_table(field):
            yield from keys(nested, here)
        else:
            yield Key(path=here, field=field)


def nested_table(field: FieldInfo) -> type[msgspec.Struct] | None:
    """Return the settings type of a field that is a table of its own, else None."""
    bare = get_args(field.type)[0] if get_origin(field.type) is Annotated else field.type
    return bare if isinstance(bare, type) and issubclass(bare, msgspec.Struct) else None


def description(field: FieldInfo) -> str:
    """Return what ``Meta(description=…)`` says of a field, or nothing."""
    metas: tuple[Any, ...] = getattr(field.type, "__metadata__", ())
    return next((m.description for m in metas if isinstance(m, Meta) and m.description), "")


def choices(annotation: Any) -> tuple[Any, ...]:
    """Return the words that a type allows, by itself or in a list; none where others do as well."""
    match get_origin(annotation):
        case origin if origin is Literal:
            return get_args(annotation)
        case origin if origin is dict:
            return ()  # words name its entries, and are not what it holds
        case _:
            return tuple(word for each in get_args(annotation) for word in choices(each))


def entry_names(annotation: Any) -> tuple[Any, ...]:
    """Return the words that may name the entries of a table; none where all may."""
    if get_origin(annotation) is dict:
        return choices(get_args(annotation)[0])
    return tuple(word for each in get_args(annotation) for word in entry_names(each))


def environment_name(text: str) -> str:
    """Return a name as it is written in the environment: ``wa-main`` becomes ``WA_MAIN``."""
    return re.sub(r"[^A-Z0-9]", "_", text.upper())


def nearest(wrong: str, known: list[str]) -> str:
    """Return a question about the nearest known name, else the known names, for an error text."""
    if found := get_close_matches(wrong, known, n=1):
        return f"did you mean {found[0]}?"
    return f"known are {', '.join(known)}" if known else "none is known"
