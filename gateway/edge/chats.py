"""Chat logs in Redis: one stream for each contact, and one per account that says what is new.

The signals are a stream and not Pub/Sub, so that a reader that was cut off goes on where it was,
and so that it works on Redis Cluster like everything else.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Sequence
from datetime import timedelta
from typing import Any, Final

from redis.exceptions import NoScriptError

from gateway.bus import keys
from gateway.bus.connection import Connection, reported
from gateway.bus.script import CHAT_APPEND
from gateway.channel.host import ChatEntry, ChatSignal
from gateway.errors import RedisUnavailable

SIGNALS_KEPT: Final = 10_000
SIGNALS_READ: Final = 1_000
ONCE_SECONDS: Final = keys.SEEN_SECONDS
BLOCK_MS: Final = 500
"""Less than the shortest time-out of a command that can be set; see ``Connection``."""
AWAY_SECONDS: Final = 0.5

_MILLISECOND: Final = timedelta(milliseconds=1)
_CURSOR: Final = re.compile(r"([0-9a-f]{12})-([0-9a-f]{6})")


class RedisChatLogs:
    """The ``ChatLogs`` of one account.

    Args:
        account: Its id.
        partition: Where its keys are.
        connection: To Redis.
    """

    def __init__(self, account: str, *, partition: int, connection: Connection) -> None:
        self._account = account
        self._partition = partition
        self._connection = connection
        self._signals = keys.chat_signals(partition, account)

    async def append(
        self, name: str, data: bytes, *, keep: timedelta, most: int, once: str = ""
    ) -> ChatEntry:
        """Write an entry and tell every process; see ``ChatLogs.append``."""
        log = keys.chat(self._partition, self._account, name)
        remembered = keys.chat_once(self._partition, self._account, name, once)
        words: tuple[Any, ...] = (
            *(3, log, self._signals, remembered),
            *(name, data, keep // _MILLISECOND, most, SIGNALS_KEPT),
            ONCE_SECONDS * 1000 if once else 0,
        )
        async with self._connection.turns:
            return await self._appended(words, data)

    async def _appended(self, words: tuple[Any, ...], data: bytes) -> ChatEntry:
        with reported(self._connection.url):
            client: Any = self._connection.client
            try:
                id_, new = await client.execute_command("EVALSHA", CHAT_APPEND.sha, *words)
            except NoScriptError:
                id_, new = await client.execute_command("EVAL", CHAT_APPEND.source, *words)
        return ChatEntry(cursor_of(id_), data, bool(new))

    async def read(self, name: str, *, after: str = "", most: int = 500) -> Sequence[ChatEntry]:
        """Return the first entries after a cursor; see ``ChatLogs.read``."""
        least = f"({id_of(after)}" if after else "-"
        async with self._connection.turns:
            return await self._read(name, least, most)

    async def _read(self, name: str, least: str, most: int) -> Sequence[ChatEntry]:
        with reported(self._connection.url):
            client: Any = self._connection.client
            log = keys.chat(self._partition, self._account, name)
            found = await client.xrange(log, min=least, count=most)
        return [ChatEntry(cursor_of(id_), fields[b"data"]) for id_, fields in found]

    async def signal(self, name: str, data: bytes) -> None:
        """Tell every process something that is not kept; see ``ChatLogs.signal``."""
        async with self._connection.turns:
            with reported(self._connection.url):
                client: Any = self._connection.client
                told = {"topic": name, "data": data}
                await client.xadd(self._signals, told, maxlen=SIGNALS_KEPT, approximate=True)

    async def signals(self) -> AsyncGenerator[Sequence[ChatSignal] | None, None]:
        """Follow what is new in this account; see ``ChatLogs.signals``."""
        last: bytes | None = None
        while True:
            try:
                if last is None:
                    last = await self._newest()
                    yield None
                found = await self._following(last)
            except RedisUnavailable:
                # Where Redis lost what it had, ids begin anew: the place is looked for again.
                last = None
                await asyncio.sleep(AWAY_SECONDS)
                continue
            if found:
                last = found[-1][0]
            yield [_signal(fields) for _, fields in found]

    async def _newest(self) -> bytes:
        with reported(self._connection.url):
            client: Any = self._connection.client
            newest = await client.xrevrange(self._signals, count=1)
        return newest[0][0] if newest else b"0-0"

    async def _following(self, last: bytes) -> list[tuple[bytes, dict[bytes, bytes]]]:
        with reported(self._connection.url):
            read: Any = await self._connection.client.xread(
                {self._signals: last}, count=SIGNALS_READ, block=BLOCK_MS
            )
        return read[0][1] if read else []


def _signal(fields: dict[bytes, bytes]) -> ChatSignal:
    id_ = fields.get(b"id")
    name = fields[b"topic"].decode()
    return ChatSignal(name, fields[b"data"], cursor_of(id_) if id_ else "")


def cursor_of(id_: bytes) -> str:
    """Return the cursor of a stream's entry: its id, so written that text sorts as ids do."""
    milliseconds, _, number = id_.partition(b"-")
    return f"{int(milliseconds):012x}-{int(number):06x}"


def id_of(cursor: str) -> str:
    """Return the id of a stream's entry.

    Raises:
        ValueError: It is no cursor.
    """
    if not (found := _CURSOR.fullmatch(cursor)):
        raise ValueError("not a cursor")
    return f"{int(found[1], 16)}-{int(found[2], 16)}"
