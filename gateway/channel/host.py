"""What the gateway gives a channel to work with: HTTP, a memory, files, the streams."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal, Protocol, TypeAlias

import msgspec

from gateway.channel.outbound import Answer
from gateway.model.event import Event
from gateway.model.value import Json

if TYPE_CHECKING:
    from aiohttp import web  # reading and writing need no server: see `relevo parse`

NO_FIELDS: Final[Mapping[str, str]] = MappingProxyType({})

Method: TypeAlias = Literal["GET", "POST", "PUT", "DELETE"]
Handler: TypeAlias = Callable[["web.BaseRequest"], Awaitable["web.StreamResponse"]]


class Route(msgspec.Struct, frozen=True):
    """One path of the public listener that a channel answers itself.

    Attributes:
        method: Of HTTP.
        path: The whole path, decoded. It begins with ``/webhooks/TYPE/ACCOUNT/`` or
            ``/TYPE/ACCOUNT/``, so that no two accounts meet.
        handle: What answers. The listener bounds heads and connections, not what is read here.
    """

    method: Literal["GET", "POST", "OPTIONS"]
    path: str
    handle: Handler


class StoredFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file of the media store, opened.

    Attributes:
        mime_type: Sniffed when it was stored.
        size_bytes: Of all of it.
        sha256: Hexadecimal: the same bytes have the same.
        filename: As it was named, if it was.
        pieces: The bytes; can be gone through once.
    """

    mime_type: str
    size_bytes: int
    sha256: str
    filename: str | None
    pieces: AsyncIterator[bytes]


class Host(Protocol):
    """Made by the daemon for one account, and handed to whatever awaits."""

    async def request(
        self,
        method: Method,
        url: str,
        *,
        headers: Mapping[str, str] = NO_FIELDS,
        json: Mapping[str, Json] | None = None,
        body: bytes | None = None,
        files: Mapping[str, str] = NO_FIELDS,
        timeout_seconds: float = 30.0,
    ) -> Answer:
        """Ask the platform's API and return what it answered, whatever its status.

        Args:
            method: Of HTTP.
            url: With everything secret that belongs into it; it is never logged.
            headers: Names in any case.
            json: Sent as JSON; with ``files``, as the fields of a form (words as they are,
                everything else as JSON).
            body: Bytes to send as they are, with a ``Content-Type`` of yours.
            files: Files of a form: ids of our media store, by the name of the field.
            timeout_seconds: For the whole exchange.

        Raises:
            Temporary: It was never sent: no connection, or a file cannot be read.
            InDoubt: It was sent and there is no answer.
            Rejected: There is no such file.
        """
        ...

    async def open_file(self, stored_id: str) -> StoredFile | None:
        """Open a file of our media store; None when there is none of that id.

        Raises:
            StoreError: The store cannot be read.
        """
        ...

    async def remember(self, key: str, value: bytes, *, time: timedelta) -> None:
        """Keep something small of this account's, for all processes; it may be gone sooner.

        Raises:
            RedisUnavailable: Not now.
        """
        ...

    async def recall(self, key: str) -> bytes | None:
        """Return what was kept under a key, or None.

        Raises:
            RedisUnavailable: Not now.
        """
        ...

    async def commit(self, events: Sequence[Event]) -> None:
        """Put events where they are safe; returns when they are.

        Raises:
            SpoolFull: They are not, and may be offered again.
        """
        ...
