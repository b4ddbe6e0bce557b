"""One socket: a greeting with the session's token, then frames both ways.

The token comes in the first frame and not in the address, which proxies log. No compression: it
costs ten times the memory (docs/performance.md).
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from typing import Final

import msgspec
from aiohttp import WSMsgType, web

from gateway.api import RedisUnavailable
from gateway_webchat import frames, memory
from gateway_webchat.door import DAY_SECONDS, Door
from gateway_webchat.hub import TRY_AGAIN
from gateway_webchat.sessions import Refused
from gateway_webchat.visitors import Visitor, log_of
from gateway_webchat.windows import Socket

HEARTBEAT_SECONDS: Final = 30.0
"""Proxies cut what is silent for a minute."""
GREETING_SECONDS: Final = 10.0
CLOSING_SECONDS: Final = 3.0
"""How long the other side may take to say goodbye; a stop waits for it."""
LARGEST_FRAME_BYTES: Final = 32 * 1024

NOT_ALLOWED: Final = 4401
"""Close code: the token is no good; begin a session."""
MALFORMED: Final = 4400
"""Close code: the first frame was no greeting."""
FLOODING: Final = 4429
"""Close code: far more frames than a person sends."""
MOST_REFUSED: Final = 50
"""Frames in a row that were too many, until the socket is closed."""


class Greeting(msgspec.Struct, frozen=True):
    """The first frame; ``after`` is the cursor of the last entry the visitor's side has."""

    token: str
    after: str = ""


_GREETING: Final = msgspec.json.Decoder(Greeting)


class Sockets:
    """Answers the account's address for sockets.

    Args:
        door: Whose it is.
    """

    def __init__(self, door: Door) -> None:
        self._door = door
        self._open: Counter[str] = Counter()
        self._ending: set[asyncio.Task[None]] = set()

    async def serve(self, request: web.BaseRequest) -> web.StreamResponse:
        """Serve one socket until it closes."""
        if "Origin" not in request.headers or not self._door.gate.allows(request):
            return web.Response(status=403)
        address = self._door.gate.address(request)
        if self._open[address] >= self._door.settings.connections_per_address:
            return web.Response(status=429, headers={"Retry-After": "30"})
        socket = web.WebSocketResponse(
            compress=False,
            heartbeat=HEARTBEAT_SECONDS,
            timeout=CLOSING_SECONDS,
            max_msg_size=LARGEST_FRAME_BYTES,
        )
        if not socket.can_prepare(request):
            return web.Response(status=426, headers={"Upgrade": "websocket"})
        self._open[address] += 1
        try:
            await socket.prepare(request)
            await self._serve(socket, request)
        finally:
            self._open[address] -= 1
            if not self._open[address]:
                del self._open[address]
        return socket

    async def _serve(self, socket: web.WebSocketResponse, request: web.BaseRequest) -> None:
        try:
            visitor, window, expires = await self._greeted(socket, request)
        except (msgspec.DecodeError, TypeError, TimeoutError):
            await socket.close(code=MALFORMED)
            return
        except Refused as refused:
            await socket.close(code=NOT_ALLOWED, message=refused.code.encode())
            return
        except RedisUnavailable:
            await socket.close(code=TRY_AGAIN)
            return
        timer = self._end_at(expires, window)
        try:
            await self._door.hub.join(window)
            await self._listen(socket, visitor)
        except ValueError:
            await socket.close(code=MALFORMED)
        except RedisUnavailable:
            await socket.close(code=TRY_AGAIN)
        finally:
            self._door.hub.leave(window)
            if timer is not None:
                timer.cancel()

    def _end_at(self, expires: int, window: Socket) -> asyncio.TimerHandle | None:
        """Have a socket closed when its session ends, if that is within a day."""
        left = expires - time.time()
        if left > DAY_SECONDS:
            return None
        return asyncio.get_running_loop().call_later(max(left, 0), self._end, window)

    def _end(self, window: Socket) -> None:
        task = asyncio.create_task(window.close(NOT_ALLOWED))
        self._ending.add(task)  # the loop alone would forget it
        task.add_done_callback(self._ending.discard)

    async def _greeted(
        self, socket: web.WebSocketResponse, request: web.BaseRequest
    ) -> tuple[Visitor, Socket, int]:
        async with asyncio.timeout(GREETING_SECONDS):
            greeting = _GREETING.decode(await socket.receive_str())
        visitor, session = await self._door.visitor_of(greeting.token)
        log = log_of(self._door.settings.id, visitor.id)
        window = Socket(socket, request, log=log, cursor=greeting.after)
        seen = await memory.seen(self._door.host, log)
        now = time.time_ns() // 1_000_000
        window.tell(frames.hello(seen=seen, is_open=self._door.hub.is_open, now=now))
        return visitor, window, session.expires

    async def _listen(self, socket: web.WebSocketResponse, visitor: Visitor) -> None:
        refused = 0
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                continue
            answer = await self._door.desk.take(visitor, message.data.encode())
            if answer is None:
                continue
            refused = refused + 1 if b'"slow_down"' in answer else 0
            if refused > MOST_REFUSED:
                await socket.close(code=FLOODING)
                return
            await socket.send_frame(answer, WSMsgType.TEXT)
