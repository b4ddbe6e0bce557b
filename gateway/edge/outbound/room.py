"""How many messages of a process are under way at the same time, and who is next when some are back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, TypeAlias

MOST: Final = 480
"""A little less than the calls that go out at the same time: what waits to be called is under way,
and is in doubt when the process dies."""
MOST_BULK: Final = 384
"""What is left is for live messages, however much else there is to send."""

Start: TypeAlias = Callable[[int], None]
"""Starts so many messages at most; who has more to start then waits again."""


class Room:
    """Shared by every account of a process; those who found it full have their turns in order."""

    def __init__(self, *, most: int = MOST, most_bulk: int = MOST_BULK) -> None:
        self._most = {False: most, True: most_bulk}
        self._taken = 0
        self._waiting: dict[bool, dict[Start, None]] = {False: {}, True: {}}
        self._soon: asyncio.Handle | None = None

    def has_place(self, *, bulk: bool) -> bool:
        """Tell whether one more may start."""
        return self._taken < self._most[bulk]

    def enter(self) -> None:
        """Take a place."""
        self._taken += 1

    def leave(self) -> None:
        """Give a place back. Those who wait start in the loop's next round: many leave in one."""
        self._taken -= 1
        if self._soon is None and any(self._waiting.values()):
            self._soon = asyncio.get_running_loop().call_soon(self._share_out)

    def wait(self, start: Start, *, bulk: bool) -> None:
        """Be started when there is a place for such a message; asked twice, it is done once."""
        self._waiting[bulk][start] = None

    def _share_out(self) -> None:
        """Give every one who waits an even part of what is free; who needs none leaves it to others."""
        self._soon = None
        for bulk, waiting in self._waiting.items():
            while waiting and self.has_place(bulk=bulk):
                part = (self._most[bulk] - self._taken) // len(waiting)
                start = next(iter(waiting))
                del waiting[start]
                start(max(1, part))
