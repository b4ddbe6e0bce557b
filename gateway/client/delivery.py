"""One event in a consumer's hands."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import msgspec

from gateway.codec import stream
from gateway.errors import CodecError
from gateway.model.event import Event


class UnknownEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event this version cannot read: of a newer gateway, or damaged.

    Attributes:
        type: What the entry says it is.
        data: The event as a map; empty where it is none.
        raw: The bytes of the entry.
        error: Why it could not be read.
    """

    type: str
    data: dict[str, Any]
    raw: bytes
    error: str


def read_event(entry: Mapping[bytes, bytes]) -> Event | UnknownEvent:
    """Return the event of a stream entry; what cannot be read is told, never raised."""
    raw = entry.get(stream.DATA, b"")
    try:
        return stream.decode(raw)
    except CodecError as error:
        kind = entry.get(stream.TYPE, b"").decode(errors="replace")
        return UnknownEvent(type=kind, data=_map(raw), raw=raw, error=str(error))


def _map(raw: bytes) -> dict[str, Any]:
    try:
        return stream.decode_map(raw)
    except CodecError:
        return {}


class Delivery:
    """An event, and the way to say that it was dealt with.

    Attributes:
        event: What happened.
        entry: Id of the stream entry, unique within the partition.
        partition: Which stream it came from.
        deliveries: How often the group has been given it, this time included: above 1, someone
            may have dealt with it and died before saying so.
    """

    __slots__ = ("_done", "deliveries", "entry", "event", "partition")

    def __init__(
        self,
        *,
        event: Event | UnknownEvent,
        entry: str,
        partition: int,
        deliveries: int,
        done: Callable[[str], Awaitable[None]],
    ) -> None:
        self.event: Final = event
        self.entry: Final = entry
        self.partition: Final = partition
        self.deliveries: Final = deliveries
        self._done = done

    async def done(self) -> None:
        """Say that the group never needs this event again.

        Told to Redis together with others, milliseconds later; ``Consumer`` tells the rest when
        it is closed. What is not told (a crash) is delivered again.
        """
        await self._done(self.entry)

    def __repr__(self) -> str:
        return f"Delivery({self.partition:02d}/{self.entry}, {type(self.event).__name__})"
