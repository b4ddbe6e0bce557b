"""Texts with places to fill in: ``Hola {{ contact.name | first_word | default("cliente") }}``. Pure.

A place names a value and may pass it through filters; everything else of the text stays as it is.
There is no code in it: no calls, no arithmetic, no loops, no way to anything but the values that
are given. Values are data: braces in a contact's name are never looked at.

A text is read once and filled many times. Reading tells mistakes; filling cannot fail.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from difflib import get_close_matches
from typing import Final, TypeAlias

import msgspec

from gateway.model.value import Json

Values: TypeAlias = Mapping[str, Json]
"""What may be filled in: objects in objects, as JSON; only text, numbers and truth are written."""

FILTERS: Final[Mapping[str, Callable[[str], str]]] = {
    "first_word": lambda text: next(iter(text.split()), ""),
    "lower": str.lower,
    "upper": str.upper,
}
"""Filters without an argument; the other one is ``default("…")``."""

DEFAULT: Final = "default"

_OPEN: Final = "{{"
_TOKEN: Final = re.compile(
    r"""\s*(?:
        (?P<close>\}\})
      | (?P<name>[^\W\d][\w-]*(?:\.[\w-]+)*)
      | (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
      | (?P<mark>[|()])
    )""",
    re.VERBOSE | re.DOTALL,
)


class Mistake(msgspec.Struct, frozen=True, kw_only=True):
    """Why a text cannot be read.

    Attributes:
        position: Of the character where it went wrong, from 0.
    """

    position: int
    explanation: str


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """One place to fill in.

    Attributes:
        filters: Names, each with its argument where it has one.
    """

    name: str
    filters: tuple[tuple[str, str | None], ...] = ()


class Filled(msgspec.Struct, frozen=True, kw_only=True):
    """A text with its places filled.

    Attributes:
        missing: Names of values that were not there, or were blank, and have no default: their
            places are empty.
    """

    text: str
    missing: tuple[str, ...] = ()


class Pattern(msgspec.Struct, frozen=True):
    """A text that was read: its literal parts and its places, in order."""

    parts: tuple[str | Place, ...]

    def fill(self, values: Values, *, clean: Callable[[str], str] = str) -> Filled:
        """Fill every place.

        Args:
            values: What there is.
            clean: What each value goes through after its filters (an address needs it quoted).
                A value of which it leaves nothing counts as blank.
        """
        missing: list[str] = []
        texts = [
            each if isinstance(each, str) else _fill(each, values, clean, missing)
            for each in self.parts
        ]
        return Filled(text="".join(texts), missing=tuple(missing))


class _Wrong(Exception):
    # Never leaves this module: read() makes it a Mistake.
    def __init__(self, position: int, explanation: str) -> None:
        super().__init__(explanation)
        self.mistake = Mistake(position=position, explanation=explanation)


def read(text: str, known: Collection[str]) -> Pattern | Mistake:
    """Read a text.

    Args:
        text: With places in it, or without.
        known: Names of values; ``metadata.*`` stands for everything in ``metadata``.
    """
    parts: list[str | Place] = []
    position = 0
    try:
        while (start := text.find(_OPEN, position)) >= 0:
            if start > position:
                parts.append(text[position:start])
            place, position = _place(text, start, known)
            parts.append(place)
    except _Wrong as wrong:
        return wrong.mistake
    if position < len(text):
        parts.append(text[position:])
    return Pattern(tuple(parts))


class _Tokens:
    """The tokens between ``{{`` and ``}}``."""

    def __init__(self, text: str, start: int) -> None:
        self._text = text
        self._start = start
        self.position = start + len(_OPEN)
        self.kind = ""
        self.value = ""
        self.step()

    def step(self) -> str:
        """Go on to the next token and return the one that was current."""
        last = self.value
        found = _TOKEN.match(self._text, self.position)
        if found is None or found.lastgroup is None:
            rest = self._text[self.position :].lstrip()
            if not rest:
                raise _Wrong(self._start, "}} is missing")
            raise _Wrong(len(self._text) - len(rest), f"{rest[0]} is not expected here")
        self.kind = found.lastgroup
        self.value = found[self.kind]
        self.at = found.start(self.kind)
        self.position = found.end()
        return last

    def expect(self, kind: str, what: str, value: str | None = None) -> str:
        if self.kind != kind or value not in {None, self.value}:
            raise _Wrong(self.at, f"{what} is expected here, not {self.value}")
        return self.value


def _place(text: str, start: int, known: Collection[str]) -> tuple[Place, int]:
    tokens = _Tokens(text, start)
    at, name = tokens.at, tokens.expect("name", "the name of a value")
    _check(name, at, known)
    tokens.step()
    filters: list[tuple[str, str | None]] = []
    while tokens.kind == "mark":
        tokens.expect("mark", "| or }}", "|")
        tokens.step()
        filters.append(_filter(tokens))
    tokens.expect("close", "| or }}")
    return Place(name=name, filters=tuple(filters)), tokens.position


def _filter(tokens: _Tokens) -> tuple[str, str | None]:
    at, name = tokens.at, tokens.expect("name", "the name of a filter")
    if name not in FILTERS and name != DEFAULT:
        hint = _nearest(name, [*FILTERS, DEFAULT])
        raise _Wrong(at, f"{name} is no filter; {hint}")
    tokens.step()
    if name != DEFAULT:
        return name, None
    tokens.expect("mark", '("…") after default', "(")
    tokens.step()
    argument = tokens.expect("text", "a text in quotes")
    tokens.step()
    tokens.expect("mark", ")", ")")
    tokens.step()
    return name, re.sub(r"\\(.)", r"\1", argument[1:-1], flags=re.DOTALL)


def _check(name: str, position: int, known: Collection[str]) -> None:
    if name in known:
        return
    first = name.partition(".")[0]
    if name != first and f"{first}.*" in known:
        return
    raise _Wrong(position, f"{name} is no value; {_nearest(name, sorted(known))}")


def _nearest(wrong: str, known: Sequence[str]) -> str:
    if found := get_close_matches(wrong, known, n=1):
        return f"did you mean {found[0]}?"
    return f"known are {', '.join(known)}"


def _fill(place: Place, values: Values, clean: Callable[[str], str], missing: list[str]) -> str:
    text = _written(_look_up(place.name, values))
    for name, argument in place.filters:
        if argument is None:
            text = FILTERS[name](text)
        elif not clean(text).strip():
            text = argument
    cleaned = clean(text)
    if cleaned.strip():
        return cleaned
    missing.append(place.name)
    return ""


def _look_up(name: str, values: Values) -> Json:
    found: Json = values
    for step in name.split("."):
        if not isinstance(found, Mapping):
            return None
        found = found.get(step)
    return found


def _written(value: Json) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str() | int() | float():
            return str(value)
        case _:
            return ""
