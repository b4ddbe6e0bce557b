"""Visitors by the thousand: sockets that greet, count what they hear and answer pings.

As little as possible is done per byte, for the crowd has one core and the server has one.
"""

from __future__ import annotations

import asyncio
import os
import struct
import time
from typing import Any, Final

from gateway.api import Secrets
from gateway_webchat.sessions import Session, Sessions
from gateway_webchat.settings import WebchatSettings

ACCOUNT: Final = "web-bench"
ORIGIN: Final = "https://shop.example"
SECRET: Final = "only for measuring on this machine"  # noqa: S105 - and for nothing else
HANDSHAKE: Final = (
    "GET /webchat/{account}/socket HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: {origin}\r\n"
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
AT_ONCE: Final = 100
PATIENCE_SECONDS: Final = 60.0
TEXT: Final = 0x81
PING: Final = 0x89
PONG: Final = 0x8A


def chat() -> WebchatSettings:
    """Return settings of a chat without limits."""
    return WebchatSettings(
        id=ACCOUNT,
        channel="webchat",
        secret=Secrets(SECRET),
        origins=(ORIGIN,),
        connections_per_address=1_000_000,
    )


def visitor(number: int) -> str:
    """Return the id of a visitor."""
    return f"v-{number:032x}"


def token(number: int) -> str:
    """Return a visitor's session."""
    sessions = Sessions(ACCOUNT, secrets=(SECRET,), identity_keys=())
    session = Session(visitor_id=visitor(number), verified=False, expires=int(time.time()) + 3600)
    return sessions.token(session)


def masked(opcode: int, payload: bytes) -> bytes:
    """Return a frame as clients send them. Source: RFC 6455, section 5.2."""
    mask = os.urandom(4)
    size = len(payload)
    head = bytes((opcode, 0x80 | size)) if size < 126 else struct.pack("!BBH", opcode, 0xFE, size)
    return head + mask + bytes(each ^ mask[i % 4] for i, each in enumerate(payload))


class Visitor(asyncio.Protocol):
    """One socket of the crowd."""

    __slots__ = ("_crowd", "_number", "_transport", "_upgraded")

    def __init__(self, crowd: Crowd, number: int) -> None:
        self._crowd = crowd
        self._number = number
        self._upgraded = False
        self._transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._transport.write(HANDSHAKE.format(account=ACCOUNT, origin=ORIGIN).encode())

    def data_received(self, data: bytes) -> None:
        if data[0] == PING:
            self._transport.write(masked(PONG, data[2 : 2 + data[1]]))
        elif self._upgraded:
            self._crowd.heard += len(data)
        elif b" 101 " in data[:20]:
            self._upgraded = True
            self._transport.write(masked(TEXT, b'{"token":"%b"}' % token(self._number).encode()))
            self._crowd.inside += 1
        else:
            raise RuntimeError(f"no socket: {data[:200]!r}")

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self._crowd.lost += 1

    def close(self) -> None:
        self._transport.abort()


class Crowd:
    """Many sockets to one server.

    Attributes:
        heard: Bytes that came after the handshakes.
        inside: Sockets that were let in.
        lost: Sockets that were closed.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._visitors: list[Visitor] = []
        self.heard = 0
        self.inside = 0
        self.lost = 0

    async def grow(self, size: int) -> None:
        """Open sockets until there are so many, and wait until all are greeted."""
        loop = asyncio.get_running_loop()
        while (have := len(self._visitors)) < size:
            wanted = [Visitor(self, number) for number in range(have, min(size, have + AT_ONCE))]
            for each in wanted:
                await loop.create_connection(lambda each=each: each, "127.0.0.1", self._port)  # type: ignore[misc]
            self._visitors += wanted
            await self.until(lambda: self.inside >= len(self._visitors), "the handshakes")

    async def until(self, holds: Any, what: str) -> None:
        """Wait until something holds.

        Raises:
            TimeoutError: It does not.
        """
        end = time.monotonic() + PATIENCE_SECONDS
        while not holds():
            if time.monotonic() > end or self.lost:
                raise TimeoutError(f"waiting for {what}: {self.lost} sockets lost")
            await asyncio.sleep(0.002)

    def close(self) -> None:
        """Drop every socket."""
        for each in self._visitors:
            each.close()
