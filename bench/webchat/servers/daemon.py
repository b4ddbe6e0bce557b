"""The daemon with one chat, as ``relevo run`` has it. ``daemon.py PORT CONTROL_PORT REDIS FOLDER``."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import uvloop

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from bench.webchat.crowd import chat
from bench.webchat.servers.broadcast import control, lean, serve
from gateway import loader
from gateway.http.service import Service
from gateway.settings.load import Configuration
from gateway.settings.schema import HttpSettings, RedisSettings, Settings


async def main(port: str, control_port: str, redis: str, folder: str) -> None:
    """Serve until killed."""
    settings = Settings(
        data_dir=folder,
        http=HttpSettings(public=f"127.0.0.1:{port}", private="127.0.0.1:0"),
        redis=RedisSettings(url=redis),
    )
    account = chat()
    async with Service(Configuration(settings=settings, accounts=(account,)), loader.load()) as it:
        channel: Any = it.daemon.channels[account.id]
        hub = channel._door.hub  # noqa: SLF001 - the bench looks inside

        async def tell(frame: bytes) -> None:
            hub.broadcast(frame)

        await serve(control(tell, lambda: len(hub.windows())), int(control_port))
        lean()
        await asyncio.Event().wait()


uvloop.run(main(*sys.argv[1:5]))
