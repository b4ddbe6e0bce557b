"""What an operation of the API is: a row of the table, and what its code is given."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, Generic, Literal, TypeAlias, TypeVar, get_args, get_type_hints

import msgspec
from aiohttp import web

from gateway.daemon.daemon import Daemon
from gateway.model.value import Json, Value

P = TypeVar("P")
B = TypeVar("B")

Method: TypeAlias = Literal["GET", "POST", "PUT", "DELETE"]
NO_WORDS: Final[Mapping[Any, str]] = MappingProxyType({})
NO_HEADERS: Final[Mapping[str, str]] = MappingProxyType({})
BYTES: Final = bytes
"""Stands for a body or an answer that is a file, of whatever type."""
TABLE: Final = str
"""Stands for an answer that is a table for spreadsheets."""


class Nothing(Value, frozen=True, kw_only=True):
    """No parameters, or no body."""


NOTHING: Final = Nothing()


TEXT: Final[Mapping[str, Json]] = MappingProxyType({"type": "string"})


class Header(msgspec.Struct, frozen=True):
    """A header that an operation reads or sends.

    Attributes:
        meaning: What it does.
        shape: JSON Schema of its values.
    """

    meaning: str
    shape: Mapping[str, Json] = TEXT


Headers: TypeAlias = Mapping[str, Header]
NONE_READ: Final[Headers] = MappingProxyType({})
NONE_SENT: Final[Mapping[int, Headers]] = MappingProxyType({})


class Reply(msgspec.Struct, frozen=True):
    """What an operation answers.

    Attributes:
        value: Becomes JSON; None for an answer without a body.
        status: Of HTTP; one of the operation's ``answers``.
        headers: More headers.
    """

    value: Any = None
    status: int = 200
    headers: Mapping[str, str] = NO_HEADERS


class Call(Generic[P, B]):
    """One request, as an operation sees it: allowed, and decoded.

    Attributes:
        daemon: What everything is done with.
        request: The raw request, for headers and for what is streamed.
        parameters: Of path and query.
        body: The decoded body.
    """

    __slots__ = ("body", "daemon", "parameters", "request")

    def __init__(self, daemon: Daemon, request: web.Request, parameters: P, body: B) -> None:
        self.daemon = daemon
        self.request = request
        self.parameters = parameters
        self.body = body


Handle: TypeAlias = Callable[[Call[Any, Any]], Awaitable[Reply | web.StreamResponse]]


class Body(msgspec.Struct, frozen=True, kw_only=True):
    """How a body is read that is not one JSON object of one type.

    Attributes:
        content: What it may be: types by media type; several types mean any one of them. A
            schema is given where there is no type.
        read: Reads it.
    """

    content: Mapping[str, tuple[Any, ...]]
    read: Callable[[web.Request, Daemon], Awaitable[Any]]


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the table.

    Attributes:
        name: The coroutine's; unique, and part of the interface as ``operationId``.
        group: Under which heading it is documented.
        scope: What a key must be allowed; None for everybody.
        summary: What it does, in a sentence.
        description: More about it, in Markdown.
        parameters: Fields of path and query.
        body: The struct, a ``Body``, or ``Nothing``.
        answers: By status: a type, several of which any may come, or None for no body.
        problems: By status: when it comes.
        headers: Headers that are read, by their names.
        sends: Headers of its own answers, by status and name.
        example: A body that works.
        answer_example: What could be answered.
        handle: The code.
    """

    method: Method
    path: str
    name: str
    group: str
    scope: str | None
    summary: str
    description: str
    parameters: type[msgspec.Struct]
    body: type[msgspec.Struct] | Body
    answers: Mapping[int, Any]
    problems: Mapping[int, str]
    headers: Headers
    sends: Mapping[int, Headers]
    example: Json
    answer_example: Json
    handle: Handle


def operation(  # noqa: PLR0913 - one for each column of the table
    method: Method,
    path: str,
    *,
    group: str,
    scope: str | None,
    answers: Mapping[int, Any],
    problems: Mapping[int, str] = NO_WORDS,
    headers: Headers = NONE_READ,
    sends: Mapping[int, Headers] = NONE_SENT,
    body: Body | None = None,
    example: Json = None,
    answer_example: Json = None,
) -> Callable[[Handle], Operation]:
    """Make an operation of a coroutine; see the package.

    Args:
        method: Of HTTP.
        path: With names of parameters in braces.
        group: See ``Operation``, also for the others.
        scope: One of ``gateway.bus.apikeys.SCOPES``.
        answers: The good ones.
        problems: Those of its own; what all share need not be said.
        headers: Those it reads, by their names.
        sends: Those it sends beside what all send, by status and name.
        body: How the body is read, where it is not the struct that the annotation names.
        example: Of the body.
        answer_example: Of the first answer.
    """

    def made(handle: Handle) -> Operation:
        parameters, struct = get_args(get_type_hints(handle)["call"])
        summary, _, description = inspect.cleandoc(handle.__doc__ or "").partition("\n\n")
        return Operation(
            method=method,
            path=path,
            name=handle.__name__,
            group=group,
            scope=scope,
            summary=_one_line(summary).removesuffix("."),
            description="\n\n".join(_one_line(each) for each in description.split("\n\n")),
            parameters=parameters,
            body=body or struct,
            answers=answers,
            problems=problems,
            headers=headers,
            sends=sends,
            example=example,
            answer_example=answer_example,
            handle=handle,
        )

    return made


def _one_line(paragraph: str) -> str:
    if paragraph.lstrip().startswith(("-", "|")):
        return paragraph
    return " ".join(paragraph.replace("``", "`").split())
