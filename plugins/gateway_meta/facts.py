"""The platform's own objects, made safe to travel: whole, or flat as facts."""

from __future__ import annotations

from typing import Any

import msgspec

from gateway.api import Fact, Json

_LEAST, _MOST = -(1 << 63), (1 << 64) - 1
"""The whole numbers that MessagePack has."""


def plain(value: Any) -> Any:
    """Return a decoded JSON value with what MessagePack cannot carry turned into text."""
    try:
        msgspec.msgpack.encode(value)
    except OverflowError:
        return _without_giants(value)
    return value


def _without_giants(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_giants(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_without_giants(each) for each in value]
    if isinstance(value, int) and not _LEAST <= value <= _MOST:
        return str(value)
    return value


def readable(item: bytes) -> Json:
    """Return an item as the platform sent it, or as text where it cannot be decoded."""
    try:
        return plain(msgspec.json.decode(item))
    except (ValueError, RecursionError):
        return item.decode("utf-8", "replace")


def flat(value: Json, name: str = "") -> dict[str, Fact]:
    """Return the leaves of a JSON value by dotted name; places in lists are numbered from 0."""
    if isinstance(value, dict):
        parts = [(f"{name}.{key}" if name else key, each) for key, each in value.items()]
    elif isinstance(value, list):
        parts = [(f"{name}.{at}", each) for at, each in enumerate(value)]
    else:
        return {name: value} if name and value is not None else {}
    return {key: leaf for path, each in parts for key, leaf in flat(each, path).items()}
