"""A channel's host for tests: real HTTP, a real memory and real files; events are gathered."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

from gateway.bus.connection import Connection
from gateway.bus.keys import partition_of
from gateway.channel.host import Host
from gateway.edge.calls.http import platform_http
from gateway.edge.host import AccountHost
from gateway.errors import SpoolFull
from gateway.model.event import Event
from gateway.model.media import StoredMedia
from gateway.store.files import FileStore
from gateway.store.media import MediaStore, Note

_PARTITIONS = 8


class Stage:
    """What a channel under test works with.

    Attributes:
        host: Hand it to ``prepare``, ``deliver``, ``run`` and ``routes``.
        events: What was committed, in order.
        full: Take no events: Redis is away and the spool is full.
    """

    def __init__(self, account: str, media: MediaStore) -> None:
        self.host: Host
        self.events: list[Event] = []
        self.full = False
        self._account = account
        self._media = media
        self._numbers = count()

    async def commit(self, events: Sequence[Event]) -> None:
        """Gather events."""
        if self.full:
            raise SpoolFull("the spool of this stage is full")
        self.events += events

    async def keep(self, data: bytes, mime_type: str, *, filename: str | None = None) -> str:
        """Put a file into the media store and return its id, as ``Media.stored_id`` takes it."""
        stored_id = f"{time.time_ns() // 1_000_000:012x}{next(self._numbers):020x}-0"

        async def content() -> AsyncIterator[bytes]:
            yield data

        size, digest = await self._media.save(stored_id, content())
        kept = StoredMedia(
            id=stored_id,
            index=0,
            mime_type=mime_type,
            size_bytes=size,
            sha256=digest,
            filename=filename,
        )
        await self._media.describe(Note(account=self._account, media=kept))
        return stored_id


@asynccontextmanager
async def stage(account: str, *, redis_url: str, folder: Path) -> AsyncIterator[Stage]:
    """Set up what an account's channel works with.

    Args:
        account: Its id.
        redis_url: Where it remembers.
        folder: For the media store.
    """
    media = MediaStore(FileStore.open("", folder=folder))
    found = Stage(account, media)
    connection = Connection(redis_url)
    async with platform_http() as http:
        found.host = AccountHost(
            account,
            partition=partition_of(account, _PARTITIONS),
            http=http,
            connection=connection,
            media=media,
            commit=found.commit,
        )
        try:
            yield found
        finally:
            await connection.close()
