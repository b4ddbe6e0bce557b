from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import TypeAlias

import pytest
from aiohttp import web


class Receiver:
    """A gateway that answers as scripted: first these statuses, then 200."""

    def __init__(self, *statuses: int) -> None:
        self.script = list(statuses)
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self.at_once = 0
        self.at_most = 0
        self.hold = 0.0
        self.url = ""

    async def answer(self, request: web.Request) -> web.Response:
        self.at_once += 1
        self.at_most = max(self.at_most, self.at_once)
        body = await request.read()
        await asyncio.sleep(self.hold)
        self.at_once -= 1
        self.requests.append((dict(request.headers), body))
        return web.Response(status=self.script.pop(0) if self.script else 200)


Answer: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]
Listen: TypeAlias = Callable[[Answer], Awaitable[str]]
Receive: TypeAlias = Callable[..., Awaitable[Receiver]]


@pytest.fixture
async def listen() -> AsyncIterator[Listen]:
    """Serve one handler on every method and path of a free port."""
    async with AsyncExitStack() as stack:

        async def start(answer: Answer) -> str:
            application = web.Application()
            application.router.add_route("*", "/{path:.*}", answer)
            runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            return f"http://127.0.0.1:{runner.addresses[0][1]}/webhooks/whatsapp"

        yield start


@pytest.fixture
def receive(listen: Listen) -> Receive:
    async def start(*statuses: int) -> Receiver:
        receiver = Receiver(*statuses)
        receiver.url = await listen(receiver.answer)
        return receiver

    return start
