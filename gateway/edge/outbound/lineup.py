"""Who is next in a lane: one message at a time for each contact, contacts in turn."""

from __future__ import annotations

import heapq
import itertools
from collections import deque

from gateway.edge.outbound.ticket import Ticket


class Lineup:
    """The tickets of one lane that were read so far; sees no clock and no Redis.

    A contact's first message must be done before its second may go, however long it takes and
    however often it is tried again; meanwhile other contacts have their turn.
    """

    def __init__(self) -> None:
        # Lists, for nearly all have one ticket.
        self._lines: dict[str, list[Ticket]] = {}
        self._ready: deque[str] = deque()
        self._later: list[tuple[int, int, str]] = []
        self._numbers = itertools.count()
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def add(self, ticket: Ticket) -> None:
        """Take a ticket, behind the others of its contact."""
        self._size += 1
        line = self._lines.get(ticket.contact)
        if line is None:
            self._lines[ticket.contact] = [ticket]
            self._ready.append(ticket.contact)
        else:
            line.append(ticket)

    def next(self, now: int) -> Ticket | None:
        """Return whose turn it is, or None; it stays in line until ``done``.

        Args:
            now: Nanoseconds, as for ``later``.
        """
        while self._later and self._later[0][0] <= now:
            self._ready.append(heapq.heappop(self._later)[2])
        return self._lines[self._ready.popleft()][0] if self._ready else None

    def done(self, ticket: Ticket) -> None:
        """Let a ticket go, and give its contact's next message a turn."""
        self._size -= 1
        line = self._lines[ticket.contact]
        del line[0]
        if line:
            self._ready.append(ticket.contact)
        else:
            del self._lines[ticket.contact]

    def later(self, ticket: Ticket, when: int) -> None:
        """Give a ticket its turn again at a time."""
        heapq.heappush(self._later, (when, next(self._numbers), ticket.contact))

    def back(self, ticket: Ticket) -> None:
        """Give a ticket the very next turn."""
        self._ready.appendleft(ticket.contact)

    def has_turn(self, now: int) -> bool:
        """Tell whether ``next`` would return somebody."""
        return bool(self._ready) or bool(self._later and self._later[0][0] <= now)

    @property
    def wakes_at(self) -> int | None:
        """When the next one that waits has its turn; None when nobody waits."""
        return self._later[0][0] if self._later else None
