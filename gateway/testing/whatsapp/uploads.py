"""Resumable uploads: how samples for templates and profile pictures get a handle.

Source: Meta, "Resumable Upload API".
"""

from __future__ import annotations

from random import Random
from typing import Any

from gateway.testing.whatsapp import ids
from gateway.testing.whatsapp.errors import GraphError
from gateway.testing.whatsapp.graph import Call, Endpoints, Route


class Uploads:
    """The sessions under way, and the files behind handles.

    Attributes:
        handles: What each handle stands for.
    """

    def __init__(self, random: Random) -> None:
        self.handles: dict[str, bytes] = {}
        self._random = random
        self._sessions: dict[str, tuple[int, bytes]] = {}

    def __contains__(self, session: object) -> bool:
        return session in self._sessions

    def endpoints(self) -> Endpoints:
        """Return what answers at the application and at sessions."""
        return {
            Route("app", "POST", "uploads"): self._open,
            Route("upload", "GET"): self._tell,
            Route("upload", "POST"): self._write,
        }

    async def _open(self, call: Call) -> Any:
        length = call.text("file_length")
        call.text("file_type")
        if not length.isdecimal():
            raise GraphError(100, message="Param file_length must be an integer.")
        session = f"upload:{ids.token(self._random, 30)}"
        self._sessions[session] = (int(length), b"")
        return {"id": f"{session}?sig={ids.token(self._random, 20)}"}

    async def _tell(self, call: Call) -> Any:
        return {"id": call.node, "file_offset": len(self._sessions[call.node][1])}

    async def _write(self, call: Call) -> Any:
        length, written = self._sessions[call.node]
        if call.headers.get("file_offset") != str(len(written)):
            raise GraphError(100, message=f"file_offset must be {len(written)}.")
        written += call.raw
        self._sessions[call.node] = (length, written)
        if len(written) != length:
            raise GraphError(100, message=f"{len(written)} of {length} bytes were uploaded.")
        handle = f"4::{ids.token(self._random)}"
        self.handles[handle] = written
        return {"h": handle}
