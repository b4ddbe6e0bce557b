"""What follows when a message was not taken: pure, from the error and how it has fared."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

import msgspec

from gateway.edge.outbound.progress import Progress
from gateway.edge.outbound.suppression import SuppressionReason
from gateway.edge.outbound.terms import InDoubtPolicy
from gateway.errors import (
    AccountBroken,
    InDoubt,
    OptedOut,
    PlatformFailure,
    TemplatePaused,
    Temporary,
    Throttled,
    Unreachable,
    WindowClosed,
)
from gateway.model.status import Failure
from gateway.policy.retry import GiveUp, RetryAt, Trial, next_step


class Again(msgspec.Struct, frozen=True, kw_only=True):
    """Try again, not before a time (milliseconds since 1970).

    Attributes:
        why: ``temporary``, ``throttled``, ``in_doubt`` or ``paused``.
        counted: It counts as a try.
    """

    when: int
    why: Literal["temporary", "throttled", "in_doubt", "paused"]
    counted: bool = True


class Failed(msgspec.Struct, frozen=True, kw_only=True):
    """It will not be sent.

    Attributes:
        suppress: The contact is to be left alone, and why.
    """

    failure: Failure
    suppress: SuppressionReason | None = None


class Closed(msgspec.Struct, frozen=True):
    """The platform says that the window is closed: decide anew."""


Verdict: TypeAlias = Again | Failed | Closed


class Situation(msgspec.Struct, frozen=True, kw_only=True):
    """How a message has fared, for ``verdict``.

    Attributes:
        attempts: How often it may be tried.
        draw: A random number from 0 to 1.
    """

    progress: Progress
    expires_at: int | None
    attempts: int
    in_doubt: InDoubtPolicy
    now: int
    draw: float


def verdict(error: PlatformFailure, situation: Situation) -> Verdict:  # noqa: PLR0911 - a line each
    """Tell what follows an error of the platform."""
    match error:
        case WindowClosed():
            return Closed()
        case AccountBroken():
            return Again(when=situation.now, why="paused", counted=False)
        case Throttled():
            return _again(error, "throttled", situation, situation.attempts)
        case InDoubt():
            return _again(error, "in_doubt", situation, situation.attempts)
        case Temporary(tries=tries):
            most = situation.attempts if tries is None else min(situation.attempts, tries + 1)
            return _again(error, "temporary", situation, most)
        case Unreachable():
            return Failed(failure=_failure("unreachable", error), suppress="unreachable")
        case OptedOut():
            return Failed(failure=_failure("opted_out", error), suppress="no_marketing")
        case TemplatePaused():
            return Failed(failure=_failure("template_paused", error))
        case _:
            return Failed(failure=_failure("rejected", error))


def expired(error: PlatformFailure | None = None) -> Failure:
    """Return the failure of a message whose time is over."""
    told = "Its time was over before it could be sent."
    return Failure(reason="expired", explanation=told, error=error.error if error else None)


def unclear() -> Failure:
    """Return the failure of a message of which nobody knows whether it was sent."""
    return Failure(reason="in_doubt", explanation=_UNCLEAR)


_UNCLEAR: Final = (
    "Nobody knows whether it was sent: the gateway ended, or the platform gave no answer, in the "
    "middle. The account's in_doubt setting says to report it rather than risk sending it twice."
)


def _again(
    error: PlatformFailure,
    why: Literal["temporary", "throttled", "in_doubt"],
    situation: Situation,
    attempts: int,
) -> Verdict:
    trial = Trial(
        attempt=situation.progress.tries + 1,
        expires_at=situation.expires_at,
        attempts=attempts,
        in_doubt=situation.in_doubt,
    )
    step = next_step(why, trial, situation.now, draw=situation.draw, retry_after=error.retry_after)
    match step:
        case RetryAt(when=when):
            return Again(when=when, why=why, counted=why != "throttled")
        case GiveUp(reason="expired"):
            return Failed(failure=expired(error))
        case GiveUp(reason="in_doubt"):
            return Failed(
                failure=Failure(reason="in_doubt", explanation=_UNCLEAR, error=error.error)
            )
        case _:
            return Failed(failure=_failure("attempts", error))


def _failure(reason: str, error: PlatformFailure) -> Failure:
    told = error.error.explanation or error.error.title or str(error)
    return Failure(reason=reason, explanation=told, error=error.error)
