"""Flood control: how much Telegram takes, and how long it wants to be left alone then.

Source: Telegram Bots FAQ, "My bot is hitting limits, how do I avoid this?". How large a short
burst may be is not told; ours is a guess on the strict side.
"""

from __future__ import annotations

import math
from collections import deque
from typing import Final

import msgspec

from gateway.testing.telegram.errors import too_many


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """Which of Telegram's limits hold.

    Attributes:
        per_second: Messages of a bot within a second; None for any number.
        chat_burst: Messages to one chat that may go in a row, one a second being paid back.
        group_per_minute: Messages to one group within a minute.
        business_window_hours: How long a business connection may answer a customer.
    """

    per_second: int | None = 30
    chat_burst: int | None = 5
    group_per_minute: int | None = 20
    business_window_hours: float = 24.0


LENIENT: Final = Rules(per_second=None, chat_burst=None, group_per_minute=None)


class Flood:
    """Counts what goes out.

    Args:
        rules: The limits.
    """

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self._all: deque[float] = deque()
        self._groups: dict[int, deque[float]] = {}
        self._full_at: dict[int, float] = {}

    def count(self, chat: int, now: float) -> None:
        """Count one message.

        Raises:
            BotApiError: 429; the message does not count.
        """
        rules = self.rules
        _room(self._all, rules.per_second, 1.0, now)
        if chat < 0:
            _room(self._groups.setdefault(chat, deque()), rules.group_per_minute, 60.0, now)
        full_at = max(self._full_at.get(chat, 0.0), now)
        if rules.chat_burst is not None:
            ahead = full_at + 1.0 - now - rules.chat_burst
            if ahead > 1e-6:
                raise too_many(max(1, math.ceil(ahead)))
        self._all.append(now)
        if chat < 0:
            self._groups[chat].append(now)
        self._full_at[chat] = full_at + 1.0


def _room(sent: deque[float], most: int | None, seconds: float, now: float) -> None:
    while sent and sent[0] <= now - seconds:
        sent.popleft()
    if most is not None and len(sent) >= most:
        raise too_many(max(1, math.ceil(sent[0] + seconds - now)))
