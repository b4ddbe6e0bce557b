"""aiogram's webhook on aiohttp with one handler that does nothing but count.

``handle_in_background`` is left at its default (on), which is its faster form.
"""

from __future__ import annotations

import asyncio
import sys

import uvloop
from aiogram import Bot, Dispatcher, types
from aiogram.webhook.aiohttp_server import SimpleRequestHandler
from aiohttp import web

from bench.inbound.bodies import TELEGRAM_SECRET


async def serve(port: int, path: str) -> None:
    """Listen until the process is ended; ``GET /handled`` tells how often the handler ran."""
    handled = 0

    async def count(message: types.Message) -> None:
        del message
        nonlocal handled
        handled += 1

    async def tell(request: web.Request) -> web.Response:
        del request
        return web.Response(text=str(handled))

    dispatcher = Dispatcher()
    dispatcher.message.register(count)
    bot = Bot("7000000001:unused")
    app = web.Application()
    app.router.add_get("/handled", tell)
    handler = SimpleRequestHandler(dispatcher, bot, secret_token=TELEGRAM_SECRET)
    handler.register(app, path=path)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1]), sys.argv[2]))
