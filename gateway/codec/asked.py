"""Reads what a caller asks for, and tells everything that is wrong with it at once.

Unlike what comes from streams, where fields that are new to us are passed over, a caller's
mistyped field is an error: nobody would learn otherwise that it did nothing.
"""

from __future__ import annotations

import functools
from collections.abc import Hashable
from typing import Any, TypeVar, cast

import msgspec

from gateway.codec.shape import Check, check_of
from gateway.errors import CodecError, FieldsWrong
from gateway.model.outbound import OutboundMessage
from gateway.model.outbox import FieldProblem, Refused

T = TypeVar("T")


def json(content: bytes) -> Any:
    """Decode JSON, of whatever shape.

    Raises:
        CodecError: It is not JSON, or nested too deeply.
    """
    try:
        return msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CodecError(f"not JSON: {error}") from error
    except RecursionError as error:
        raise CodecError("not readable: nested too deeply") from error


def messagepack(content: bytes) -> Any:
    """Decode MessagePack into what JSON can say, of whatever shape.

    Raises:
        CodecError: It is not MessagePack, holds what JSON cannot say, or is nested too deeply.
    """
    try:
        # What is asked comes back in answers and records, which are JSON.
        return msgspec.json.decode(msgspec.json.encode(msgspec.msgpack.decode(content)))
    except (msgspec.DecodeError, UnicodeError, TypeError, ValueError) as error:
        raise CodecError(f"not MessagePack of JSON's values: {error}") from error
    except RecursionError as error:
        raise CodecError("not readable: nested too deeply") from error


def converted(raw: Any, wanted: type[T], *, path: str = "$") -> T:
    """Turn decoded JSON into a value.

    Args:
        raw: What ``json`` gave.
        wanted: A struct.
        path: Where it stands in the whole; problems begin with it.

    Raises:
        FieldsWrong: With every field that is wrong.
    """
    problems: list[FieldProblem] = []
    _check(cast(Hashable, wanted))(raw, path, problems)
    if problems:
        raise FieldsWrong(problems)
    try:
        return msgspec.convert(raw, wanted)
    except (msgspec.ValidationError, RecursionError) as error:
        # What the check does not know.
        text, _, inside = str(error).partition(" - at `$")
        where = path + inside.removesuffix("`")
        raise FieldsWrong([FieldProblem(path=where, explanation=text)]) from error


def message(raw: Any) -> OutboundMessage | Refused:
    """Return one message of several, or why it is none."""
    try:
        return converted(raw, OutboundMessage)
    except FieldsWrong as error:
        return Refused(reason="invalid", explanation=str(error), problems=tuple(error.problems))


def outbound(content: bytes, *, account: str | None = None) -> OutboundMessage:
    """Decode one message.

    Args:
        content: JSON.
        account: Who sends when the message does not say.

    Raises:
        CodecError: It is not JSON, or not a message (``FieldsWrong``).
    """
    raw = json(content)
    if isinstance(raw, dict) and account is not None:
        raw.setdefault("account", account)
    return converted(raw, OutboundMessage)


@functools.cache
def _check(wanted: Hashable) -> Check:
    return check_of(msgspec.inspect.type_info(wanted))
