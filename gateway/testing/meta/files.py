"""Files: what contacts send, on a host of the platform's, and what was uploaded to be sent."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Final

import msgspec
from aiohttp import web

from gateway.testing.meta import ids
from gateway.testing.meta.errors import SendRefused, invalid

TYPES: Final = frozenset({"image", "video", "audio", "file"})
MAXIMUM_BYTES: Final = {"image": 8 << 20, "video": 25 << 20, "audio": 25 << 20, "file": 25 << 20}
"""Source: Meta, Instagram Platform, "Messaging API"; Messenger says the same of files."""


class Attachment(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was uploaded once and is sent by its id.

    Attributes:
        id: As the caller was told.
        node: Whose it is: nobody else may send it.
        kind: What it is sent as.
        data: Its bytes; empty for one that was given by an address.
        url: That address.
    """

    id: str
    node: str
    kind: str
    mime_type: str = ""
    data: bytes = b""
    url: str = ""


class Files:
    """Keeps all files.

    Args:
        random: For ids and addresses.
        host: Returns where this is served, without a slash at the end.

    Attributes:
        uploaded: Everything that was ever uploaded, in order.
        downloads: Names of contacts' files that were fetched, in order.
    """

    def __init__(self, *, random: Random, host: Callable[[], str]) -> None:
        self.uploaded: list[Attachment] = []
        self.downloads: list[str] = []
        self._random = random
        self._host = host
        self._served: dict[str, tuple[bytes, str]] = {}

    def address(self, data: bytes, mime_type: str) -> str:
        """Put a contact's file where it can be fetched without a token, and return its address."""
        name = ids.token(self._random, 24)
        self._served[name] = (data, mime_type)
        return f"{self._host()}/cdn/{name}"

    def routes(self) -> list[web.RouteDef]:
        """Return the address of contacts' files."""
        return [web.get("/cdn/{name}", self._download)]

    async def _download(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in self._served:
            return web.Response(status=404)
        self.downloads.append(name)
        data, mime_type = self._served[name]
        return web.Response(body=data, headers={"Content-Type": mime_type})

    def upload(self, attachment: Attachment) -> Attachment:
        """Take a file in and give it an id.

        Raises:
            SendRefused: 100 for what is no file, 36000 for a picture that is too large.
        """
        if attachment.kind not in TYPES:
            raise invalid(f"attachment type must be one of {', '.join(sorted(TYPES))}")
        if len(attachment.data) > MAXIMUM_BYTES[attachment.kind]:
            raise SendRefused(36000 if attachment.kind == "image" else 100, None)
        kept = msgspec.structs.replace(attachment, id=ids.digits(self._random))
        self.uploaded.append(kept)
        return kept

    def find(self, attachment_id: str, node: str) -> Attachment | None:
        """Return a page's own file."""
        found = (each for each in self.uploaded if each.id == attachment_id)
        return next((each for each in found if each.node == node), None)
