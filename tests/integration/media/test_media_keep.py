"""Files that are handed to us, not fetched."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.edge.media.keep import keep
from gateway.errors import MediaRefused
from gateway.model.media import StoredMedia
from gateway.store.files import FileStore
from gateway.store.media import MediaStore

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 100_000


async def pieces(data: bytes, size: int = 10_000) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


@pytest.fixture
def store(tmp_path: Path) -> MediaStore:
    return MediaStore(FileStore.open("", folder=tmp_path))


async def kept(store: MediaStore, data: bytes, *, most_bytes: int = 1 << 20) -> StoredMedia:
    return await keep(
        store,
        "web-main",
        pieces(data),
        filename="../cat.png",
        announced="text/html",
        most_bytes=most_bytes,
        takes=lambda mime_type: mime_type.startswith("image/"),
    )


async def test_a_file_is_kept_whole_under_the_type_its_bytes_have(store: MediaStore) -> None:
    media = await kept(store, PNG)
    assert (media.mime_type, media.size_bytes, media.filename) == (
        "image/png",
        len(PNG),
        "cat.png",
    )
    note = await store.note(media.id)
    assert note is not None
    assert (note.account, note.media) == ("web-main", media)
    assert b"".join([piece async for piece in await store.read(media.id)]) == PNG


async def test_the_same_file_twice_gets_two_ids(store: MediaStore) -> None:
    assert (await kept(store, PNG)).id != (await kept(store, PNG)).id


@pytest.mark.parametrize(
    ("data", "most_bytes", "told"),
    [
        (PNG, 50_000, "larger than 50000"),
        (PNG, 5_000, "larger than 5000"),
        (b"", 100, "empty"),
        (b"<html><script>alert(1)</script>", 100, "text/html"),
        (b"MZ\x90\0" + b"\0" * 200, 1000, "application/x-msdownload"),
    ],
)
async def test_what_is_too_large_empty_or_unwanted_is_refused_and_not_there(
    store: MediaStore, tmp_path: Path, data: bytes, most_bytes: int, told: str
) -> None:
    with pytest.raises(MediaRefused, match=told):
        await kept(store, data, most_bytes=most_bytes)
    assert [each for _, _, files in os.walk(tmp_path) for each in files] == []
