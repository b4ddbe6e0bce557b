"""What the docstrings of a value say: its meaning, and the meaning of each field."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Iterator
from typing import Final

import msgspec

_SECTION: Final = re.compile(r"^(?:Attributes|Args|Returns|Raises|Source|Yields):", re.MULTILINE)
_ENTRY: Final = re.compile(r"^(\w+): ", re.MULTILINE)


def meaning(documented: type) -> str:
    """Return what comes before the sections of a class's docstring, on one line."""
    text = inspect.cleandoc(documented.__doc__ or "")
    return _one_line(_SECTION.split(text, maxsplit=1)[0])


def summary(documented: type) -> str:
    """Return the first sentence of a class's docstring."""
    text = inspect.cleandoc(documented.__doc__ or "")
    return _one_line(text.split("\n\n", 1)[0])


def field_meanings(documented: type) -> dict[str, str]:
    """Return what ``Attributes:`` says of each field.

    What a class says of an inherited field wins over what its parent says.
    """
    meanings: dict[str, str] = {}
    for each in reversed(documented.__mro__):
        if each.__module__.startswith("gateway"):
            meanings |= dict(_attributes(inspect.cleandoc(each.__doc__ or "")))
    return meanings


def tag_meaning(documented: type[msgspec.Struct]) -> str:
    """Return what is said of the field that tells a value from others of its union."""
    return f"Always `{documented.__struct_config__.tag}`: tells this form from the others."


def _attributes(text: str) -> Iterator[tuple[str, str]]:
    _, found, rest = text.partition("Attributes:\n")
    if not found:
        return
    lines = [line for line in rest.splitlines() if not line or line.startswith("    ")]
    block = textwrap.dedent("\n".join(lines))
    parts = _ENTRY.split(block)[1:]
    for name, told in zip(parts[::2], parts[1::2], strict=True):
        yield name, _one_line(told)


def _one_line(text: str) -> str:
    return " ".join(text.replace("``", "`").split())
