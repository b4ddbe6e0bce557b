"""Waiting for what happens elsewhere: in a server, a process, a task that tells nobody."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Callable
from typing import Any


async def until(happened: Callable[[], Any], *, what: str = "it", seconds: float = 20.0) -> Any:
    """Wait until something is so, and return what was found.

    Args:
        happened: Looks, or is a coroutine that looks; what is false is looked at again.
        what: It is, for who reads why a test failed.
        seconds: Before it is given up.

    Raises:
        TimeoutError: It did not happen.
    """
    give_up = time.monotonic() + seconds
    while True:
        found = happened()
        if inspect.isawaitable(found):
            found = await found
        if found:
            return found
        if time.monotonic() > give_up:
            raise TimeoutError(f"waited in vain for {what}")
        await asyncio.sleep(0.01)
