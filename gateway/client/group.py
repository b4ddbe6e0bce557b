"""What a consumer group does with the stream of one partition, in Redis' words."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from importlib.resources import files
from typing import Any, Final, Literal

import msgspec
from redis.exceptions import ResponseError

from gateway.bus import keys
from gateway.bus.connection import Connection

BURY: Final = files("gateway.client").joinpath("scripts/bury.lua").read_text()
DEAD_LENGTH: Final = 100_000


class Entry(msgspec.Struct, frozen=True):
    """A stream entry that was given to us, for the ``deliveries``-th time."""

    id: str
    words: Mapping[bytes, bytes]
    deliveries: int


class Group:
    """One consumer of a group on one partition.

    Every method may raise what redis-py raises.

    Args:
        connection: Where the stream is.
        partition: Which one.
        name: Of the group.
        consumer: Of this member; no two living members may share one.
        start: Where a new group begins: with events from ``now`` on, or with the ``oldest`` kept.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        partition: int,
        name: str,
        consumer: str,
        start: Literal["now", "oldest"],
    ) -> None:
        self._client = connection.client
        self._stream: Final = keys.events(partition)
        self.dead: Final = keys.dead(partition, name)
        self._name = name
        self._consumer = consumer
        self._start: Literal["now", "oldest"] = start

    async def make(self) -> None:
        """Make the group unless it is there."""
        begin = "$" if self._start == "now" else "0"
        try:
            await self._client.xgroup_create(self._stream, self._name, id=begin, mkstream=True)
        except ResponseError as error:
            if not str(error).startswith("BUSYGROUP"):
                raise
        # Should the stream be flushed away, then all that is on it afterwards is new.
        self._start = "oldest"

    async def read(self, *, count: int, block_ms: int) -> list[Entry]:
        """Return entries that nobody was given yet, waiting for the first for a while."""
        answer: Any = await self._client.xreadgroup(
            self._name, self._consumer, {self._stream: ">"}, count=count, block=block_ms
        )
        return [
            Entry(entry_id.decode(), words, 1)
            for _, entries in answer or ()
            for entry_id, words in entries
        ]

    async def left(
        self, *, count: int, idle_ms: int, mine: bool
    ) -> AsyncIterator[list[tuple[str, int]]]:
        """Yield what was given and not done, as ids with the number of deliveries until now.

        Args:
            count: At most so many at a time.
            idle_ms: Given at least that long ago.
            mine: Given to this consumer; otherwise to anyone.
        """
        begin = "-"
        while True:
            found: Sequence[Mapping[str, Any]] = await self._client.xpending_range(
                self._stream,
                self._name,
                min=begin,
                max="+",
                count=count,
                consumername=self._consumer if mine else None,
                idle=idle_ms or None,
            )
            if not found:
                return
            yield [(each["message_id"].decode(), each["times_delivered"]) for each in found]
            begin = f"({found[-1]['message_id'].decode()}"

    async def claim(self, found: Mapping[str, int], *, idle_ms: int) -> list[Entry]:
        """Return those of the entries that are still idle and still there; they are ours now.

        Args:
            found: As ``left`` found them.
            idle_ms: As it was for ``left``; who was quicker than we are has made them busy.
        """
        answer: Any = await self._client.xclaim(
            self._stream, self._name, self._consumer, idle_ms, list(found)
        )
        return [
            Entry(entry_id.decode(), words, found[entry_id.decode()] + 1)
            for entry_id, words in answer
            if words is not None
        ]

    async def renew(self, entries: Sequence[str]) -> list[str]:
        """Start the idle time of our entries anew, without counting a delivery."""
        answer: Any = await self._client.xclaim(
            self._stream, self._name, self._consumer, 0, list(entries), justid=True
        )
        return [each.decode() for each in answer]

    async def acknowledge(self, entries: Sequence[str]) -> None:
        """Tell that the group needs these no more."""
        await self._client.xack(self._stream, self._name, *entries)

    async def bury(self, entry: Entry, *, deliveries: int) -> bool:
        """Move an entry to the dead stream; False when another did."""
        told: list[str | bytes | int] = [self._name, entry.id, deliveries, DEAD_LENGTH]
        told += [part for pair in entry.words.items() for part in pair]
        return bool(await self._client.eval(BURY, 2, self._stream, self.dead, *told))
