"""What a channel carries, as data: checked before sending, and printed in the reference."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

import msgspec

from gateway.channel.outbound import Problem
from gateway.model.content import (
    Audio,
    Content,
    Document,
    Image,
    OutboundContent,
    Text,
    Video,
)

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

_ABSENT: Final = object()

NOTHING: Final[Capabilities] = MappingProxyType({})


def kind_of(content: Content) -> str:
    """Return the word that ``kind`` holds on the wire."""
    return str(type(content).__struct_config__.tag)


def caption_of(content: Image | Video | Audio | Document) -> Text:
    """Return the words below a file as a text; without any it is empty."""
    return Text(text=content.caption or "", spans=content.spans)


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
        steps = _steps(limit.field)
        name, many = steps[0]
        if (many or len(steps) > 1) and not getattr(content, name, ()):
            continue  # most limits are of what most messages do not have
        found = _found(content, steps)
        if limit.together:
            sizes = [_size(value, limit) for value, _ in found if value is not None]
            if sizes:
                yield from _judged(sum(sizes), limit, found[0][1])
        elif not all(_fits(value, limit) for value, _ in found):
            yield from _passed(found, limit)


def _fits(value: object, limit: Limit) -> bool:
    """Whether there is nothing to tell, found out quickly: every message comes by here."""
    if value is None:
        return not limit.required
    size = _size(value, limit)
    if size < limit.least or (limit.most is not None and size > limit.most):
        return False
    return not (limit.least and isinstance(value, str)) or not value.isspace()


def _passed(found: list[tuple[object, tuple[int, ...]]], limit: Limit) -> Iterator[Problem]:
    for value, at in found:
        if value is None:
            if limit.required:
                yield _problem(limit, at, "is missing", limit.least or 1)
        elif limit.least and isinstance(value, str) and not value.strip():
            yield _problem(limit, at, "must not be blank", limit.least)
        else:
            yield from _judged(_size(value, limit), limit, at)


def _judged(size: int, limit: Limit, at: tuple[int, ...]) -> Iterator[Problem]:
    counted = f"{limit.unit} in all" if limit.together else limit.unit
    if limit.most is not None and size > limit.most:
        yield _problem(limit, at, f"has {size} {counted}, {limit.most} at most", limit.most)
    elif size < limit.least:
        yield _problem(limit, at, f"has {size} {counted}, {limit.least} at least", limit.least)


def _problem(limit: Limit, at: tuple[int, ...], told: str, number: int) -> Problem:
    path = limit.field
    for index in at:
        path = path.replace("[]", f"[{index}]", 1)
    return Problem(path=f"{CONTENT}.{path}", explanation=told, limit=number)


def _size(value: object, limit: Limit) -> int:
    if isinstance(value, str) and limit.unit == "bytes":
        return len(value.encode(errors="replace"))
    if isinstance(value, str | tuple | dict):
        return len(value)
    raise TypeError(f"{limit.field} has no size: {value!r}")


@functools.cache
def _steps(field: str) -> tuple[tuple[str, bool], ...]:
    """Return the names on a path, and whether each is a list to go into."""
    return tuple((each.removesuffix("[]"), each.endswith("[]")) for each in field.split("."))


def _found(
    content: object, steps: tuple[tuple[str, bool], ...]
) -> list[tuple[object, tuple[int, ...]]]:
    """Return each value at a path with its places in the lists on the way.

    What only other members of a union have is passed over, and so is what is not given, but for
    the last field: whether that must be given, the limit says.
    """
    if len(steps) == 1 and not steps[0][1]:
        return [(getattr(content, steps[0][0]), ())]
    found: list[tuple[object, tuple[int, ...]]] = [(content, ())]
    for position, (name, many) in enumerate(steps, 1):
        inside: list[tuple[object, tuple[int, ...]]] = []
        for value, at in found:
            inner = getattr(value, name, _ABSENT)
            if many:
                if isinstance(inner, tuple):
                    inside += [(each, (*at, index)) for index, each in enumerate(inner)]
            elif inner is not _ABSENT and (inner is not None or position == len(steps)):
                inside.append((inner, at))
        found = inside
    return found
