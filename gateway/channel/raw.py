"""A platform's raw JSON, made safe: to decode, to travel, to be read as facts."""

from __future__ import annotations

import json
from typing import Any, Final

import msgspec

from gateway.errors import BodyMalformed
from gateway.model.notice import Fact
from gateway.model.value import Json

_LEAST: Final = -(1 << 63)
_MOST: Final = (1 << 64) - 1
"""The whole numbers that MessagePack has lie between these."""


def sound_json(body: bytes) -> bytes:
    """Return a body as JSON that decodes: as it came, or with half characters replaced.

    Half of a surrogate pair is what is left of an emoji that was cut off; it is no reason to lose
    the messages around it.

    Raises:
        BodyMalformed: It is not a JSON object.
    """
    try:
        msgspec.json.decode(body)
    except RecursionError as error:
        raise BodyMalformed("the body is nested too deeply") from error
    except ValueError:
        body = _mended(body)
    if not body.lstrip(b" \t\r\n").startswith(b"{"):
        raise BodyMalformed("the body is JSON, but not an object")
    return body


def _mended(body: bytes) -> bytes:
    try:
        text = json.dumps(json.loads(body), ensure_ascii=False, allow_nan=False)
    except (ValueError, RecursionError) as error:
        raise BodyMalformed("the body is not JSON") from error
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()


def plain_json(value: Any) -> Any:
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


def readable_json(item: bytes) -> Json:
    """Return an item as the platform sent it, or as text where it cannot be decoded."""
    try:
        return plain_json(msgspec.json.decode(item))
    except (ValueError, RecursionError):
        return item.decode("utf-8", "replace")


def flat_facts(value: Json, name: str = "") -> dict[str, Fact]:
    """Return the leaves of a JSON value by dotted name; places in lists are numbered from 0."""
    if isinstance(value, dict):
        parts = [(f"{name}.{key}" if name else key, each) for key, each in value.items()]
    elif isinstance(value, list):
        parts = [(f"{name}.{at}", each) for at, each in enumerate(value)]
    else:
        return {name: value} if name and value is not None else {}
    return {key: leaf for path, each in parts for key, leaf in flat_facts(each, path).items()}
