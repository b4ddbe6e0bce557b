"""Which of the platform's windows and limits hold, and how much a page may send."""

from __future__ import annotations

from collections import deque
from typing import Final

import msgspec

from gateway.testing.delivery import Clock
from gateway.testing.meta.errors import SendRefused

SLOW: Final = frozenset({"audio", "video"})


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """Which of the platform's rules hold.

    Attributes:
        windows: Messages outside of the window are refused.
        messages_per_second: Of a page; None for no limit.
        slow_per_second: Of sound and films.

    Source: Meta, Messenger Platform, "Rate limiting".
    """

    windows: bool = True
    messages_per_second: int | None = 300
    slow_per_second: int | None = 10


LENIENT: Final = Rules(windows=False, messages_per_second=None, slow_per_second=None)
"""No windows and no limits, for tests and benches of something else."""


class Rates:
    """Counts what is sent.

    Args:
        rules: The limits.
        clock: They are kept by it.
    """

    def __init__(self, rules: Rules, clock: Clock) -> None:
        self.rules = rules
        self._clock = clock
        self._sent: dict[tuple[str, bool], deque[float]] = {}

    def count(self, node: str, kind: str) -> None:
        """Count one message.

        Raises:
            SendRefused: 613; the message does not count.
        """
        now = self._clock()
        self._admit(node, now, self.rules.messages_per_second, slow=False)
        if kind in SLOW:
            self._admit(node, now, self.rules.slow_per_second, slow=True)
            self._sent[node, True].append(now)
        self._sent[node, False].append(now)

    def _admit(self, node: str, now: float, limit: int | None, *, slow: bool) -> None:
        sent = self._sent.setdefault((node, slow), deque())
        while sent and sent[0] <= now - 1:
            sent.popleft()
        if limit is not None and len(sent) >= limit:
            raise SendRefused(613)
