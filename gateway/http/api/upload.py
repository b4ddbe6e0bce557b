"""Reads an uploaded file, raw or from a form, straight into the media store."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Final

import aiohttp
from aiohttp import hdrs, web
from aiohttp.http_exceptions import HttpProcessingError

from gateway.daemon.daemon import Daemon
from gateway.edge.media.keep import keep
from gateway.errors import MediaRefused
from gateway.http.api.operation import BYTES, Body
from gateway.http.api.routes import refuse_encoding
from gateway.http.problem import Problem, of_fields
from gateway.model.media import StoredMedia
from gateway.model.outbox import FieldProblem
from gateway.store.media import MediaStore

FORM: Final = "multipart/form-data"
PIECE_BYTES: Final = 256 * 1024


class Upload:
    """A file on its way.

    Args:
        pieces: Its bytes, as they come.
        announced: What the caller calls its type.
        filename: As the form names it.
        limit: Most bytes.
    """

    def __init__(
        self,
        pieces: AsyncIterator[bytes],
        *,
        announced: str | None,
        filename: str | None,
        limit: int,
    ) -> None:
        self._pieces = pieces
        self._announced = announced
        self._filename = filename
        self._limit = limit

    async def keep(self, store: MediaStore, *, filename: str | None, account: str) -> StoredMedia:
        """Put the file into the store.

        Args:
            store: Where files are kept.
            filename: Instead of the form's.
            account: Noted beside it.

        Raises:
            Problem: 413 it is too large, 422 it is empty, 408 it comes too slowly.
            StoreError: The store refuses.
        """
        try:
            return await keep(
                store,
                account,
                self._measured(),
                filename=filename or self._filename,
                announced=self._announced,
                most_bytes=self._limit,
                takes=lambda _: True,
            )
        except MediaRefused as error:
            raise _wrong(str(error)) from None

    async def _measured(self) -> AsyncIterator[bytes]:
        size = 0
        async for piece in self._pieces:
            size += len(piece)
            if size > self._limit:
                raise too_large(self._limit)
            yield piece


def _wrong(told: str) -> Problem:
    return of_fields([FieldProblem(path="$", explanation=told)])


def too_large(limit: int) -> Problem:
    """Return the answer to a file that is larger than the settings allow."""
    return Problem(413, f"a file may have {limit} bytes (media.max_bytes)", reason="too_large")


async def _read(request: web.Request, daemon: Daemon) -> Upload:
    refuse_encoding(request)
    limit = daemon.settings.media.max_bytes
    seconds = daemon.settings.http.body_timeout_seconds
    if request.content_type == FORM:
        return await _from_form(request, limit, seconds)
    if (request.content_length or 0) > limit:
        raise too_large(limit)
    if hdrs.CONTENT_TYPE not in request.headers:
        raise Problem(415, "send a Content-Type, or application/octet-stream")
    return Upload(
        _patient(request.content.iter_chunked(PIECE_BYTES), seconds),
        announced=request.content_type,
        filename=None,
        limit=limit,
    )


async def _from_form(request: web.Request, limit: int, seconds: float) -> Upload:
    try:
        form = await request.multipart()
        async with asyncio.timeout(seconds):
            part = await _next_file(form)
    except TimeoutError:
        raise Problem(408, "the form comes too slowly") from None
    except (ValueError, HttpProcessingError):
        raise Problem(400, "this is no form of multipart/form-data", reason="invalid") from None
    if part is None:
        raise _wrong("has no file")
    announced = part.headers.get(hdrs.CONTENT_TYPE)
    pieces = _patient(_chunks(form, part), seconds)
    return Upload(pieces, announced=announced, filename=part.filename, limit=limit)


async def _next_file(form: aiohttp.MultipartReader) -> aiohttp.BodyPartReader | None:
    part = await form.next()
    while isinstance(part, aiohttp.BodyPartReader) and part.filename is None:
        part = await form.next()
    return part if isinstance(part, aiohttp.BodyPartReader) else None


async def _chunks(
    form: aiohttp.MultipartReader, part: aiohttp.BodyPartReader
) -> AsyncIterator[bytes]:
    while piece := await part.read_chunk(PIECE_BYTES):
        yield piece
    # Told before the store has it: what fails here is not kept.
    if await _next_file(form) is not None:
        raise _wrong("has more than one file; upload each by itself")


async def _patient(pieces: AsyncIterator[bytes], seconds: float) -> AsyncIterator[bytes]:
    """Yield pieces as long as each comes in time; a large file may take long as a whole."""
    source = aiter(pieces)
    while True:
        try:
            async with asyncio.timeout(seconds):
                piece = await anext(source)
        except StopAsyncIteration:
            return
        except TimeoutError:
            raise Problem(408, f"nothing came for {seconds:g} s") from None
        except (ValueError, HttpProcessingError, web.RequestPayloadError) as error:
            raise Problem(400, "the body is not framed correctly") from error
        yield piece


FILE_IN_FORM: Final = {
    "type": "object",
    "properties": {
        "file": {
            "type": "string",
            "contentMediaType": "application/octet-stream",
            "minLength": 1,
            "description": "The bytes, with the name that the contact will see.",
        }
    },
    "required": ["file"],
}
UPLOAD: Final = Body(content={"*/*": (BYTES,), FORM: (FILE_IN_FORM,)}, read=_read)
