"""The platform's media: files sent both ways, where they are, and the host that has them."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import timedelta
from hashlib import sha256
from random import Random
from typing import Any, Final

import msgspec
from aiohttp import web

from gateway.testing.delivery import Clock
from gateway.testing.whatsapp import ids
from gateway.testing.whatsapp.errors import GraphError, required
from gateway.testing.whatsapp.graph import Call, Endpoints, Route

ADDRESS_LIVES: Final = timedelta(minutes=5)
"""Source: Meta, "Media": a media URL is valid for 5 minutes; ask for it again after that."""

MAXIMUM_BYTES: Final = {
    "audio/aac": 16 << 20,
    "audio/amr": 16 << 20,
    "audio/mp4": 16 << 20,
    "audio/mpeg": 16 << 20,
    "audio/ogg": 16 << 20,
    "image/jpeg": 5 << 20,
    "image/png": 5 << 20,
    "image/webp": 500 << 10,
    "video/3gpp": 16 << 20,
    "video/mp4": 16 << 20,
}
"""Documents of any other type may have 100 MB. Source: Meta, "Media", supported types."""

_DOCUMENT_BYTES: Final = 100 << 20
_CHUNK: Final = b"\0" * 65536


class MediaFault(msgspec.Struct, frozen=True, kw_only=True):
    """What goes wrong when a file is downloaded.

    Attributes:
        status: Answer with this instead of the file.
        delay: Wait before the answer.
        content_type: Say this of the file, whatever it is.
        size_bytes: Send this many zero bytes, whatever was announced.
        times: For how many downloads; None for all.
    """

    status: int | None = None
    delay: timedelta = timedelta()
    content_type: str | None = None
    size_bytes: int | None = None
    times: int | None = 1


class MediaFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file a contact sent, or one of ours for them."""

    id: str
    data: bytes
    mime_type: str
    filename: str = ""

    def announced(self, url: str) -> dict[str, Any]:
        """Return the file as webhooks tell it: the digest in base64."""
        return {
            "mime_type": self.mime_type,
            "sha256": b64encode(sha256(self.data).digest()).decode(),
            "id": self.id,
            "url": url,
        }

    def located(self, url: str) -> dict[str, Any]:
        """Return the file as the Graph API tells it: the digest in hexadecimal."""
        return {
            "messaging_product": "whatsapp",
            "url": url,
            "mime_type": self.mime_type,
            "sha256": sha256(self.data).hexdigest(),
            "file_size": len(self.data),
            "id": self.id,
        }


class MediaShelf:
    """Holds the files and answers for them.

    Args:
        random: For ids and addresses.
        clock: Addresses die by it.
        access_token: What a caller must bear.
        host: Returns where this is served, without a slash at the end.

    Attributes:
        downloads: Ids of the files that were handed out whole, in order.
    """

    def __init__(
        self, *, random: Random, clock: Clock, access_token: str, host: Callable[[], str]
    ) -> None:
        self.downloads: list[str] = []
        self._random = random
        self._clock = clock
        self._authorization = f"Bearer {access_token}"
        self._host = host
        self._files: dict[str, MediaFile] = {}
        self._addresses: dict[str, tuple[str, float]] = {}
        self._faults: dict[str, list[MediaFault]] = {}

    def __contains__(self, media_id: object) -> bool:
        return media_id in self._files

    def __getitem__(self, media_id: str) -> MediaFile:
        return self._files[media_id]

    def __iter__(self) -> Iterator[MediaFile]:
        return iter(tuple(self._files.values()))

    def forget(self, media_id: str) -> None:
        """Delete a file before its time, as the platform sometimes does."""
        del self._files[media_id]

    def keep(
        self,
        data: bytes,
        mime_type: str,
        *,
        fault: MediaFault | None = None,
        filename: str = "",
    ) -> MediaFile:
        """Take a file in."""
        kept = MediaFile(
            id=ids.digits(self._random), data=data, mime_type=mime_type, filename=filename
        )
        self._files[kept.id] = kept
        if fault is not None:
            self._faults[kept.id] = [fault]
        return kept

    def address(self, file: MediaFile) -> str:
        """Return a fresh address of a file, good for five minutes and with the token only."""
        key = ids.token(self._random)
        expires_at = self._clock() + ADDRESS_LIVES.total_seconds()
        self._addresses[key] = (file.id, expires_at)
        return (
            f"{self._host()}/whatsapp_business/attachments/"
            f"?mid={file.id}&source=webhook&ext={int(expires_at)}&hash={key}"
        )

    def routes(self) -> list[web.RouteDef]:
        """Return the address of the host that has the files."""
        return [web.get("/whatsapp_business/attachments/", self._download)]

    def endpoints(self) -> Endpoints:
        """Return what answers at files and takes new ones."""
        return {
            Route("media", "GET"): self._locate,
            Route("media", "DELETE"): self._delete,
            Route("number", "POST", "media"): self._upload,
        }

    async def _upload(self, call: Call) -> Any:
        if call.parameters.get("messaging_product") != "whatsapp":
            raise required("messaging_product")
        if "file" not in call.files:
            raise required("file")
        file = call.files["file"]
        said = str(call.parameters.get("type", file.mime_type)).partition(";")[0].strip()
        if said != file.mime_type.partition(";")[0].strip():
            raise GraphError(100, message=f"Param file must be a file of type {said}.")
        if len(file.data) > MAXIMUM_BYTES.get(said, _DOCUMENT_BYTES):
            raise GraphError(100, message=f"Param file is too large for {said}.")
        if not file.data:
            raise GraphError(100, message="Param file is empty.")
        return {"id": self.keep(file.data, said, filename=file.filename).id}

    async def _locate(self, call: Call) -> Any:
        file = self._files[call.node]
        return file.located(self.address(file))

    async def _delete(self, call: Call) -> Any:
        self.forget(call.node)
        return {"success": True}

    async def _download(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Authorization") != self._authorization:
            return web.Response(status=401)
        file_id, expires_at = self._addresses.get(request.query.get("hash", ""), ("", 0.0))
        file = self._files.get(file_id)
        if file is None or self._clock() >= expires_at:
            return web.Response(status=404)
        fault = self._next_fault(file_id)
        await asyncio.sleep(fault.delay.total_seconds())
        if fault.status is not None:
            return web.Response(status=fault.status)
        return await self._send(request, file, fault)

    def _next_fault(self, file_id: str) -> MediaFault:
        waiting = self._faults.get(file_id)
        if not waiting:
            return MediaFault()
        fault = waiting.pop()
        left = None if fault.times is None else fault.times - 1
        if left is None or left > 0:
            waiting.append(msgspec.structs.replace(fault, times=left))
        return fault

    async def _send(
        self, request: web.Request, file: MediaFile, fault: MediaFault
    ) -> web.StreamResponse:
        content_type = fault.content_type or file.mime_type
        if fault.size_bytes is None:
            self.downloads.append(file.id)
            return web.Response(body=file.data, headers={"Content-Type": content_type})
        answer = web.StreamResponse(headers={"Content-Type": content_type})
        await answer.prepare(request)
        for start in range(0, fault.size_bytes, len(_CHUNK)):
            await answer.write(_CHUNK[: fault.size_bytes - start])
        await answer.write_eof()
        return answer
