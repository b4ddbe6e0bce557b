"""What a message becomes on a platform, and what the platform answers, as values."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

import msgspec

from gateway.model.contact import Address
from gateway.model.outbox import FieldProblem
from gateway.model.value import Json, Value

_NONE: Final[Mapping[str, str]] = MappingProxyType({})


class Call(Value, frozen=True, kw_only=True):
    """One request to the platform's API.

    Attributes:
        method: Of HTTP.
        path: Relative to the API's host, with the leading slash. It holds no secret: where a
            platform wants one there, it is put in when the call is made.
        query: Query parameters, again without secrets.
        body: Sent as JSON; with files, as the fields of a form.
        files: Files that go along in a form: ids of our media store, by the name of the field.
    """

    method: Literal["GET", "POST", "DELETE"]
    path: str
    query: dict[str, str] = msgspec.field(default_factory=dict)
    body: dict[str, Json] | None = None
    files: dict[str, str] = msgspec.field(default_factory=dict)


class Rendered(Value, frozen=True, kw_only=True):
    """The calls that a message becomes.

    Attributes:
        calls: Its parts, in order; at least one. Each that makes a message has a platform id of
            its own.
        downgraded: What the contact will see otherwise than it was asked for, and why; None when
            the platform shows the message as it is.
    """

    calls: tuple[Call, ...]
    downgraded: str | None = None


class Problem(FieldProblem, frozen=True, kw_only=True):
    """Why a message cannot be sent as it is.

    Attributes:
        explanation: What is wrong and what would be right, for people: it follows the path and a
            colon, begins like "must be", "is missing" or "has 5 items, 3 at most", and has no full
            stop.
    """


class Answer(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What the platform's API answered to one call.

    Attributes:
        status: Of HTTP.
        body: The raw bytes.
        headers: Looked up without regard to case, with names given in lower case.
    """

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = _NONE


class Receipt(Value, frozen=True, kw_only=True):
    """The platform took a call.

    Attributes:
        platform_id: The message's id there; None for what makes no message (read, typing).
        addresses: The contact's addresses as the platform told them: replies go there.
        held: The platform keeps it back for now and may still refuse it.
    """

    platform_id: str | None = None
    addresses: tuple[Address, ...] = ()
    held: bool = False
