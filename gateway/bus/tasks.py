"""Tasks that talk to Redis, brought to their end."""

from __future__ import annotations

import asyncio
from typing import Any, Final

AGAIN_SECONDS: Final = 0.2


async def end(*tasks: asyncio.Task[Any]) -> None:
    """Cancel tasks and wait until each is over, however it ends.

    One that is only cancelled goes on for a moment, and may open a connection that nobody closes.
    """
    pending = set(tasks)
    while pending:
        for task in pending:
            task.cancel()
        # Again after a while: a command of redis-py can take a cancellation for its own time-out.
        _, pending = await asyncio.wait(pending, timeout=AGAIN_SECONDS)
    await asyncio.gather(*tasks, return_exceptions=True)
