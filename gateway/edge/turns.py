"""Long work in pieces, so that everything else on the event loop has its turn meanwhile."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from typing import Final, TypeVar

T = TypeVar("T")

TURN_SECONDS: Final = 0.002
"""So long may one batch work before others have a turn; a thousand messages take some 60 ms."""


async def in_turns(items: Iterable[T]) -> AsyncIterator[T]:
    """Go through items, and let others have a turn whenever that took a while.

    What is done with each is not interrupted; whatever it relies on may have changed between two.
    """
    began = time.perf_counter()
    for each in items:
        yield each
        if time.perf_counter() - began > TURN_SECONDS:
            await asyncio.sleep(0)
            began = time.perf_counter()
