"""Whether one more contact may be written to first, as the first of those who wait finds out."""

from __future__ import annotations

from typing import Final

from gateway.edge.outbound.errand import Ending, Finished, Later
from gateway.edge.outbound.ticket import Ticket

MS: Final = 1_000_000


class Vacancy:
    """What one account's messages found out, those that are set aside and those that come.

    While there is no room the first that waits for it asks again, and nobody behind it: so it
    costs the same however many wait. When that one was taken all may ask, until one finds it full.
    """

    def __init__(self) -> None:
        self._full_until: int | None = None
        self._first: Ticket | None = None

    def wait(self, now: int) -> int | None:
        """Return for how many nanoseconds nobody who waits need ask; None while one does."""
        if self._full_until is None:
            return 0
        return None if self._first is not None else max(0, self._full_until - now)

    def asks(self, ticket: Ticket) -> None:
        """Note that a message which waited for room is under way."""
        if self._full_until is not None:
            self._first = ticket

    def came_back(self, ticket: Ticket, ending: Ending, *, now: int) -> bool:
        """Learn from what became of a message; returns whether it is to wait for room."""
        was_first = self._first is ticket
        if was_first:
            self._first = None
        match ending:
            case Later(full=True, wait=wait):
                self._full_until = now + wait * MS
                return True
            case Finished(accepted=True) if was_first:
                self._full_until = None
        return False
