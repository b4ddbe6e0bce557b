"""How many messages of a process are under way at the same time, and who is next when one is back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

MOST: Final = 480
"""A little less than the connections that the HTTP client keeps: what waits for one is under way,
and is in doubt when the process dies."""
MOST_BULK: Final = 384
"""What is left is for live messages, however much else there is to send."""


class Room:
    """Shared by every account of a process; whoever found it full has the next turn."""

    def __init__(self, *, most: int = MOST, most_bulk: int = MOST_BULK) -> None:
        self._most = most
        self._most_bulk = most_bulk
        self._taken = 0
        self._waiting: dict[bool, dict[Callable[[], None], None]] = {False: {}, True: {}}

    def has_place(self, *, bulk: bool) -> bool:
        """Tell whether one more may start."""
        return self._taken < (self._most_bulk if bulk else self._most)

    def enter(self) -> None:
        """Take a place."""
        self._taken += 1

    def leave(self) -> None:
        """Give a place back, and let those who wait start.

        In the order they came; who finds nothing to start after all leaves the place to the next.
        """
        self._taken -= 1
        for bulk, waiting in self._waiting.items():
            while waiting and self.has_place(bulk=bulk):
                start = next(iter(waiting))
                del waiting[start]
                start()

    def wait(self, start: Callable[[], None], *, bulk: bool) -> None:
        """Be started when there is a place for such a message; asked twice, it is done once."""
        self._waiting[bulk][start] = None
