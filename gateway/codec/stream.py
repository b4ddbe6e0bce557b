"""Events as they stand on the streams: the one place where they are written and read.

An entry has two fields: ``type``, so that a reader may skip what it does not want, and ``data``,
the whole event as a MessagePack map. See ``docs/decisions/0002-stream-codec.md``.
"""

from __future__ import annotations

from typing import Any, Final, get_args

import msgspec

from gateway.errors import CodecError
from gateway.model.event import Event, type_of

TYPE: Final = b"type"
DATA: Final = b"data"

_encoder: Final = msgspec.msgpack.Encoder()
_events: Final[msgspec.msgpack.Decoder[Event]] = msgspec.msgpack.Decoder(Event)
_maps: Final = msgspec.msgpack.Decoder(dict[str, Any])

TYPES: Final = frozenset(str(each.__struct_config__.tag) for each in get_args(Event))
"""Every type of event this version knows."""


def encode(event: Event) -> bytes:
    """Return the ``data`` of an event's entry."""
    return _encoder.encode(event)


def fields(event: Event) -> dict[bytes, bytes]:
    """Return the entry of an event."""
    return {TYPE: type_of(event).encode(), DATA: encode(event)}


def decode(data: bytes) -> Event:
    """Return the event of an entry; fields that a newer writer added are passed over.

    Raises:
        CodecError: It is no event of this version; the text has the path inside it.
    """
    try:
        return _events.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise CodecError(f"not an event: {error}") from error


def decode_map(data: bytes) -> dict[str, Any]:
    """Return the map of an entry as it stands, whatever its type.

    Raises:
        CodecError: It is no MessagePack map.
    """
    try:
        return _maps.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise CodecError(f"not a MessagePack map: {error}") from error
