"""One try at one file: find it, fetch it into the store, find out what it is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from gateway.channel.channel import Channel
from gateway.edge.media.fetch import HttpFetcher
from gateway.edge.media.filename import cleaned
from gateway.edge.media.job import MediaJob
from gateway.edge.media.sniff import HEAD_BYTES, mime_type_of
from gateway.model.media import StoredMedia
from gateway.store.media import MediaStore, Note, media_id


async def fetch_file(
    job: MediaJob,
    channel: Channel[Any],
    *,
    fetcher: HttpFetcher,
    store: MediaStore,
    limit_bytes: int,
) -> StoredMedia:
    """Fetch a file into the store.

    Args:
        job: Which file.
        channel: The account's, which says where the file is now.
        fetcher: Speaks HTTP.
        store: Where it goes.
        limit_bytes: A larger one is refused as soon as it is seen to be, whatever was announced.

    Raises:
        MediaRefused: It will never be had.
        MediaUnavailable: Not now.
        StoreError: It cannot be kept.
    """
    address = await channel.locate_media(job.media, fetcher)
    head = bytearray()
    async with fetcher.file(address, limit_bytes=limit_bytes, attempt=job.attempt) as pieces:
        name = media_id(job.event_id, job.index)
        size, digest = await store.save(name, _watched(pieces, head))
    stored = StoredMedia(
        id=name,
        index=job.index,
        mime_type=mime_type_of(bytes(head), job.media.mime_type, kind=job.kind),
        size_bytes=size,
        sha256=digest,
        filename=cleaned(job.media.filename),
    )
    await store.describe(Note(account=job.account, media=stored))
    return stored


async def _watched(pieces: AsyncIterator[bytes], head: bytearray) -> AsyncIterator[bytes]:
    async for piece in pieces:
        if len(head) < HEAD_BYTES:
            head += piece[: HEAD_BYTES - len(head)]
        yield piece


async def fetched_before(job: MediaJob, store: MediaStore) -> StoredMedia | None:
    """Return the file if an earlier try stored it and died before it could say so.

    Raises:
        StoreError: The store cannot be read.
    """
    note = await store.note(media_id(job.event_id, job.index))
    return note.media if note else None
