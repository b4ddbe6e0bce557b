"""Files in a folder: whole or not at all, and clear words when the disk refuses."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.errors import SettingsError, StoreError
from gateway.model.media import StoredMedia
from gateway.store.files import FileStore
from gateway.store.media import MediaStore, Note, media_id

ID = media_id("0193f0a1b2c3" + "ab" * 10, 0)
NOTE = Note(
    account="wa-main",
    media=StoredMedia(id=ID, index=0, mime_type="image/png", size_bytes=5, sha256="ff"),
)


async def pieces(*given: bytes, error: Exception | None = None) -> AsyncIterator[bytes]:
    for each in given:
        yield each
    if error:
        raise error


def found(folder: Path, pattern: str) -> list[Path]:
    return [each for each in folder.rglob(pattern) if each.is_file()]


async def test_a_file_is_there_once_it_is_described(tmp_path: Path) -> None:
    store = MediaStore(FileStore.open("", folder=tmp_path / "media"))
    told = await store.save(ID, pieces(b"ho", b"la", b"!"))
    assert told == (5, hashlib.sha256(b"hola!").hexdigest())
    assert await store.note(ID) is None
    await store.describe(NOTE)
    assert await store.note(ID) == NOTE
    assert [piece async for piece in await store.read(ID)] == [b"hola!"]
    assert [piece async for piece in await store.read(ID, start=1, end=3)] == [b"ol"]


async def test_a_write_that_fails_leaves_nothing(tmp_path: Path) -> None:
    store = MediaStore(FileStore.open("", folder=tmp_path))
    with pytest.raises(LookupError, match="in the middle"):
        await store.save(ID, pieces(b"x" * 9_000_000, error=LookupError("in the middle")))
    assert found(tmp_path, "*") == []


async def test_a_deleted_file_is_gone_with_its_note(tmp_path: Path) -> None:
    store = MediaStore(FileStore.open("", folder=tmp_path))
    await store.save(ID, pieces(b"hola!"))
    await store.describe(NOTE)
    await store.delete(ID)
    await store.delete(ID)
    await store.delete("../../etc/passwd")
    assert await store.note(ID) is None
    with pytest.raises(FileNotFoundError):
        await store.read(ID)


async def test_a_damaged_note_says_whose_it_is(tmp_path: Path) -> None:
    files = FileStore.open("", folder=tmp_path)
    store = MediaStore(files)
    await store.describe(NOTE)
    found(tmp_path, "*.json")[0].write_text("{")
    with pytest.raises(StoreError, match=f"the note of {ID} is damaged"):
        await store.note(ID)


async def test_a_disk_that_refuses_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "media"
    files = FileStore.open("", folder=folder)
    folder.rmdir()
    folder.write_text("in the way")
    with pytest.raises(StoreError, match=f"media store {folder} cannot write a/b"):
        await files.put("a/b", b"x")


async def test_a_folder_can_be_named_by_url(tmp_path: Path) -> None:
    files = FileStore.open(f"file://{tmp_path}/by-url", folder=tmp_path / "unused")
    await files.put("a", b"hola")
    assert (tmp_path / "by-url" / "a").read_bytes() == b"hola"
    assert not (tmp_path / "unused").exists()


async def test_any_store_that_obstore_knows_will_do(tmp_path: Path) -> None:
    store = MediaStore(FileStore.open("memory:///", folder=tmp_path))
    await store.save(ID, pieces(b"hola!"))
    await store.describe(NOTE)
    assert await store.note(ID) == NOTE
    assert [piece async for piece in await store.read(ID, start=3)] == [b"a!"]


@pytest.mark.parametrize("url", ["nonsense://user:hush@x/y", "plain/path", "file://relative"])
def test_an_address_of_no_store_stops_the_start(url: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"media\.url.* is no store we know") as caught:
        FileStore.open(url, folder=tmp_path)
    assert "hush" not in str(caught.value)
