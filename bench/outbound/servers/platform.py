"""A platform that takes every message 30 ms later, and counts: little work, so that it is no limit.

Usage: ``python -m bench.outbound.servers.platform PORT``. ``GET /counts`` tells what came.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from functools import partial
from typing import Any, Final

import uvloop

from bench.outbound.messages import LIVE, TEMPLATE, TEXT

LATENCY_SECONDS: Final = 0.030
_LENGTH: Final = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_REFERENCE: Final = re.compile(rb'"biz_opaque_callback_data": *"([0-9a-f]{32})"')
_LIVE: Final = re.compile(rb'"to": *"\+?' + LIVE[:5].encode())
_TEMPLATES: Final = {
    "data": [
        {
            "id": "1",
            **TEMPLATE,
            "status": "APPROVED",
            "category": "UTILITY",
            "components": [
                {"type": "BODY", "text": TEXT, "example": {"body_text": [["Ana"]]}},
            ],
        }
    ]
}
_NUMBER: Final = {
    "id": "1",
    "display_phone_number": "+1 555 078 3881",
    "verified_name": "Bench",
    "quality_rating": "GREEN",
    "status": "CONNECTED",
    "throughput": {"level": "HIGH"},
}


class Counts:
    """What came, and when."""

    def __init__(self) -> None:
        self.messages = 0
        self.seen: set[bytes] = set()
        self.first_at = 0.0
        self.last_at = 0.0
        self.live_ms: list[float] = []

    def take(self, body: bytes) -> int:
        """Count a message; returns its number."""
        now = time.time()
        self.messages += 1
        self.first_at = self.first_at or now
        self.last_at = now
        if found := _REFERENCE.search(body):
            self.seen.add(found[1])
            if _LIVE.search(body):
                # Ids of ours begin with the time they were given at.
                self.live_ms.append(now * 1000 - int(found[1][:12], 16))
        return self.messages

    def told(self) -> dict[str, Any]:
        """Return it for the bench."""
        return {
            "messages": self.messages,
            "different": len(self.seen),
            "seconds": self.last_at - self.first_at,
            "live_ms": self.live_ms,
        }


class Connection(asyncio.Protocol):
    """Answers one request after the other."""

    def __init__(self, counts: Counts) -> None:
        self._counts = counts
        self._loop = asyncio.get_running_loop()
        self._buffer = b""
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]  # a TCP transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end]
            length = _LENGTH.search(head)
            whole = end + 4 + (int(length[1]) if length else 0)
            if len(self._buffer) < whole:
                return
            body, self._buffer = self._buffer[end + 4 : whole], self._buffer[whole:]
            self._take(head, body)

    def _take(self, head: bytes, body: bytes) -> None:
        path = head.split(b" ", 2)[1].partition(b"?")[0]
        if path.endswith(b"/messages"):
            number = self._counts.take(body)
            taken = {
                "messaging_product": "whatsapp",
                "contacts": [{"input": "+34610000000", "wa_id": "34610000000"}],
                "messages": [{"id": f"wamid.{number:020d}", "message_status": "accepted"}],
            }
            self._loop.call_later(LATENCY_SECONDS, partial(self._answer, taken))
        elif path == b"/counts":
            self._answer(self._counts.told())
        elif b"message_templates" in path:
            self._answer(_TEMPLATES)
        else:
            self._answer(_NUMBER)

    def _answer(self, value: Any) -> None:
        body = json.dumps(value, separators=(",", ":")).encode()
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
        if not self._transport.is_closing():
            self._transport.write(head % len(body) + body)


async def serve(port: int) -> None:
    """Listen until the process is ended."""
    counts = Counts()
    loop = asyncio.get_running_loop()
    await loop.create_server(lambda: Connection(counts), "127.0.0.1", port, backlog=1024)
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1])))
