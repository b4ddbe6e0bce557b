"""Reads the streams for the demo: what arrived after a webhook was posted."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

import msgspec

from gateway.bus import keys
from gateway.bus.connection import Connection
from gateway.client.delivery import UnknownEvent, read_event
from gateway.model.event import Event

BLOCK_MS: Final = 50


class Arrival(msgspec.Struct, frozen=True):
    """An event, when it was seen (``time.monotonic``), and the stream it was on."""

    event: Event
    seen_at: float
    stream: str


class Arrivals:
    """Follows every partition's stream from the beginning, without a consumer group."""

    def __init__(self, connection: Connection, *, partitions: int) -> None:
        self._client: Any = connection.client
        self._after: dict[str, str] = {keys.events(each): "0" for each in range(partitions)}

    async def collect(self, wanted: Iterable[str], *, label: Any, patience: float) -> list[Arrival]:
        """Return what arrived since the last call, once everything wanted is among it.

        Args:
            wanted: Labels of events that must come.
            label: Gives the label of an event.
            patience: Seconds after which to return without them.
        """
        missing = Counter(wanted)
        found: list[Arrival] = []
        deadline = time.monotonic() + patience
        while missing.total() and time.monotonic() < deadline:
            found += (new := await self._read(BLOCK_MS))
            missing -= Counter(label(each.event) for each in new)
        return found + await self._read(1)

    async def _read(self, block_ms: int) -> list[Arrival]:
        answer = await self._client.xread(self._after, block=block_ms, count=1000)
        seen_at = time.monotonic()
        found = []
        for stream, entries in _streams(answer):
            for entry_id, fields in entries:
                self._after[stream.decode()] = entry_id.decode()
                event = read_event(fields)
                if not isinstance(event, UnknownEvent):
                    found.append(Arrival(event, seen_at, stream.decode()))
        return found


def _streams(answer: Any) -> list[tuple[bytes, list[tuple[bytes, dict[bytes, bytes]]]]]:
    """Return XREAD's answer in one form: RESP3 gives a map of lists of lists of entries."""
    if isinstance(answer, dict):
        return [(name, [each for page in pages for each in page]) for name, pages in answer.items()]
    return list(answer or ())
