"""Files of a bot: what contacts sent, what the bot sent, and where they are to be had.

Source: Telegram Bot API, "File", "getFile", "Sending files".
"""

from __future__ import annotations

from datetime import timedelta
from hashlib import blake2b
from random import Random
from typing import Any, Final

import msgspec

from gateway.testing.delivery import Clock
from gateway.testing.telegram.call import Call
from gateway.testing.telegram.errors import bad

LARGEST_DOWNLOAD: Final = 20 * 1024 * 1024
ADDRESS_LIVES: Final = timedelta(hours=1)
LARGEST_PHOTO: Final = 10 * 1024 * 1024
_ATTACHED: Final = "attach://"
"""Begins what names another field of the form."""

FOLDERS: Final = {
    "photo": "photos",
    "video": "videos",
    "animation": "animations",
    "video_note": "video_notes",
    "audio": "music",
    "voice": "voice",
    "document": "documents",
    "sticker": "stickers",
}


class StoredFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file on Telegram's servers.

    Attributes:
        kind: What it was sent as: ``photo``, ``voice``…
        size_bytes: As it is told; a test may tell more than there is.
        url: Where the bot said that it is, of one that Telegram fetched itself.
    """

    id: str
    kind: str
    data: bytes
    size_bytes: int
    mime_type: str | None = None
    filename: str | None = None
    url: str | None = None

    def described(self) -> Any:
        """Return it as a message tells it."""
        unique = blake2b(self.id.encode(), digest_size=8).hexdigest()
        head = {"file_id": self.id, "file_unique_id": unique, "file_size": self.size_bytes}
        named = {"file_name": self.filename, "mime_type": self.mime_type}
        more = {name: value for name, value in named.items() if value is not None}
        match self.kind:
            case "photo":
                small = {**head, "file_id": f"{self.id}s", "file_unique_id": f"{unique}s"}
                return [
                    {**small, "width": 90, "height": 60},
                    {**head, "width": 1280, "height": 853},
                ]
            case "video" | "animation":
                return {**head, **more, "width": 640, "height": 360, "duration": 4}
            case "video_note":
                return {**head, "length": 240, "duration": 4}
            case "audio" | "voice":
                return {**head, **more, "duration": 4}
            case "sticker":
                shape = {"width": 512, "height": 512, "type": "regular"}
                return {**head, **shape, "is_animated": False, "is_video": False}
            case _:
                return {**head, **more}


class FileShelf:
    """Every file the bot can name.

    Args:
        random: For ids.
        clock: Addresses die by it.

    Attributes:
        downloads: Ids of the files that were handed out whole, in order.
    """

    def __init__(self, *, random: Random, clock: Clock) -> None:
        self.downloads: list[str] = []
        self._random = random
        self._clock = clock
        self._files: dict[str, StoredFile] = {}
        self._paths: dict[str, tuple[str, float]] = {}

    def __getitem__(self, file_id: str) -> StoredFile:
        return self._files[file_id]

    def add(
        self,
        kind: str,
        data: bytes,
        *,
        mime_type: str | None = None,
        filename: str | None = None,
        size_bytes: int | None = None,
        url: str | None = None,
    ) -> StoredFile:
        """Keep a file."""
        file = StoredFile(
            id=f"AgAC{self._random.randbytes(20).hex()}",
            kind=kind,
            data=data,
            size_bytes=len(data) if size_bytes is None else size_bytes,
            mime_type=mime_type,
            filename=filename,
            url=url,
        )
        self._files[file.id] = file
        return file

    def sent(self, call: Call, field: str) -> StoredFile:
        """Return the file that a call sends: with its bytes, by id, or from an address.

        Raises:
            BotApiError: 400.
        """
        named = call.text(field)
        upload = call.files.get(named.removeprefix(_ATTACHED) if named else field)
        if upload is not None:
            if field == "photo" and len(upload.data) > LARGEST_PHOTO:
                raise bad("file is too big")
            if not upload.data:
                raise bad("file must be non-empty")
            return self.add(
                field, upload.data, mime_type=upload.content_type, filename=upload.filename
            )
        if not named:
            raise bad(f"there is no {field} in the request")
        if named.startswith(("http://", "https://")):
            if field == "video_note":
                raise bad("sending video notes by a URL is unsupported")
            return self.add(field, b"fetched by Telegram", url=named)
        known = self._files.get(named.removesuffix("s") if named not in self._files else named)
        if known is None:
            raise bad(
                "wrong remote file identifier specified: can't unserialize it. Wrong last symbol"
            )
        if FOLDERS[known.kind] != FOLDERS[field] and field != "document":
            raise bad(f"can't use file of type {known.kind.title()} as {field.title()}")
        return known

    def locate(self, call: Call) -> dict[str, Any]:
        """Answer ``getFile``."""
        named = call.text("file_id")
        known = self._files.get(named) or self._files.get(named.removesuffix("s"))
        if known is None:
            raise bad("invalid file_id")
        if known.size_bytes > LARGEST_DOWNLOAD:
            raise bad("file is too big")
        path = f"{FOLDERS[known.kind]}/file_{len(self._paths)}"
        self._paths[path] = (known.id, self._clock() + ADDRESS_LIVES.total_seconds())
        told = known.described()
        head = told[-1] if isinstance(told, list) else told
        kept = ("file_id", "file_unique_id", "file_size")
        return {**{name: head[name] for name in kept}, "file_path": path}

    def download(self, path: str) -> StoredFile | None:
        """Return the file at an address that still lives."""
        file_id, dies_at = self._paths.get(path, ("", 0.0))
        if self._clock() >= dies_at:
            return None
        self.downloads.append(file_id)
        return self._files[file_id]
