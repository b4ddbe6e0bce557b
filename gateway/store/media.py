"""Files of messages, by our id: the bytes, and beside them a note of what they are.

``2026/03/14/<id>`` holds the bytes and ``2026/03/14/<id>.json`` the note. The note is written
last and removed first: without it, a file is not there.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterable, AsyncIterator
from datetime import UTC, datetime, timedelta
from hashlib import blake2b, sha256
from typing import Final

import msgspec

from gateway.errors import StoreError
from gateway.model.media import StoredMedia
from gateway.store.files import FileStore

_ID: Final = re.compile(r"([0-9a-f]{12})[0-9a-f]{20}-[0-9]{1,3}")
_EVENT_ID: Final = re.compile(r"[0-9a-f]{32}")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_FOREIGN: Final = 253_402_300_800_000  # the year 10000: not a time any platform tells


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """What is written beside the bytes.

    Attributes:
        account: Whose it is, for whoever looks into the folder; nothing of the contact.
        media: What ``message.media_stored`` says of it.
    """

    account: str
    media: StoredMedia


class MediaStore:
    """Files of messages.

    Args:
        files: Where they are kept.
    """

    def __init__(self, files: FileStore) -> None:
        self._files = files

    async def save(self, media_id: str, content: AsyncIterable[bytes]) -> tuple[int, str]:
        """Write the bytes of a file; it is not there before ``describe``.

        Returns:
            Size in bytes, and SHA-256 in hexadecimal.

        Raises:
            StoreError: The store refuses. What ``content`` raises comes out as it is.
        """
        size, digest = 0, sha256()

        async def counted() -> AsyncIterator[bytes]:
            nonlocal size
            async for piece in content:
                size += len(piece)
                digest.update(piece)
                yield piece

        await self._files.put(path_of(media_id), counted())
        return size, digest.hexdigest()

    async def describe(self, note: Note) -> None:
        """Write what a file is, and so make it be there.

        Raises:
            StoreError: The store refuses.
        """
        await self._files.put(f"{path_of(note.media.id)}.json", msgspec.json.encode(note))

    async def note(self, media_id: str) -> Note | None:
        """Return what a file is, or None when it is not there or the id is none of ours.

        Raises:
            StoreError: It cannot be read.
        """
        if not _ID.fullmatch(media_id):
            return None
        found = await self._files.read(f"{path_of(media_id)}.json")
        if found is None:
            return None
        try:
            return msgspec.json.decode(found, type=Note)
        except msgspec.DecodeError as error:
            raise StoreError(f"the note of {media_id} is damaged: {error}") from error

    async def read(
        self, media_id: str, *, start: int = 0, end: int | None = None
    ) -> AsyncIterator[bytes]:
        """Return the bytes of a file in pieces, from ``start`` to before ``end``.

        Raises:
            FileNotFoundError: It is gone.
            StoreError: It cannot be read.
        """
        return await self._files.get(path_of(media_id), start=start, end=end)

    async def delete(self, media_id: str) -> None:
        """Remove a file and its note; one that is not there is no error.

        Raises:
            StoreError: The store refuses.
        """
        if not _ID.fullmatch(media_id):
            return
        await self._files.delete(f"{path_of(media_id)}.json")
        await self._files.delete(path_of(media_id))


def media_id(event_id: str, index: int) -> str:
    """Return the id of a file: computed, so that a repeated run writes to the same place.

    An event id of a plugin's own making is hashed into the usual form, for ids become paths.
    """
    if not _EVENT_ID.fullmatch(event_id):
        event_id = "0" * 12 + blake2b(event_id.encode(), digest_size=10).hexdigest()
    return f"{event_id}-{index}"


def path_of(media_id: str) -> str:
    """Return where a file is kept: a folder for each day of the platform's clock.

    Raises:
        ValueError: It is none of our ids.
    """
    if not (found := _ID.fullmatch(media_id)):
        raise ValueError(f"not the id of a file: {media_id!r}")
    told = int(found[1], 16)
    day = _EPOCH + timedelta(milliseconds=told if told < _FIRST_FOREIGN else 0)
    return f"{day:%Y/%m/%d}/{media_id}"
