"""How much the platform lets through: per number, and per number and recipient; pure but a clock.

Source: Meta, "Throughput" and "Pair rate limits", October 2026.
"""

from __future__ import annotations

from collections import deque
from typing import Literal

import msgspec

from gateway.testing.delivery import Clock
from gateway.testing.whatsapp.errors import GraphError

PAIR_SECONDS = 6.0
PAIR_BURST = 45


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """Which of the platform's rules hold.

    Attributes:
        closed_window: What comes of a free-form message while the window is closed: 131047 as a
            ``status`` (as the platform does it), as the ``answer``, or nothing (``ignored``).
        messages_per_second: Per number; 80 by default, 1000 after an upgrade, 20 with the
            business app beside it; None for no limit.
        pairs: Whether the pair limit holds.
        free_service_messages: Per number and month; later ones are charged.
    """

    closed_window: Literal["status", "answer", "ignored"] = "status"
    messages_per_second: int | None = 80
    pairs: bool = True
    free_service_messages: int = 1000


LENIENT = Rules(closed_window="ignored", messages_per_second=None, pairs=False)
"""No windows and no limits, for tests and benches of something else."""


class Rates:
    """Counts what numbers send.

    Args:
        rules: The limits.
        clock: They are kept by it.
    """

    def __init__(self, rules: Rules, clock: Clock) -> None:
        self.rules = rules
        self._clock = clock
        self._sent: dict[str, deque[float]] = {}
        self._pairs: dict[tuple[str, str], _Pair] = {}

    def count(self, number: str, to: str) -> None:
        """Count one message.

        Raises:
            GraphError: 130429 for the number, 131056 for the pair; the message does not count.
        """
        now = self._clock()
        sent = self._sent.setdefault(number, deque())
        while sent and sent[0] <= now - 1:
            sent.popleft()
        limit = self.rules.messages_per_second
        if limit is not None and len(sent) >= limit:
            raise GraphError(130429, f"Message failed to send: more than {limit} per second")
        if self.rules.pairs and not self._pairs.setdefault((number, to), _Pair()).admits(now):
            raise GraphError(131056, "Too many messages to the same recipient in a short time")
        sent.append(now)


class _Pair(msgspec.Struct):
    """One number and one recipient.

    45 messages may go within 6 seconds; each of them takes 6 seconds of what comes after.
    """

    began_at: float = 0.0
    count: int = 0

    def admits(self, now: float) -> bool:
        if now >= self.began_at + PAIR_SECONDS * self.count:
            self.began_at, self.count = now, 1
            return True
        if now < self.began_at + PAIR_SECONDS and self.count < PAIR_BURST:
            self.count += 1
            return True
        return False
