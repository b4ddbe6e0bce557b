"""Compares decoded JSON with a type and tells every difference, each with the path of its field.

msgspec stops at the first wrong field and passes over those it does not know; a caller wants to
hear of all of them, with the nearest name that there is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import Any, Final, TypeAlias

from msgspec import inspect

from gateway.model.outbox import FieldProblem

Check: TypeAlias = Callable[[Any, str, list[FieldProblem]], None]
"""Takes what was decoded, its path, and where problems are put."""

Bounds: TypeAlias = Callable[[Any], tuple[str, int | None] | None]
"""Takes a value of the right type; returns what is allowed where it is not, and the limit."""

LONGEST_LIST: Final = 40
"""Of known names in an explanation."""
_INTEGERS: Final = range(-(2**63), 2**64)
"""What MessagePack can carry."""


def check_of(shape: inspect.Type) -> Check:
    """Make the check of a type."""
    return _made(shape, {})


def nearest(wrong: object, known: Iterable[str]) -> str:
    """Return a hint at the nearest known word, or at all of them when there are few."""
    words = sorted(known)
    if found := get_close_matches(str(wrong), words, n=1):
        return f"did you mean `{found[0]}`?"
    if len(words) <= LONGEST_LIST:
        return f"known are {', '.join(f'`{each}`' for each in words)}"
    return "see the documentation for what is known"


def _made(shape: inspect.Type, structs: dict[type, Check]) -> Check:  # noqa: PLR0911 - one for each
    match shape:
        case inspect.Metadata(type=inspect.StrType() as inner, extra={"wanted": str(wanted)}):
            return _scalar(inner, f"must be {wanted}")
        case inspect.Metadata(type=inner):
            return _made(inner, structs)
        case inspect.StructType(cls=cls):
            if cls not in structs:
                # Put there before its fields are looked at: a struct may hold its own kind.
                structs[cls] = lambda *each: structs[cls](*each)  # noqa: PLW0108 - looked up late
                structs[cls] = _struct(shape, structs)
            return structs[cls]
        case inspect.UnionType(types=members):
            return _union(members, structs)
        case inspect.LiteralType(values=values):
            return _literal(values)
        case inspect.VarTupleType(item_type=item) | inspect.ListType(item_type=item):
            return _list(_made(item, structs), shape.min_length or 0, shape.max_length)
        case inspect.DictType(value_type=value):
            return _dictionary(_made(value, structs))
        case inspect.StrType() | inspect.IntType() | inspect.FloatType() | inspect.BoolType():
            return _scalar(shape)
        case _:
            return _anything


def _struct(shape: inspect.StructType, structs: dict[type, Check]) -> Check:
    checks = {each.encode_name: _made(each.type, structs) for each in shape.fields}
    required = [each.encode_name for each in shape.fields if each.required]
    below = {each.encode_name: _names(each.type) for each in shape.fields if each.required}
    tag = shape.tag_field

    def check(raw: Any, path: str, found: list[FieldProblem]) -> None:
        if not isinstance(raw, dict):
            found.append(_wrong(path, "an object", raw))
            return
        missing = [name for name in required if name not in raw]
        strangers = [name for name in raw if name not in checks and name != tag]
        hints = _hints(strangers, missing, below, list(checks))
        for name, inner in raw.items():
            if known := checks.get(name):
                known(inner, f"{path}.{name}", found)
            elif name in hints:
                found.append(_problem(f"{path}.{name}", f"is no field of this{hints[name]}"))
        found.extend(_problem(f"{path}.{name}", "is missing") for name in missing)

    return check


def _hints(
    strangers: list[str],
    missing: list[str],
    below: Mapping[str, frozenset[str]],
    known: list[str],
) -> dict[str, str]:
    """Say of each field that an object does not have where it may belong.

    Args:
        strangers: The fields.
        missing: Those that it should have and has not.
        below: What stands in these, one level further down.
        known: All that it may have; told once, for the list is long.
    """
    hints: dict[str, str] = {}
    all_told = False
    for name in strangers:
        home = next((each for each in missing if name in below[each]), None)
        if _near(name, missing):
            hints[name] = f"; {nearest(name, missing)}"
        elif home is not None:
            hints[name] = f"; it belongs into `{home}`"
        elif _near(name, known):
            hints[name] = f"; {nearest(name, known)}"
        else:
            hints[name] = "" if all_told else f"; {nearest(name, known)}"
            all_told = True
    return hints


def _names(shape: inspect.Type) -> frozenset[str]:
    """Return what the fields of an object are called, of any of several kinds."""
    match shape:
        case inspect.Metadata(type=inner):
            return _names(inner)
        case inspect.StructType():
            own = {each.encode_name for each in shape.fields}
            return frozenset(own | ({shape.tag_field} if shape.tag_field else set()))
        case inspect.UnionType(types=members):
            return frozenset().union(*(_names(each) for each in members))
        case _:
            return frozenset()


def _near(wrong: str, words: list[str]) -> bool:
    return bool(get_close_matches(wrong, words, n=1))


def _union(members: tuple[inspect.Type, ...], structs: dict[type, Check]) -> Check:
    tagged = {
        str(each.tag): _made(each, structs)
        for each in members
        if isinstance(each, inspect.StructType) and each.tag is not None
    }
    nullable = any(isinstance(each, inspect.NoneType) for each in members)
    others = [each for each in members if not isinstance(each, inspect.NoneType)]
    if tagged:
        tag_field = next(e.tag_field for e in others if isinstance(e, inspect.StructType))
        check = _tagged(str(tag_field), tagged)
    elif len(others) == 1:
        check = _made(others[0], structs)
    else:
        check = _anything
    if not nullable:
        return check
    return lambda raw, path, found: None if raw is None else check(raw, path, found)


def _tagged(tag_field: str, members: dict[str, Check]) -> Check:
    def check(raw: Any, path: str, found: list[FieldProblem]) -> None:
        if not isinstance(raw, dict):
            found.append(_wrong(path, "an object", raw))
        elif tag_field not in raw:
            told = f"is missing; one of {', '.join(sorted(members))}"
            found.append(_problem(f"{path}.{tag_field}", told))
        elif not isinstance(tag := raw[tag_field], str) or tag not in members:
            hint = nearest(tag, members)
            found.append(_problem(f"{path}.{tag_field}", f"is none that we know; {hint}"))
        else:
            members[tag](raw, path, found)

    return check


def _literal(values: tuple[Any, ...]) -> Check:
    words = [str(each) for each in values]

    def check(raw: Any, path: str, found: list[FieldProblem]) -> None:
        # A number or a list would be compared, or fail to be: only texts are words.
        if not isinstance(raw, str) or raw not in values:
            hint = nearest(raw, words) if isinstance(raw, str) else "it is " + _kind(raw)
            told = f"must be one of {', '.join(f'`{each}`' for each in words)}; {hint}"
            found.append(_problem(path, told.partition("; known are")[0]))

    return check


def _list(item: Check, least: int, most: int | None) -> Check:
    def check(raw: Any, path: str, found: list[FieldProblem]) -> None:
        if not isinstance(raw, list):
            found.append(_wrong(path, "a list", raw))
            return
        if most is not None and len(raw) > most:
            told = f"has {len(raw)} items, {most} at most"
            found.append(FieldProblem(path=path, explanation=told, limit=most))
        elif len(raw) < least:
            told = f"has {len(raw)} items, {least} at least"
            found.append(FieldProblem(path=path, explanation=told, limit=least))
        for number, inner in enumerate(raw):
            item(inner, f"{path}[{number}]", found)

    return check


def _dictionary(value: Check) -> Check:
    def check(raw: Any, path: str, found: list[FieldProblem]) -> None:
        if not isinstance(raw, dict):
            found.append(_wrong(path, "an object", raw))
            return
        for name, inner in raw.items():
            value(inner, f"{path}.{name}", found)

    return check


def _scalar(shape: inspect.Type, pattern_told: str | None = None) -> Check:
    kinds: tuple[type, ...]
    bounded: Bounds = _unbounded
    match shape:
        case inspect.StrType():
            kinds, told, bounded = (str,), "a text", _of_text(shape, pattern_told)
        case inspect.IntType():
            kinds, told, bounded = (int,), "a whole number", _of_number(shape)
        case inspect.FloatType():
            kinds, told, bounded = (int, float), "a number", _of_number(shape)
        case _:
            kinds, told = (bool,), "true or false"
    is_bool = kinds == (bool,)

    def check(raw: Any, path: str, found: list[FieldProblem]) -> None:
        if not isinstance(raw, kinds) or isinstance(raw, bool) != is_bool:
            found.append(_wrong(path, told, raw))
        elif isinstance(raw, int) and raw not in _INTEGERS:
            found.append(_problem(path, "is a larger number than can be kept"))
        elif bounds := bounded(raw):
            explanation, limit = bounds
            found.append(FieldProblem(path=path, explanation=explanation, limit=limit))

    return check


def _unbounded(raw: Any) -> None:
    del raw


def _of_text(shape: inspect.StrType, pattern_told: str | None) -> Bounds:
    least, most, pattern = shape.min_length or 0, shape.max_length, shape.pattern
    if not least and most is None and pattern is None:
        return _unbounded
    matches = re.compile(pattern or "").search

    def bounds(raw: str) -> tuple[str, int | None] | None:
        if len(raw) < least:
            return f"has {len(raw)} characters, {least} at least", least
        if most is not None and len(raw) > most:
            return f"has {len(raw)} characters, {most} at most", most
        return None if matches(raw) else (pattern_told or f"must match `{pattern}`", None)

    return bounds


def _of_number(shape: inspect.IntType | inspect.FloatType) -> Bounds:
    ge, le, gt, lt = shape.ge, shape.le, shape.gt, shape.lt
    if ge is le is gt is lt is None:
        return _unbounded

    def bounds(raw: float) -> tuple[str, int | None] | None:
        if ge is not None and raw < ge:
            return f"is {raw}, {ge} at least", int(ge)
        if le is not None and raw > le:
            return f"is {raw}, {le} at most", int(le)
        if gt is not None and raw <= gt:
            return f"is {raw}, must be more than {gt}", None
        if lt is not None and raw >= lt:
            return f"is {raw}, must be less than {lt}", None
        return None

    return bounds


def _anything(raw: Any, path: str, found: list[FieldProblem]) -> None:
    """Check what we do not model: any JSON, but for numbers that nothing of ours can carry."""
    match raw:
        case dict():
            for name, inner in raw.items():
                _anything(inner, f"{path}.{name}", found)
        case list():
            for number, inner in enumerate(raw):
                _anything(inner, f"{path}[{number}]", found)
        case int() if raw not in _INTEGERS:
            found.append(_problem(path, "is a larger number than can be kept"))


def _wrong(path: str, right: str, raw: Any) -> FieldProblem:
    return _problem(path, f"must be {right}, is {_kind(raw)}")


def _problem(path: str, explanation: str) -> FieldProblem:
    return FieldProblem(path=path, explanation=explanation)


def _kind(raw: Any) -> str:
    match raw:
        case None:
            return "null"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "a text"
        case list():
            return "a list"
        case _:
            return "an object"
