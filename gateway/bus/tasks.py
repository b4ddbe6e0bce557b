"""Tasks that talk to Redis, brought to their end."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

AGAIN_SECONDS: Final = 0.2


async def end(*tasks: asyncio.Task[Any]) -> None:
    """Cancel tasks and wait until each is over, however it ends; also when cancelled meanwhile.

    One that is only cancelled goes on for a moment, and may open a connection that nobody closes.
    """
    interrupted = False
    while pending := {task for task in tasks if not task.done()}:
        for task in pending:
            task.cancel()
        try:
            # Again after a while: a library can take a cancellation for the end of its own wait.
            await asyncio.wait(pending, timeout=AGAIN_SECONDS)
        except asyncio.CancelledError:
            interrupted = True
    await asyncio.gather(*tasks, return_exceptions=True)
    if interrupted:
        raise asyncio.CancelledError


@contextmanager
def heeded() -> Iterator[None]:
    """Raise at the end what cancelled this task meanwhile, should the library in between not.

    redis-py sends within ``asyncio.wait_for``, which on Python 3.11 loses a cancellation that comes
    in the moment of its own end. A loop around it would go on for ever.
    """
    task = asyncio.current_task()
    before = task.cancelling() if task else 0
    try:
        yield
    finally:
        if task and task.cancelling() > before:
            raise asyncio.CancelledError
