"""What a channel carries, as data: checked before sending, and printed in the reference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

import msgspec

from gateway.channel.outbound import Problem
from gateway.model.content import OutboundContent

CONTENT: Final = "$.content"
"""Where the content stands in a message; paths of problems begin with it."""


class Limit(msgspec.Struct, frozen=True, kw_only=True):
    """How much of something the platform takes.

    Attributes:
        field: Where, inside the content: ``buttons[].title``; ``[]`` goes into each item.
        most: The greatest size it takes; None where it names none.
        least: The smallest; with 1, a text must not be blank either.
        unit: What is counted. Characters are Unicode code points, bytes those of UTF-8.
        required: It must be given, although the content leaves it open.
        together: The items of all such lists are counted as one (the rows of every section).
    """

    field: str
    most: int | None = None
    least: int = 0
    unit: Literal["characters", "bytes", "items"] = "characters"
    required: bool = False
    together: bool = False


class Capability(msgspec.Struct, frozen=True, kw_only=True):
    """How a channel carries one kind of content.

    Attributes:
        limits: What is counted.
        becomes: What it is turned into, where the platform has nothing of the kind: the rule, for
            people. Rendering it always says that it was downgraded.
        rules: What else is checked or turned into something else, one sentence each.
        groups: It can be sent to a group.
    """

    limits: tuple[Limit, ...] = ()
    becomes: str | None = None
    rules: tuple[str, ...] = ()
    groups: bool = False


Capabilities: TypeAlias = Mapping[str, Capability]
"""By the kind of content; what is not in it is not carried."""

NOTHING: Final[Capabilities] = MappingProxyType({})


def kind_of(content: OutboundContent) -> str:
    """Return the word that ``kind`` holds on the wire."""
    return str(type(content).__struct_config__.tag)


def problems(
    content: OutboundContent, capabilities: Capabilities, *, channel: str
) -> Iterator[Problem]:
    """Yield what a table of capabilities says against a content.

    Args:
        content: What is to be sent.
        capabilities: The channel's.
        channel: Its name for people.
    """
    kind = kind_of(content)
    capability = capabilities.get(kind)
    if capability is None:
        carried = ", ".join(sorted(capabilities)) or "nothing yet"
        told = f"{channel} does not carry {kind}; it carries {carried}"
        yield Problem(path=f"{CONTENT}.kind", explanation=told)
        return
    for limit in capability.limits:
        yield from _passed(content, limit)


def _passed(content: OutboundContent, limit: Limit) -> Iterator[Problem]:
    found = _fields(content, _steps(limit.field), CONTENT)
    if limit.together:
        sizes = [(path, _size(value, limit)) for path, value in found if value is not None]
        if (
            problem := _judged(sizes[0][0], sum(size for _, size in sizes), limit)
            if sizes
            else None
        ):
            yield problem
        return
    for path, value in found:
        if value is None:
            if limit.required:
                yield Problem(path=path, explanation="is missing", limit=limit.least or 1)
        elif limit.least and isinstance(value, str) and not value.strip():
            yield Problem(path=path, explanation="must not be blank", limit=limit.least)
        elif problem := _judged(path, _size(value, limit), limit):
            yield problem


def _judged(path: str, size: int, limit: Limit) -> Problem | None:
    counted = f"{limit.unit} in all" if limit.together else limit.unit
    if limit.most is not None and size > limit.most:
        told = f"has {size} {counted}, {limit.most} at most"
        return Problem(path=path, explanation=told, limit=limit.most)
    if size < limit.least:
        told = f"has {size} {counted}, {limit.least} at least"
        return Problem(path=path, explanation=told, limit=limit.least)
    return None


def _size(value: object, limit: Limit) -> int:
    match value:
        case str() if limit.unit == "bytes":
            return len(value.encode(errors="replace"))
        case str() | tuple() | dict():
            return len(value)
        case _:
            raise TypeError(f"{limit.field} has no size: {value!r}")


def _steps(field: str) -> list[str]:
    return field.split(".")


def _fields(value: object, steps: Sequence[str], path: str) -> Iterator[tuple[str, object]]:
    """Yield each value at a path with the path to it; a union's other members are passed over."""
    if not steps:
        yield path, value
        return
    head, *rest = steps
    name = head.removesuffix("[]")
    if not hasattr(value, name):
        return
    inner = getattr(value, name)
    path = f"{path}.{name}"
    if head.endswith("[]"):
        for number, each in enumerate(inner or ()):
            yield from _fields(each, rest, f"{path}[{number}]")
    elif inner is not None or not rest:
        yield from _fields(inner, rest, path)
