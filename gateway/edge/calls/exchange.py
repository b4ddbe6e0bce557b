"""One connection to a platform: a request goes out, its answer comes back, and then the next."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Iterator, Mapping
from typing import Final, cast

import httptools

from gateway.channel.outbound import Answer
from gateway.edge.calls.failure import Ended, Unanswered, plainly

MOST_BYTES: Final = 16 * 1024 * 1024
"""Of an answer, packed or not. Pages of templates are the largest, with some hundred KiB."""
_GZIP_OR_ZLIB: Final = 47
"""For zlib: either form, told by its first bytes."""
_TOO_LARGE: Final = f"it is larger than {MOST_BYTES >> 20} MiB"
_BOUNDED: Final = frozenset({b"content-length", b"transfer-encoding"})
_PACKING: Final = b"content-encoding"
_PACKING_LENGTH: Final = len(_PACKING)
_CHANGED: Final = 101
_FINAL: Final = 200
"""Below are announcements: the answer is still to come."""


class Headers(Mapping[str, str]):
    """An answer's headers by their names in lower case, read when somebody asks for one."""

    __slots__ = ("_pairs", "_read")

    def __init__(self, pairs: list[tuple[bytes, bytes]]) -> None:
        self._pairs = pairs
        self._read: dict[str, str] | None = None

    def __getitem__(self, name: str) -> str:
        return self._known()[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._known())

    def __len__(self) -> int:
        return len(self._known())

    def _known(self) -> dict[str, str]:
        if self._read is None:
            self._read = {}
            for raw_name, raw_value in self._pairs:
                name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
                self._read[name] = f"{self._read[name]}, {value}" if name in self._read else value
        return self._read


class Exchange(asyncio.Protocol):
    """A connection. One call at a time; whoever asks waits for the answer.

    Attributes:
        idle_since: When it was last put aside, in the loop's seconds.
    """

    _headers: list[tuple[bytes, bytes]]
    _body: list[bytes]

    def __init__(self) -> None:
        self.idle_since = 0.0
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport
        self._parser = httptools.HttpResponseParser(self)
        self._waiter: asyncio.Future[Answer] | None = None
        self._seconds = self._until = 0.0
        self._open = True
        self._begin_anew()

    @property
    def usable(self) -> bool:
        """Whether it can take a call. One that is ending cannot: the call would be in doubt."""
        return self._open and self._waiter is None and not self._transport.is_closing()

    def ask(self, request: bytes, seconds: float) -> asyncio.Future[Answer]:
        """Send a request; the future is its answer.

        Args:
            request: All of it.
            seconds: How long the answer may take; see ``end_if_late``.

        Raises:
            Unanswered: (The future.) It was sent, and nobody knows what became of it.
        """
        self._waiter = waiter = self._loop.create_future()
        self._seconds, self._until = seconds, self._loop.time() + seconds
        self._transport.write(request)
        return waiter

    def end_if_late(self, now: float) -> None:
        """End a call whose time is over; whoever keeps connections asks so a few times a second.

        Args:
            now: The loop's seconds.
        """
        if self._waiter is not None and now >= self._until:
            self._fail(f"nothing within {self._seconds:g} seconds")

    def close(self) -> None:
        """End the connection; who waits is told that no answer comes."""
        self._fail("the connection was ended by us")

    # What asyncio tells.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what is written to."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Take a piece of an answer."""
        if self._waiter is None:
            # It belongs to no call of ours, and must not become the next one's answer.
            self.close()
            return
        self._bytes += len(data)
        if self._bytes > MOST_BYTES:
            self._fail(_TOO_LARGE)
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._fail("it changed the protocol")
        except httptools.HttpParserError as error:
            unfit = error.__context__
            self._fail(str(unfit) if isinstance(unfit, _Unfit) else "it is not HTTP")

    def connection_lost(self, exc: Exception | None) -> None:
        """Take what came as the answer if its end was to be the connection's."""
        if exc is None and self._waiter is not None and self._ends_with_connection():
            self._open = False
            try:
                self._answered()
            except _Unfit as error:
                self._fail(str(error))
        self._fail("the connection ended" if exc is None else plainly(exc), Ended)

    # What the parser tells.

    def on_message_begin(self) -> None:
        """Refuse an answer after the answer: it belongs to no call of ours."""
        if self._waiter is None:
            raise _Unfit("there are two of them")

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header."""
        self._headers.append((name, value))
        if len(name) == _PACKING_LENGTH and name.lower() == _PACKING:
            self._packed = True

    def on_headers_complete(self) -> None:
        """Know that what follows is the body."""
        self._in_body = True

    def on_body(self, piece: bytes) -> None:
        """Keep a piece of the body."""
        self._body.append(piece)

    def on_message_complete(self) -> None:
        """Hand the answer over; an announcement (1xx) is passed over."""
        status = self._parser.get_status_code()
        if status < _FINAL:
            if status == _CHANGED:
                raise _Unfit("it changed the protocol")
            self._begin_anew()
            return
        if not self._parser.should_keep_alive() or self._transport.get_write_buffer_size():
            self._open = False
        self._answered()

    def _answered(self) -> None:
        waiter = self._waiter
        assert waiter is not None  # noqa: S101 - else there is no message
        headers, body = Headers(self._headers), b"".join(self._body)
        if self._packed:
            body = _unpacked(headers["content-encoding"], body)
        answer = Answer(status=self._parser.get_status_code(), body=body, headers=headers)
        self._begin_anew()
        self._waiter = None
        if not self._open:
            self._transport.close()
        if not waiter.done():
            waiter.set_result(answer)

    def _begin_anew(self) -> None:
        self._headers = []
        self._body = []
        self._bytes = 0
        self._packed = self._in_body = False

    def _ends_with_connection(self) -> bool:
        """Whether the end of the connection is that of an answer whose head is here."""
        names = {name.lower() for name, _ in self._headers}
        return self._in_body and names.isdisjoint(_BOUNDED)

    def _fail(self, why: str, kind: type[Unanswered] = Unanswered) -> None:
        if self._bytes:
            kind = Unanswered
        self._open = False
        self._transport.abort()
        waiter = self._waiter
        self._waiter = None
        if waiter is not None and not waiter.done():
            waiter.set_exception(kind(why))


class _Unfit(Exception):
    """An answer that is not read to its end."""


def _unpacked(encoding: str, body: bytes) -> bytes:
    """Return a body that the platform packed although it was asked not to."""
    if encoding in {"identity", ""} or not body:
        return body
    if encoding not in {"gzip", "x-gzip", "deflate"}:
        raise _Unfit(f"it is packed as {encoding}")
    try:
        unpacking = zlib.decompressobj(_GZIP_OR_ZLIB)
        whole = unpacking.decompress(body, MOST_BYTES)
    except zlib.error as error:
        raise _Unfit(f"it cannot be unpacked: {error}") from None
    if not unpacking.eof:
        raise _Unfit(_TOO_LARGE if unpacking.unconsumed_tail else "it is cut off")
    return whole
