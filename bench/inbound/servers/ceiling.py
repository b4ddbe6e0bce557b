"""The ceiling: aiohttp that reads the body and answers 200, and does nothing else."""

from __future__ import annotations

import asyncio
import sys

import uvloop
from aiohttp import web


async def answer(request: web.Request) -> web.Response:
    """Read, and say yes."""
    await request.read()
    return web.Response()


async def serve(port: int, path: str) -> None:
    """Listen until the process is ended."""
    app = web.Application()
    app.router.add_post(path, answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1]), sys.argv[2]))
