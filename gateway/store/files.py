"""Where files are kept: a folder, or any object store that obstore knows by URL.

A path shows a file only when all of it is there: object stores do so by nature, and a folder by
writing beside and renaming.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterable, AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, from_url

from gateway.errors import SettingsError, StoreError

if TYPE_CHECKING:
    from obstore.store import ObjectStore  # a type only; obstore has no such name at run time

PIECE_BYTES: Final = 1024 * 1024


class FileStore:
    """Files by path.

    Args:
        store: What obstore writes to.
        where: How errors call it; never with a password.
    """

    def __init__(self, store: ObjectStore, where: str) -> None:
        self._store = store
        self._where = where

    @classmethod
    def open(cls, url: str, *, folder: Path) -> Self:
        """Open the store that the settings name; a folder is made where it is missing.

        Args:
            url: ``file://``, ``s3://``, ``gs://``, ``az://`` … or empty for ``folder``.
            folder: Used without a URL.

        Raises:
            SettingsError: See ``recognised``.
            StoreError: It cannot be opened.
        """
        recognised(url)
        where = _shown(url) if url else str(folder)
        try:
            return cls(_store(url, folder), where)
        except (BaseError, OSError, ValueError) as error:
            # obstore repeats the URL, which may have a password in it.
            told = _first_line(error).replace(url, where) if url else _first_line(error)
            raise StoreError(f"media store {where} cannot be opened: {told}") from error

    async def put(self, path: str, content: bytes | AsyncIterable[bytes]) -> None:
        """Write a file, whole or not at all; one of that path is replaced.

        Whatever ``content`` raises ends the writing and comes out here as it is.

        Raises:
            StoreError: The store refuses: full, away, or not allowed.
        """
        with _reported(f"media store {self._where} cannot write {path}"):
            await obstore.put_async(self._store, path, content)
            if isinstance(self._store, LocalStore):
                await asyncio.to_thread(self._to_disk, self._store, path)

    @staticmethod
    def _to_disk(store: LocalStore, path: str) -> None:
        # obstore renames without fsync: after a power cut the name could be there and the bytes
        # not, while the event that promises them is safe in Redis.
        assert store.prefix is not None  # noqa: S101 - open() always gives one
        for each in (store.prefix / path, (store.prefix / path).parent):
            descriptor = os.open(each, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    async def get(
        self, path: str, *, start: int = 0, end: int | None = None
    ) -> AsyncIterator[bytes]:
        """Open a file and return its bytes in pieces.

        Args:
            path: Which one.
            start: First byte.
            end: The byte after the last; None for all to the end.

        Raises:
            FileNotFoundError: There is none.
            StoreError: It cannot be read; also while reading.
        """
        with _reported(f"media store {self._where} cannot read {path}"):
            found = await obstore.get_async(
                self._store,
                path,
                options={"range": {"offset": start} if end is None else (start, end)},
            )
        return self._pieces(found, path)

    async def _pieces(self, found: obstore.GetResult, path: str) -> AsyncIterator[bytes]:
        with _reported(f"media store {self._where} cannot read {path}"):
            async for piece in found.stream(min_chunk_size=PIECE_BYTES):
                yield bytes(piece)

    async def read(self, path: str) -> bytes | None:
        """Return a small file whole, or None where there is none.

        Raises:
            StoreError: It cannot be read.
        """
        with _reported(f"media store {self._where} cannot read {path}"):
            try:
                found = await obstore.get_async(self._store, path)
            except FileNotFoundError:
                return None
            return bytes(await found.bytes_async())

    async def delete(self, path: str) -> None:
        """Remove a file; one that is not there is no error.

        Raises:
            StoreError: The store refuses.
        """
        with _reported(f"media store {self._where} cannot delete {path}"):
            try:
                await obstore.delete_async(self._store, path)
            except FileNotFoundError:
                return


def recognised(url: str) -> None:
    """Refuse a ``media.url`` that names no kind of store; nothing is opened.

    Raises:
        SettingsError: With what would be right.
    """
    try:
        if url:
            obstore.parse_scheme(url)
    except (BaseError, ValueError) as error:
        raise SettingsError(
            f"media.url: {_shown(url)} is no store we know; use file:///PATH, s3://BUCKET, "
            "gs://BUCKET or az://CONTAINER"
        ) from error


@contextmanager
def _reported(what: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise
    except (BaseError, OSError, NotImplementedError) as error:
        raise StoreError(f"{what}: {_first_line(error)}") from error


def _store(url: str, folder: Path) -> ObjectStore:
    if not url:
        return LocalStore(folder, mkdir=True)
    if url.startswith("file:"):
        return LocalStore.from_url(url, mkdir=True)
    return from_url(url)


def _first_line(error: Exception) -> str:
    # It says all; obstore adds pages of its own state.
    return str(error).partition("\n")[0]


def _shown(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
