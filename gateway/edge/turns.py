"""Long work in pieces, so that everything else on the event loop has its turn meanwhile."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from itertools import islice
from typing import Final, TypeVar

T = TypeVar("T")

PIECE: Final = 32
"""Items that are gone through before anybody looks at the clock."""
TURN_SECONDS: Final = 0.002
"""So long may one batch work before others have a turn; a thousand messages take some 60 ms."""


async def in_turns(items: Iterable[T]) -> AsyncIterator[tuple[T, ...]]:
    """Go through items piece by piece, and let others have a turn whenever that took a while.

    What is done with a piece is not interrupted; what it relies on may have changed between two.
    """
    left, began = iter(items), time.perf_counter()
    while piece := tuple(islice(left, PIECE)):
        yield piece
        if time.perf_counter() - began > TURN_SECONDS:
            await asyncio.sleep(0)
            began = time.perf_counter()
