"""Putting a file that was handed to us, not fetched, into the media store."""

from __future__ import annotations

import secrets
import time
from collections.abc import AsyncIterable, AsyncIterator, Callable

from gateway.edge.media.filename import cleaned
from gateway.edge.media.sniff import HEAD_BYTES, mime_type_of
from gateway.errors import MediaRefused
from gateway.model.identity import event_id
from gateway.model.media import StoredMedia
from gateway.store.media import MediaStore, Note, media_id


async def keep(
    store: MediaStore,
    account: str,
    content: AsyncIterable[bytes],
    *,
    filename: str | None,
    announced: str | None,
    most_bytes: int,
    takes: Callable[[str], bool],
) -> StoredMedia:
    """Put a file into the store under a new id that nobody can guess; see ``Host.keep_file``.

    Raises:
        MediaRefused: It is empty, too large or of a type that is not wanted.
        StoreError: The store refuses.
    """
    pieces = _bounded(content, most_bytes)
    head = b""
    async for piece in pieces:
        head += piece
        if len(head) >= HEAD_BYTES:
            break
    if not head:
        raise MediaRefused("the file is empty")
    mime_type = mime_type_of(head[:HEAD_BYTES], announced)
    if not takes(mime_type):
        raise MediaRefused(f"files of type {mime_type} are not taken")
    drawn = event_id(time.time_ns() // 1_000_000, account, "file", secrets.token_hex(16))
    own = media_id(drawn, 0)
    size, digest = await store.save(own, _joined(head, pieces))
    media = StoredMedia(
        id=own,
        index=0,
        mime_type=mime_type,
        size_bytes=size,
        sha256=digest,
        filename=cleaned(filename),
    )
    await store.describe(Note(account=account, media=media))
    return media


async def _bounded(content: AsyncIterable[bytes], most_bytes: int) -> AsyncIterator[bytes]:
    size = 0
    async for piece in content:
        size += len(piece)
        if size > most_bytes:
            raise MediaRefused(f"the file is larger than {most_bytes} bytes")
        yield piece


async def _joined(head: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield head
    async for piece in rest:
        yield piece
