"""What both servers let the bench ask of them: to tell everybody something, and to tidy up."""

from __future__ import annotations

import gc
import time
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from aiohttp import web

Tell: TypeAlias = Callable[[bytes], Awaitable[None]]


def lean() -> None:
    """Have Python look for cycles as seldom as ``relevo run`` does."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def control(tell: Tell, count: Callable[[], int]) -> web.Application:
    """Return the application that the bench speaks to.

    Args:
        tell: Hands a frame to every socket.
        count: How many there are.
    """

    async def ready(request: web.Request) -> web.Response:
        del request
        return web.Response(text=str(count()))

    async def collect(request: web.Request) -> web.Response:
        del request
        return web.Response(text=str(gc.collect()))

    async def broadcast(request: web.Request) -> web.Response:
        frame = await request.read()
        rounds = int(request.query["rounds"])
        cpu, wall = time.process_time(), time.perf_counter()
        for _ in range(rounds):
            await tell(frame)
        spent = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
        return web.json_response({**spent, "frames": rounds * count()})

    app = web.Application()
    app.add_routes(
        [
            web.get("/", ready),
            web.post("/collect", collect),
            web.post("/broadcast", broadcast),
        ]
    )
    return app


async def serve(app: web.Application, port: int) -> None:
    """Serve an application on loopback."""
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
