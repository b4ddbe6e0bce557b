"""Sends a file of the media store, whole or in part.

What a contact sent is never run or shown in our name: every file is an attachment with the type
that its bytes have, and a browser may neither guess another nor give it rights.

Source: RFC 9110 sections 13 and 14 (conditions, ranges), RFC 6266 and 8187 (file names).
"""

from __future__ import annotations

import mimetypes
from collections.abc import AsyncIterator
from typing import Final
from urllib.parse import quote

from aiohttp import hdrs, web

from gateway.http.api.operation import Header, Headers
from gateway.http.problem import Problem
from gateway.model.media import StoredMedia
from gateway.store.media import MediaStore

SAFETY: Final = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-site",
    hdrs.CACHE_CONTROL: "private, no-cache",
    hdrs.ACCEPT_RANGES: "bytes",
}
SENT: Final[Headers] = {
    hdrs.ACCEPT_RANGES: Header("`bytes`: parts can be asked for with `Range`."),
    hdrs.CONTENT_DISPOSITION: Header("`attachment`, with the file's name."),
    "Content-Security-Policy": Header("What a browser may do with it: nothing."),
    "Cross-Origin-Resource-Policy": Header("`same-site`: no other site may show it."),
    "ETag": Header("The SHA-256 of the bytes in quotes; the same file has the same."),
}
"""What the headers of an answer with a file mean."""
# What RFC 8187 lets stand as it is.
_ATTRIBUTE_CHARACTERS: Final = "!#$&+-.^_`|~"


async def send_file(request: web.Request, store: MediaStore, media_id: str) -> web.StreamResponse:
    """Answer with a file, or with the part of it that is asked for.

    Raises:
        Problem: 404 there is none, 416 it is not as long as that.
        StoreError: The store fails.
    """
    try:
        note = await store.note(media_id)
        if note is None:
            raise Problem(404, "no file has this id")
        return await _answer(request, store, note.media)
    except FileNotFoundError:
        raise Problem(404, "the file is gone") from None


async def _answer(
    request: web.Request, store: MediaStore, media: StoredMedia
) -> web.StreamResponse:
    headers = _headers(media)
    if _is_known(request, media):
        return web.Response(status=304, headers=headers)
    span = _span(request, media)
    if span is None:
        size: dict[str, str] = {hdrs.CONTENT_RANGE: f"bytes */{media.size_bytes}"}
        raise Problem(416, "the file is not as long as that", headers=size)
    start, end = span
    partial = end - start != media.size_bytes
    if partial:
        headers[hdrs.CONTENT_RANGE] = f"bytes {start}-{end - 1}/{media.size_bytes}"
    response = web.StreamResponse(status=206 if partial else 200, headers=headers)
    response.content_length = end - start
    await _send(request, response, store, media.id, start=start, end=end)
    return response


async def _send(
    request: web.Request,
    response: web.StreamResponse,
    store: MediaStore,
    media_id: str,
    *,
    start: int,
    end: int,
) -> None:
    if request.method == hdrs.METH_HEAD or start == end:
        await response.prepare(request)
        return
    # Opened before the head goes out: a file that is gone must still become a 404.
    pieces: AsyncIterator[bytes] = await store.read(media_id, start=start, end=end)
    await response.prepare(request)
    async for piece in pieces:
        await response.write(piece)


def _headers(media: StoredMedia) -> dict[str, str]:
    return {
        **SAFETY,
        hdrs.CONTENT_TYPE: media.mime_type,
        hdrs.CONTENT_DISPOSITION: disposition(media),
        hdrs.ETAG: f'"{media.sha256}"',
    }


def disposition(media: StoredMedia) -> str:
    """Return the Content-Disposition of a file: an attachment, under its name in any script."""
    name = media.filename or f"{media.id}{mimetypes.guess_extension(media.mime_type) or ''}"
    plain = name.encode("ascii", "replace").decode().replace("\\", "_").replace('"', "_")
    told = f'attachment; filename="{plain}"'
    if plain == name:
        return told
    # "surrogatepass": a note written by hand may hold half a character; it must not become a 500.
    escaped = quote(name.encode("utf-8", "surrogatepass"), safe=_ATTRIBUTE_CHARACTERS)
    return f"{told}; filename*=UTF-8''{escaped}"


def _is_known(request: web.Request, media: StoredMedia) -> bool:
    return any(each.value in (media.sha256, "*") for each in request.if_none_match or ())


def _span(request: web.Request, media: StoredMedia) -> tuple[int, int] | None:
    """Return first byte and byte after the last; all for a range that is to be ignored."""
    size = media.size_bytes
    condition = request.headers.get(hdrs.IF_RANGE)
    if condition is not None and condition != f'"{media.sha256}"':
        return 0, size
    try:
        asked = request.http_range
    except ValueError:  # several ranges, another unit, nonsense: a server may answer with all
        return 0, size
    if asked.start is None and asked.stop is None:
        return 0, size
    start, end, _ = asked.indices(size)
    return (start, end) if start < end else None
