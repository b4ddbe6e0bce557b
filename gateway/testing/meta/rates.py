"""Which of the platform's windows and limits hold, and how much a page may send."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Final, Literal

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
        replies_per_hour: Of private replies to comments and posts.
        live_replies_per_second: Of those to comments of a live broadcast.
        conversations_per_second: Questions about a page's conversations.

    Source: Meta, Messenger Platform, "Rate limiting".
    """

    windows: bool = True
    messages_per_second: int | None = 300
    slow_per_second: int | None = 10
    replies_per_hour: int | None = 750
    live_replies_per_second: int | None = 100
    conversations_per_second: int | None = 2


LENIENT: Final = Rules(
    windows=False,
    messages_per_second=None,
    slow_per_second=None,
    replies_per_hour=None,
    live_replies_per_second=None,
    conversations_per_second=None,
)
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
        self._sent: dict[tuple[str, str], deque[float]] = {}

    def count(
        self, node: str, kind: str, *, reply: Literal["comment", "live"] | None = None
    ) -> None:
        """Count one message.

        Args:
            node: Whose it is.
            kind: What it carries.
            reply: What it answers privately.

        Raises:
            SendRefused: 613; the message does not count.
        """
        now = self._clock()
        counted = [
            self._admitted((node, each), now, limit, seconds)
            for each, limit, seconds in self._limits(kind, reply)
        ]
        for each in counted:
            each.append(now)

    def ask(self, node: str) -> None:
        """Count one question about conversations.

        Raises:
            SendRefused: 613; the question does not count.
        """
        now = self._clock()
        most = self.rules.conversations_per_second
        self._admitted((node, "conversations"), now, most, 1).append(now)

    def _limits(self, kind: str, reply: str | None) -> Iterator[tuple[str, int | None, float]]:
        """Yield the limits that count a message: a name, how many, in how many seconds."""
        yield "all", self.rules.messages_per_second, 1
        if kind in SLOW:
            yield "slow", self.rules.slow_per_second, 1
        if reply == "comment":
            yield "comment", self.rules.replies_per_hour, 3600
        if reply == "live":
            yield "live", self.rules.live_replies_per_second, 1

    def _admitted(
        self, place: tuple[str, str], now: float, limit: int | None, seconds: float
    ) -> deque[float]:
        sent = self._sent.setdefault(place, deque())
        while sent and sent[0] <= now - seconds:
            sent.popleft()
        if limit is not None and len(sent) >= limit:
            raise SendRefused(613)
        return sent
