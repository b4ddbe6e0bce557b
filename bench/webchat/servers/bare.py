"""The reference: sockets on aiohttp and nothing else. ``bare.py PORT CONTROL_PORT``."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import uvloop
from aiohttp import WSMsgType, web

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from bench.webchat.servers.broadcast import control, lean, serve

sockets: set[web.WebSocketResponse] = set()


async def socket(request: web.BaseRequest) -> web.StreamResponse:
    """Serve one socket: answer the first frame, then only listen."""
    made = web.WebSocketResponse(compress=False, heartbeat=30.0)
    await made.prepare(request)
    sockets.add(made)
    try:
        async for _ in made:
            await made.send_frame(b'{"type":"hello"}', WSMsgType.TEXT)
    finally:
        sockets.discard(made)
    return made


async def tell(frame: bytes) -> None:
    """Hand a frame to every socket."""
    for each in sockets:
        await each.send_frame(frame, WSMsgType.TEXT)


async def main(port: int, control_port: int) -> None:
    """Serve until killed."""
    server = web.Server(socket, access_log=None)
    await asyncio.get_running_loop().create_server(server, "127.0.0.1", port, backlog=4096)
    await serve(control(tell, lambda: len(sockets)), control_port)
    lean()
    await asyncio.Event().wait()


uvloop.run(main(*map(int, sys.argv[1:3])))
