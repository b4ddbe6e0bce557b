"""Stopping right after the start, while connections are still being made."""

from __future__ import annotations

import asyncio
from typing import Any

from gateway.errors import RedisUnavailable
from gateway.testing.valkey import ValkeyServer


async def test_a_stop_waits_for_the_end_of_what_was_about_to_connect(
    valkey_server: ValkeyServer, make_edge: Any
) -> None:
    starting = True
    begun, ended = [], []
    connecting = asyncio.Event()

    async def looks_at_the_layout() -> None:
        if starting:
            raise RedisUnavailable("not yet")
        begun.append(True)
        connecting.set()
        try:
            await asyncio.sleep(60)
        finally:
            # A client on its way out, which may still open and close something.
            await asyncio.sleep(0.05)
            ended.append(True)

    async with make_edge(f"unix://{valkey_server.socket}", guard=looks_at_the_layout):
        starting = False
        await asyncio.wait_for(connecting.wait(), 10)
    assert ended == begun
