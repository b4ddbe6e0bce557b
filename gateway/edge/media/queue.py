"""Files to fetch, in Redis: handed to one worker at a time, and back again if it dies.

An entry of the stream stays pending from when it is taken until it is settled. One that is
pending for longer than the lease belonged to a worker that died, and is handed out again. What
is to be tried later waits in a sorted set and comes back as a new entry when it is due. Every
step is one script, so there is no moment in which a crash could lose a file.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec
from redis.exceptions import NoScriptError

from gateway.bus import keys
from gateway.bus.connection import Client, reported
from gateway.bus.script import MEDIA_SETTLE, MEDIA_TAKE, Script


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """A file that is ours to fetch until the lease ends.

    Attributes:
        id: Of the stream's entry.
        data: The encoded ``MediaJob``.
        handed_out: How often; 2 and more when workers died over it.
    """

    id: bytes
    data: bytes
    handed_out: int


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """What was taken, and what the queue looks like.

    Attributes:
        taken: At most as many as were asked for.
        waiting: Files due, those being fetched included.
        later: Files that wait for their next try.
        oldest_seconds: Since when the oldest due file waits.
    """

    taken: tuple[Taken, ...]
    waiting: int
    later: int
    oldest_seconds: float


class MediaQueue:
    """The files of one partition.

    Args:
        client: Answers in bytes.
        partition: Its number.
        lease_seconds: A worker that has held a file for longer is taken for dead.
    """

    def __init__(self, client: Client, partition: int, *, lease_seconds: float) -> None:
        self._client = client
        self.partition = partition
        self._lease_ms: Final = int(lease_seconds * 1000)
        self._keys: Final = (2, keys.media(partition), keys.media_later(partition))

    async def take(self, count: int) -> Batch:
        """Take up to ``count`` files that are due.

        Raises:
            RedisUnavailable: Redis does not answer, or not now.
        """
        waiting, later, age_ms, taken = await self._run(MEDIA_TAKE, count, self._lease_ms)
        return Batch(
            taken=tuple(Taken(id=each[0], data=each[1], handed_out=each[2]) for each in taken),
            waiting=waiting,
            later=later,
            oldest_seconds=age_ms / 1000,
        )

    async def done(self, taken: Taken) -> None:
        """Forget a file whose outcome is on the stream of events.

        Raises:
            RedisUnavailable: It may be forgotten or not; then its outcome comes out again.
        """
        await self._run(MEDIA_SETTLE, taken.id)

    async def put_back(self, taken: Taken, data: bytes, *, wait_seconds: float) -> None:
        """Have a file tried again, as ``data`` and not before the wait is over.

        Raises:
            RedisUnavailable: It may be put back or not; then the lease gives it back.
        """
        await self._run(MEDIA_SETTLE, taken.id, data, int(wait_seconds * 1000))

    async def _run(self, script: Script, *arguments: bytes | int) -> Any:
        words = (*self._keys, *arguments)
        with reported("redis"):
            try:
                return await self._client.execute_command("EVALSHA", script.sha, *words)
            except NoScriptError:
                return await self._client.execute_command("EVAL", script.source, *words)
