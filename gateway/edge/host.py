"""What the daemon gives every account: HTTP to its platform, a memory, files, the streams."""

from __future__ import annotations

from collections.abc import (
    AsyncIterable,
    AsyncIterator,
    Awaitable,
    Callable,
    Coroutine,
    Mapping,
    Sequence,
)
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, Final

import aiohttp
import msgspec
from aiohttp.payload import AsyncIterablePayload

from gateway.bus import keys
from gateway.bus.connection import Client, Connection, reported
from gateway.bus.tasks import heeded
from gateway.channel.host import NO_FIELDS, Method, StoredFile
from gateway.channel.outbound import Answer
from gateway.edge.calls.http import PlatformHttp
from gateway.edge.chats import RedisChatLogs
from gateway.edge.media.keep import keep
from gateway.errors import Rejected, StoreError, Temporary
from gateway.model.event import Event
from gateway.model.media import StoredMedia
from gateway.model.status import PlatformError
from gateway.model.value import Json
from gateway.store.media import MediaStore

_MILLISECOND: Final = timedelta(milliseconds=1)
_LARGE_BYTES: Final = 1024 * 1024
JSON: Final = "application/json"


class AccountHost:
    """The ``Host`` of one account.

    Args:
        account: Its id.
        partition: Where its keys are.
        http: Asks the platforms, for all accounts.
        connection: To Redis.
        media: Our files.
        commit: Puts events where they are safe.

    Attributes:
        chats: What the account and its contacts said.
    """

    def __init__(
        self,
        account: str,
        *,
        partition: int,
        http: PlatformHttp,
        connection: Connection,
        media: MediaStore,
        commit: Callable[[Sequence[Event]], Awaitable[object]],
    ) -> None:
        self.account = account
        self.chats = RedisChatLogs(account, partition=partition, connection=connection)
        self._partition = partition
        self._http = http
        self._connection = connection
        self._media = media
        self._commit = commit

    def request(
        self,
        method: Method,
        url: str,
        *,
        headers: Mapping[str, str] = NO_FIELDS,
        json: Mapping[str, Json] | None = None,
        body: bytes | None = None,
        files: Mapping[str, str] = NO_FIELDS,
        timeout_seconds: float = 30.0,
    ) -> Coroutine[Any, Any, Answer]:
        """Ask the platform's API; see ``Host.request``."""
        if files:
            return self._with_files(
                method,
                url,
                headers=headers,
                fields=json or {},
                files=files,
                seconds=timeout_seconds,
            )
        if json is not None:
            body, headers = msgspec.json.encode(json), {"Content-Type": JSON, **headers}
        if body is not None and len(body) > _LARGE_BYTES:
            return self._http.upload(
                method, url, headers=headers, body=body, seconds=timeout_seconds
            )
        return self._http.call(method, url, headers=headers, body=body, seconds=timeout_seconds)

    async def _with_files(
        self,
        method: Method,
        url: str,
        *,
        headers: Mapping[str, str],
        fields: Mapping[str, Json],
        files: Mapping[str, str],
        seconds: float,
    ) -> Answer:
        form = await self._form(fields, files)
        return await self._http.upload(method, url, headers=headers, body=form, seconds=seconds)

    async def open_file(self, stored_id: str) -> StoredFile | None:
        """Open a file of our media store; see ``Host.open_file``."""
        note = await self._media.note(stored_id)
        if note is None:
            return None
        try:
            pieces = await self._media.read(stored_id)
        except FileNotFoundError:
            return None
        return StoredFile(
            mime_type=note.media.mime_type,
            size_bytes=note.media.size_bytes,
            sha256=note.media.sha256,
            filename=note.media.filename,
            pieces=pieces,
        )

    async def keep_file(
        self,
        content: AsyncIterable[bytes],
        *,
        filename: str | None = None,
        announced: str | None = None,
        most_bytes: int,
        takes: Callable[[str], bool],
    ) -> StoredMedia:
        """Put a file into our media store; see ``Host.keep_file``."""
        return await keep(
            self._media,
            self.account,
            content,
            filename=filename,
            announced=announced,
            most_bytes=most_bytes,
            takes=takes,
        )

    async def remember(self, key: str, value: bytes, *, time: timedelta) -> None:
        """Keep something small; see ``Host.remember``."""
        most = max(1, time // _MILLISECOND)
        async with self._redis() as client:
            await client.set(self._key(key), value, px=most)

    async def recall(self, key: str) -> bytes | None:
        """Return what was kept; see ``Host.recall``."""
        async with self._redis() as client:
            kept = await client.get(self._key(key))
        return kept if isinstance(kept, bytes) else None

    async def shelve(
        self, shelf: str, items: Mapping[str, bytes | None], *, replace: bool = False
    ) -> None:
        """Keep several things; see ``Host.shelve``."""
        key = keys.shelf(self._partition, self.account, shelf)
        kept: dict[Any, Any] = {n: value for n, value in items.items() if value is not None}
        gone = [name for name, value in items.items() if value is None]
        async with self._redis() as client, client.pipeline(transaction=True) as pipe:
            if replace:
                pipe.delete(key)
            elif gone:
                pipe.hdel(key, *gone)
            if kept:
                pipe.hset(key, mapping=kept)
            with heeded():
                await pipe.execute()

    async def item(self, shelf: str, name: str) -> bytes | None:
        """Return one thing of a shelf; see ``Host.item``."""
        key = keys.shelf(self._partition, self.account, shelf)
        async with self._redis() as client:
            kept = await client.hget(key, name)
        return kept if isinstance(kept, bytes) else None

    async def shelf(self, shelf: str) -> dict[str, bytes]:
        """Return everything on a shelf; see ``Host.shelf``."""
        key = keys.shelf(self._partition, self.account, shelf)
        async with self._redis() as client:
            kept: dict[Any, Any] = await client.hgetall(key)
        return {name.decode(): value for name, value in kept.items()}

    async def commit(self, events: Sequence[Event]) -> None:
        """Put events where they are safe; see ``Host.commit``."""
        await self._commit(events)

    @asynccontextmanager
    async def _redis(self) -> AsyncIterator[Client]:
        """Take turns: a campaign may ask for the same thing a thousand times at once."""
        async with self._connection.turns:
            with reported(self._connection.url):
                yield self._connection.client

    def _key(self, key: str) -> str:
        return keys.kept(self._partition, self.account, key)

    async def _form(self, fields: Mapping[str, Json], files: Mapping[str, str]) -> aiohttp.FormData:
        form = aiohttp.FormData()
        for name, value in fields.items():
            form.add_field(name, value if isinstance(value, str) else _words(value))
        for name, stored_id in files.items():
            try:
                file = await self.open_file(stored_id)
            except StoreError as error:
                raise Temporary(_unreadable(stored_id, str(error))) from error
            if file is None:
                raise Rejected(_unreadable(stored_id, "there is no such file"))
            form.add_field(
                name,
                AsyncIterablePayload(file.pieces, content_type=file.mime_type),
                content_type=file.mime_type,
                filename=file.filename or stored_id,
            )
        return form


def _words(value: Json) -> str:
    return msgspec.json.encode(value).decode()


def _unreadable(stored_id: str, why: str) -> PlatformError:
    return PlatformError(code="file", explanation=f"File {stored_id} cannot be sent: {why}.")
