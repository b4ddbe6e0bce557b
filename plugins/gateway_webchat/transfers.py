"""Files: taken from visitors, and given to those who may have them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote

from aiohttp import web

from gateway.api import MediaRefused, StoredMedia
from gateway_webchat import answers, memory
from gateway_webchat.pace import Pace
from gateway_webchat.visitors import log_of

if TYPE_CHECKING:
    from gateway_webchat.door import Door  # which makes this one

UPLOAD_SECONDS: Final = 120.0
UPLOADS_PER_MINUTE: Final = 10
PIECE_BYTES: Final = 64 * 1024


class Transfers:
    """Uploads and downloads of one account's visitors.

    Args:
        door: Whose addresses they are.
    """

    def __init__(self, door: Door) -> None:
        self._door = door
        self._settings = door.settings
        self._pace = Pace(UPLOADS_PER_MINUTE)

    async def take(self, request: web.BaseRequest) -> web.StreamResponse:
        """Put a file of a visitor into the store; the body is the file."""
        visitor = await self._door.bearer(request)
        if not self._settings.uploads:
            return answers.problem(request, 403, "no_uploads")
        if wait := self._pace.take(visitor.id):
            return answers.problem(request, 429, "slow_down", retry_after=wait)
        counted = _Counted(request)
        try:
            stored = await self._kept(counted, request)
        except MediaRefused:
            large = counted.size > self._settings.upload_limit_bytes
            status, code = (413, "too_large") if large else (415, "type_refused")
            return answers.problem(request, status, code)
        except TimeoutError:
            return answers.problem(request, 408, "too_slow")
        log = log_of(self._settings.id, visitor.id)
        time = timedelta(days=self._settings.history_days)
        await memory.keep_file(self._door.host, log, stored, time=time)
        told = {name: getattr(stored, name) for name in ("id", "mime_type", "size_bytes")}
        return answers.json(request, {**told, "filename": stored.filename})

    async def _kept(self, counted: _Counted, request: web.BaseRequest) -> StoredMedia:
        async with asyncio.timeout(UPLOAD_SECONDS):
            return await self._door.host.keep_file(
                counted.pieces(),
                filename=unquote(request.headers.get("X-File-Name", "")) or None,
                announced=request.headers.get("Content-Type"),
                most_bytes=self._settings.upload_limit_bytes,
                takes=lambda mime_type: mime_type in self._settings.uploads,
            )

    async def give(self, request: web.BaseRequest) -> web.StreamResponse:
        """Give a file to a visitor who may have it; to others it does not exist."""
        visitor = await self._door.bearer(request)
        log = log_of(self._settings.id, visitor.id)
        stored_id = request.path.rpartition("/")[2]
        stored = await memory.file(self._door.host, log, stored_id)
        opened = await self._door.host.open_file(stored_id) if stored else None
        if stored is None or opened is None:
            return answers.problem(request, 404, "unknown_file")
        headers = {
            **answers.sharing(request),
            "Content-Type": stored.mime_type,
            "Content-Disposition": _disposition(stored.filename),
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cache-Control": "private, max-age=3600",
        }
        response = web.StreamResponse(headers=headers)
        response.content_length = stored.size_bytes
        await response.prepare(request)
        async for piece in opened.pieces:
            await response.write(piece)
        await response.write_eof()
        return response


class _Counted:
    """The pieces of a body, and how much came."""

    def __init__(self, request: web.BaseRequest) -> None:
        self._content = request.content
        self.size = 0

    async def pieces(self) -> AsyncIterator[bytes]:
        while piece := await self._content.read(PIECE_BYTES):
            self.size += len(piece)
            yield piece


def _disposition(filename: str | None) -> str:
    """Return a Content-Disposition. Source: RFC 6266 and RFC 8187."""
    if not filename:
        return "attachment"
    return f"attachment; filename*=UTF-8''{quote(filename, safe='')}"
