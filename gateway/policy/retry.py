"""Whether to try again, and how long to wait before; pure."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal, TypeAlias

import msgspec


def ceiling(attempt: int, *, base: float = 1.0, cap: float = 300.0) -> float:
    """Longest wait before retry number ``attempt``, in seconds.

    Args:
        attempt: 1 for the first retry.
        base: Seconds allowed before the first retry; doubles with each one.
        cap: Seconds never to be exceeded.

    Raises:
        ValueError: ``attempt`` is below 1.

    Source: "Exponential Backoff And Jitter", AWS Architecture Blog.
    """
    if attempt < 1:
        raise ValueError(f"attempt must be 1 or more, not {attempt}")
    # Beyond 2**60 every cap is reached; without the limit a float would overflow.
    return min(cap, base * 2.0 ** min(attempt - 1, 60))


def full_jitter(attempt: int, draw: float, *, base: float = 1.0, cap: float = 300.0) -> float:
    """Wait before retry number ``attempt``, in seconds: anything up to the ceiling.

    Args:
        attempt: 1 for the first retry.
        draw: A random number from 0 to 1, so that those who failed together do not return
            together.
        base: As for ``ceiling``.
        cap: As for ``ceiling``.

    Raises:
        ValueError: ``attempt`` is below 1, or ``draw`` is no such number.
    """
    if not 0.0 <= draw <= 1.0:
        raise ValueError(f"draw must be from 0 to 1, not {draw}")
    return draw * ceiling(attempt, base=base, cap=cap)


Failure: TypeAlias = Literal[
    "temporary",  # the platform failed; the same again, later
    "throttled",  # too fast
    "in_doubt",  # it may have been sent, nobody knows
    "permanent",  # it will never go
]


class RetryAt(msgspec.Struct, frozen=True):
    """Try again at a time (milliseconds since 1970)."""

    when: int


class GiveUp(msgspec.Struct, frozen=True):
    """Do not try again: the message has failed, or must be reported."""

    reason: Literal["permanent", "attempts", "expired", "in_doubt"]


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """How a message has fared.

    Attributes:
        attempt: How often it was tried; 1 after the first failure.
        expires_at: Milliseconds since 1970; None for never. Throttling alone ends no message, so
            give every message one.
        attempts: How often it may be tried.
        in_doubt: What to do when nobody knows whether it went.
    """

    attempt: int
    expires_at: int | None = None
    attempts: int = 8
    in_doubt: Literal["retry", "report"] = "report"


def next_step(
    failure: Failure, trial: Trial, now: int, *, draw: float, retry_after: timedelta | None = None
) -> RetryAt | GiveUp:
    """Decide what follows a failed try.

    Args:
        failure: What kind.
        trial: How the message has fared.
        now: Milliseconds since 1970.
        draw: As for ``full_jitter``.
        retry_after: How long the platform wants to be left alone; the jitter comes on top, so
            that not everybody returns in the same moment.
    """
    if failure == "permanent":
        return GiveUp("permanent")
    if failure == "in_doubt" and trial.in_doubt == "report":
        return GiveUp("in_doubt")
    # Whoever is throttled was not tried: the message is not at fault.
    if failure != "throttled" and trial.attempt >= trial.attempts:
        return GiveUp("attempts")
    told = 0 if retry_after is None else -(-retry_after // timedelta(milliseconds=1))
    when = now + told + int(full_jitter(trial.attempt, draw) * 1000)
    if trial.expires_at is not None and when >= trial.expires_at:
        return GiveUp("expired")
    return RetryAt(when)
