"""Reads what a caller asks for: one outbound message in JSON, told exactly what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from gateway.errors import CodecError
from gateway.model.outbound import OutboundMessage


def outbound(content: bytes, *, account: str | None = None) -> OutboundMessage:
    """Decode one message.

    Unlike what comes from streams, where fields that are new to us are passed over, a caller's
    mistyped field is an error: nobody would learn otherwise that it did nothing.

    Args:
        content: JSON.
        account: Who sends when the message does not say.

    Raises:
        CodecError: It is not JSON, or not a message; the text names the path.
    """
    try:
        raw = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CodecError(f"not JSON: {error}") from error
    if isinstance(raw, dict) and account is not None:
        raw.setdefault("account", account)
    try:
        message = msgspec.convert(raw, OutboundMessage)
    except msgspec.ValidationError as error:
        raise CodecError(str(error)) from error
    if unknown := list(_unknown(message, raw, "$")):
        raise CodecError(f"unknown fields: {', '.join(unknown)}")
    if message.tag is not None:
        raise CodecError("$.tag is put on by the gateway alone; on_closed_window asks for it")
    return message


def _unknown(value: Any, raw: Any, path: str) -> Iterator[str]:
    """Yield the paths of fields that the types have no place for."""
    match value, raw:
        case msgspec.Struct(), dict():
            known = {each.encode_name: each.name for each in msgspec.structs.fields(value)}
            tag = value.__struct_config__.tag_field
            for key, inner in raw.items():
                if key in known:
                    yield from _unknown(getattr(value, known[key]), inner, f"{path}.{key}")
                elif key != tag:
                    yield f"{path}.{key}"
        case tuple(), list():
            for number, (one, inner) in enumerate(zip(value, raw, strict=True)):
                yield from _unknown(one, inner, f"{path}[{number}]")
        case _:
            return
