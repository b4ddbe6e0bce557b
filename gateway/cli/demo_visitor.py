"""A visitor of the web chat in the demo: the widget's protocol, without a browser.

docs/channels/webchat.md describes it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from itertools import count
from typing import Any, Final

import aiohttp

from gateway.cli.demo_step import Did

_GREETING_SECONDS: Final = 5.0


class Visitor:
    """Somebody on a page with the chat.

    Args:
        http: Asks.
        public_url: Of the gateway; its own page may always show the chat.
        account: Whose chat it is.

    Attributes:
        id: As events name them; empty before they came.
        screen: What they were told, in order.
    """

    def __init__(self, http: aiohttp.ClientSession, public_url: str, account: str) -> None:
        self._http = http
        self._url = f"{public_url}/webchat/{account}"
        self._headers = {"Origin": public_url}
        self._numbers = count(1)
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._listening: asyncio.Task[None] | None = None
        self._taken: dict[str, asyncio.Event] = {}
        self.id = ""
        self.screen: list[str] = []

    async def come(self) -> None:
        """Open the page: a session, then a socket."""
        url, asked = f"{self._url}/session", {"language": "es"}
        async with self._http.post(url, json=asked, headers=self._headers) as answer:
            answer.raise_for_status()
            session = await answer.json()
        self.id = session["visitor"]["id"]
        self._socket = await self._http.ws_connect(f"{self._url}/socket", headers=self._headers)
        await self._socket.send_json({"token": session["token"], "after": ""})
        await self._socket.receive_json(timeout=_GREETING_SECONDS)
        self._listening = asyncio.create_task(self._listen(self._socket))

    async def go(self) -> None:
        """Close the page."""
        if self._listening is not None and self._socket is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)
            await self._socket.close()

    async def write(self, text: str) -> Sequence[Did]:
        """Write something; done when the gateway says that it is safe."""
        return await self._say({"kind": "text", "text": text})

    async def tap(self, button: str, title: str) -> Sequence[Did]:
        """Tap a button of ours."""
        return await self._say({"kind": "choice", "source": "button", "id": button, "title": title})

    async def _say(self, content: dict[str, Any]) -> Sequence[Did]:
        began, frame_id = time.monotonic(), f"demo-frame-{next(self._numbers)}"
        self._taken[frame_id] = asyncio.Event()
        await self._send({"type": "message", "id": frame_id, "content": content, "at": _now()})
        try:
            async with asyncio.timeout(_GREETING_SECONDS):
                await self._taken[frame_id].wait()
            outcome = "ack"
        except TimeoutError:
            outcome = "no answer"
        seconds = time.monotonic() - began
        return [Did(what="frame on a socket", answers=(outcome,), wanted="ack", seconds=seconds)]

    async def _listen(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for message in socket:
            frame = message.json()
            match frame:
                case {"type": "ack", "id": str(frame_id)} if frame_id in self._taken:
                    self._taken[frame_id].set()
                case {"type": "message", "from": "agent", "content": {"text": str(text)}}:
                    self.screen.append(text)
                    await self._seen(frame)
                case _:
                    pass

    async def _seen(self, frame: dict[str, Any]) -> None:
        seen = {"ids": [frame["id"]], "cursor": frame.get("cursor", ""), "at": _now()}
        for status in ("delivered", "read"):
            own = f"demo-frame-{next(self._numbers)}"
            await self._send({"type": "status", "id": own, "status": status, **seen})

    async def _send(self, frame: dict[str, Any]) -> None:
        if self._socket is None:
            raise RuntimeError("the visitor has not come yet")
        await self._socket.send_json(frame)


def _now() -> int:
    return time.time_ns() // 1_000_000
