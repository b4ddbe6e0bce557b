"""How much somebody may do: a bucket for each, in this process's memory."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Final

MOST_KEPT: Final = 50_000
"""Whoever has not been seen for longest is forgotten, and then has a full bucket again."""


class Pace:
    """So many a minute for each, and twice as many at once after a rest.

    Args:
        per_minute: In the long run.
        clock: Seconds.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._interval = 60 / per_minute
        self._burst = 2 * per_minute
        self._clock = clock
        self._full_at: OrderedDict[Hashable, float] = OrderedDict()

    def take(self, who: Hashable) -> float:
        """Take one, and return 0; or how many seconds to wait until there is one."""
        now = self._clock()
        full_at = max(self._full_at.pop(who, now), now)
        wait = full_at + self._interval - (now + self._burst * self._interval)
        self._full_at[who] = full_at if wait > 0 else full_at + self._interval
        while len(self._full_at) > MOST_KEPT:
            self._full_at.popitem(last=False)
        return max(wait, 0.0)
