"""What the gateway gives a channel to work with: HTTP, a memory, files, the streams."""

from __future__ import annotations

from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Awaitable,
    Callable,
    Mapping,
    Sequence,
)
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal, Protocol, TypeAlias

import msgspec

from gateway.channel.outbound import Answer
from gateway.model.event import Event
from gateway.model.media import StoredMedia
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
            ``/TYPE/ACCOUNT/``, so that no two accounts meet. A last ``*`` stands for any one
            segment; an exact path goes before it.
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


class ChatEntry(msgspec.Struct, frozen=True):
    """One entry of a chat log.

    Attributes:
        cursor: Where it stands. Later entries have greater ones, compared as text.
        data: As it was appended.
        new: Whether it was written now; False where an earlier call had done it already.
    """

    cursor: str
    data: bytes
    new: bool = True


class ChatSignal(msgspec.Struct, frozen=True):
    """Something every process that holds an account's sockets should know.

    Attributes:
        name: Of the log it is about; the channel's own word where it is about none.
        data: What was appended, or given to ``signal``.
        cursor: Where it stands in the log; empty for what is not kept.
    """

    name: str
    data: bytes
    cursor: str = ""


class ChatLogs(Protocol):
    """What an account and each of its contacts said, for channels that show it themselves.

    Each contact has a log, by a name of the channel's choice. Any number of processes append and
    read; each follows ``signals`` to learn what is new.
    """

    async def append(
        self, name: str, data: bytes, *, keep: timedelta, most: int, once: str = ""
    ) -> ChatEntry:
        """Write an entry, drop what is too old or too much, and tell every process.

        Args:
            name: Of the log.
            data: What to write.
            keep: How long entries are kept.
            most: How many entries are kept.
            once: What tells this entry from others of the log. One that was written within the
                last 8 days is not written again.

        Raises:
            RedisUnavailable: Nobody knows whether it was written.
        """
        ...

    async def read(self, name: str, *, after: str = "", most: int = 500) -> Sequence[ChatEntry]:
        """Return the first entries after a cursor; after none, the first there are.

        Raises:
            ValueError: ``after`` is no cursor.
            RedisUnavailable: Not now.
        """
        ...

    async def signal(self, name: str, data: bytes) -> None:
        """Tell every process something that is not kept.

        Raises:
            RedisUnavailable: Not now.
        """
        ...

    def signals(self) -> AsyncGenerator[Sequence[ChatSignal] | None, None]:
        """Follow what is appended and signalled in this account from now on, in order.

        Batches come twice a second, empty ones too, so that whoever follows can stop; end it with
        ``aclose``. None comes when the place is found from where on all is told: at first, and
        after Redis was away. What was appended before that may have been missed.
        """
        ...


class Host(Protocol):
    """Made by the daemon for one account, and handed to whatever awaits.

    Attributes:
        chats: What the account and its contacts said, for channels that show it themselves.
    """

    @property
    def chats(self) -> ChatLogs: ...

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

    async def keep_file(
        self,
        content: AsyncIterable[bytes],
        *,
        filename: str | None = None,
        announced: str | None = None,
        most_bytes: int,
        takes: Callable[[str], bool],
    ) -> StoredMedia:
        """Put a file into our media store, under a new id.

        Args:
            content: The bytes.
            filename: As it was named; it is cleaned.
            announced: Its MIME type as it was announced, without trust.
            most_bytes: How large it may be.
            takes: Whether files of a MIME type, as sniffed from the first bytes, are wanted.

        Raises:
            MediaRefused: It is empty, too large or of a type that is not wanted.
            StoreError: The store refuses.
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

    async def shelve(
        self, shelf: str, items: Mapping[str, bytes | None], *, replace: bool = False
    ) -> None:
        """Keep several things under names, for all processes and for good.

        Args:
            shelf: What they are, such as ``templates``.
            items: By name; None takes one away.
            replace: Take away everything that is not among them, at once.

        Raises:
            RedisUnavailable: Not now.
        """
        ...

    async def item(self, shelf: str, name: str) -> bytes | None:
        """Return one thing of a shelf, or None.

        Raises:
            RedisUnavailable: Not now.
        """
        ...

    async def shelf(self, shelf: str) -> dict[str, bytes]:
        """Return everything on a shelf, by name.

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
