"""Who is next in a lane: one message at a time for each contact, contacts in turn."""

from __future__ import annotations

import heapq
import itertools
from collections import OrderedDict, deque
from typing import Final, Literal, TypeAlias, get_args

from gateway.edge.outbound.ticket import Ticket

Cause: TypeAlias = Literal["pause", "reach"]
"""What some wait for that no try of theirs brings nearer: that a pause of their kind of content is
over, that the platform lets more contacts be written to first."""
CAUSES: Final[tuple[Cause, ...]] = get_args(Cause)


class Lineup:
    """The tickets of one lane that were read so far; sees no clock and no Redis.

    A contact's first message must be done before its second may go, however long it takes and
    however often it is tried again; meanwhile other contacts have their turn. Contacts that wait
    for the same thing are set aside: the first of them is enough to find out that it is there.
    """

    def __init__(self) -> None:
        # Lists, for nearly all have one ticket.
        self._lines: dict[str, list[Ticket]] = {}
        self._ready: deque[str] = deque()
        self._later: list[tuple[int, int, str]] = []
        self._numbers = itertools.count()
        self._size = 0
        # Ordered ones: a dict is slow to tell its first when many before it are gone.
        self._aside: dict[Cause, OrderedDict[str, None]] = {each: OrderedDict() for each in CAUSES}
        self._aside_size = 0
        self._wrote: set[str] = set()

    def __len__(self) -> int:
        return self._size

    @property
    def going(self) -> int:
        """How many tickets there are of contacts that are not set aside."""
        return self._size - self._aside_size

    @property
    def aside(self) -> int:
        """How many tickets there are of contacts that are."""
        return self._aside_size

    def add(self, ticket: Ticket) -> None:
        """Take a ticket, behind the others of its contact."""
        self._size += 1
        line = self._lines.get(ticket.contact)
        if line is None:
            self._lines[ticket.contact] = [ticket]
            self._ready.append(ticket.contact)
        else:
            line.append(ticket)
            if self._aside_size and self._is_aside(ticket.contact):
                self._aside_size += 1

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
        if self._wrote:
            self._wrote.discard(ticket.contact)
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

    def set_aside(self, ticket: Ticket, cause: Cause, *, again: bool = False) -> None:
        """Let a ticket, and what is behind it, wait until ``first_aside`` or ``wrote``.

        Args:
            ticket: Whose turn it was.
            cause: What it waits for.
            again: It was the first of those before, and is so again.
        """
        contact = ticket.contact
        if cause == "reach" and contact in self._wrote:
            self._wrote.discard(contact)
            self._ready.append(contact)
            return
        aside = self._aside[cause]
        aside[contact] = None
        if again:
            aside.move_to_end(contact, last=False)
        self._aside_size += len(self._lines[contact])

    def has_aside(self, cause: Cause) -> bool:
        """Tell whether somebody is set aside for a cause."""
        return bool(self._aside[cause])

    def first_aside(self, cause: Cause) -> Ticket | None:
        """Return who was set aside first for a cause, or None; as after ``next``."""
        aside = self._aside[cause]
        if not aside:
            return None
        contact, _ = aside.popitem(last=False)
        return self._back_in_line(contact)[0]

    def wrote(self, contact: str) -> None:
        """Give a contact its turn that waits to be written to first: it need not be that any more."""
        if contact in self._aside["reach"]:
            del self._aside["reach"][contact]
            self._back_in_line(contact)
            self._ready.append(contact)
        elif contact in self._lines:
            self._wrote.add(contact)  # it may be under way, and come back to be set aside

    def _back_in_line(self, contact: str) -> list[Ticket]:
        line = self._lines[contact]
        self._aside_size -= len(line)
        return line

    def _is_aside(self, contact: str) -> bool:
        return any(contact in aside for aside in self._aside.values())

    def has_turn(self, now: int) -> bool:
        """Tell whether ``next`` would return somebody."""
        return bool(self._ready) or bool(self._later and self._later[0][0] <= now)

    @property
    def wakes_at(self) -> int | None:
        """When the next one that waits has its turn; None when nobody waits."""
        return self._later[0][0] if self._later else None
