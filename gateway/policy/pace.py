"""How a throttle answer slows a bucket down, and how it comes back. Pure.

Each answer stops the bucket for as long as the platform says (or a growing while), and halves its
rate. From then on the rate grows back evenly and reaches its full height after ``RECOVERY``.
Answers to messages that were on their way when the bucket was slowed down tell nothing new: they
may lengthen the stop, but do not halve the rate again.

All times are whole nanoseconds of one clock.

Source: "Congestion Avoidance and Control", Jacobson and Karels, 1988 (halve at once, grow evenly).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import msgspec

FLOOR: Final = 1 / 64
"""The rate never falls below this share of the platform's own figure."""

RECOVERY: Final = 300 * 1_000_000_000
"""Nanoseconds from nothing to the full rate; from a half it takes half of it."""

LONGEST_STOP: Final = 300 * 1_000_000_000
"""Nanoseconds; of stops that we chose. What the platform says is kept, however long."""

_SECOND: Final = 1_000_000_000


class Pace(msgspec.Struct, frozen=True, gc=False):
    """How far a bucket is slowed down.

    Attributes:
        share: Of the full rate, when the stop ends.
        until: When the stop ends, and recovery begins.
        slowed_at: When it was last slowed down.
        refusals: How many in a row: since it last had its full rate.
    """

    share: float = 1.0
    until: int = 0
    slowed_at: int = 0
    refusals: int = 0


STEADY: Final = Pace()


def share(pace: Pace, now: int) -> float:
    """Return which share of the full rate is allowed now, from ``FLOOR`` to 1."""
    if pace.share >= 1.0:
        return 1.0
    return min(1.0, pace.share + max(0, now - pace.until) / RECOVERY)


def slowed(
    pace: Pace,
    now: int,
    *,
    sent_at: int,
    retry_after: timedelta | None = None,
    growth: int = 1,
) -> Pace:
    """Return the pace after the platform refused a message for being too fast.

    Args:
        pace: As it was.
        now: When the answer came.
        sent_at: When the message was sent.
        retry_after: How long the platform wants to be left alone; one second where nobody knows.
        growth: The stop is this many times longer with every refusal in a row; 1 where the
            platform itself said how long.
    """
    told = 0 if retry_after is None else retry_after // timedelta(microseconds=1) * 1000
    if pace.refusals and sent_at <= pace.slowed_at:
        return msgspec.structs.replace(pace, until=max(pace.until, now + told))
    current = share(pace, now)
    refusals = 0 if current >= 1.0 else pace.refusals
    first = told or _SECOND
    # Beyond 2**16 every longest stop is reached; without the limit numbers would grow for ever.
    grown = min(first * growth ** min(refusals, 16), LONGEST_STOP)
    return Pace(
        max(FLOOR, current / 2),
        max(pace.until, now + max(first, grown)),
        now,
        refusals + 1,
    )
