"""Every error code of the other end in one table: what it means and what is to be done.

Source: the README of this package, "Errors".
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

import msgspec
from gateway.api import (
    AccountBroken,
    Answer,
    InDoubt,
    OptedOut,
    PlatformError,
    PlatformFailure,
    Rejected,
    Temporary,
    Throttled,
    Unreachable,
)

Action: TypeAlias = Literal[
    "retry",  # temporary: the same call again, later
    "throttle_account",  # slow down what this account sends
    "reject",  # permanent: this message will never go
    "unreachable",  # this contact cannot be reached here
    "opted_out",  # this contact does not want it
    "pause_account",  # nothing goes until a person has mended the account
]


class Meaning(msgspec.Struct, frozen=True):
    """What a code means.

    Attributes:
        action: What the gateway does about it.
        explanation: For people: what happened, and what they can do.
    """

    action: Action
    explanation: str


# Yours (6): the platform's codes. What the engine does follows from the action alone: what is not
# temporary must not be called so, or it is tried again and again.
_MEANINGS: Final[Mapping[str, Meaning]] = MappingProxyType(
    {
        "busy": Meaning("retry", "The other end is overloaded."),
        "too_fast": Meaning("throttle_account", "The other end gets too much in too short a time."),
        "invalid": Meaning("reject", "The other end does not accept the message."),
        "too_large": Meaning("reject", "The message is too large for the other end."),
        "unknown_contact": Meaning("unreachable", "The other end does not know this contact."),
        "opted_out": Meaning("opted_out", "The contact does not want messages."),
        "unauthorized": Meaning(
            "pause_account", "The other end does not take our signature; compare the secrets."
        ),
    }
)

_DOUBT: Final = "The other end did not say whether it took the message."


class _Failed(msgspec.Struct, frozen=True):
    code: str
    message: str | None = None


class _Failure(msgspec.Struct, frozen=True):
    error: _Failed


def meaning(code: str) -> Meaning | None:
    """Return what a code means, or None for one that is new to us."""
    return _MEANINGS.get(code)


def known() -> tuple[PlatformError, ...]:
    """Return the table as ``Channel.known_errors`` wants it."""
    return tuple(
        PlatformError(code=code, explanation=found.explanation, action=found.action)
        for code, found in _MEANINGS.items()
    )


def in_doubt(answer: Answer) -> InDoubt:
    """Return the error for an answer that says neither yes nor no."""
    return InDoubt(PlatformError(code=f"http_{answer.status}", explanation=_DOUBT))


def failure(answer: Answer) -> PlatformFailure:
    """Return the error that an answer stands for which is no success."""
    try:
        failed = msgspec.json.decode(answer.body, type=_Failure).error
    except (msgspec.DecodeError, UnicodeDecodeError):
        # A proxy's page, or nothing at all: who knows what the program behind it did?
        if answer.status >= 500 or answer.status < 400:
            return in_doubt(answer)
        failed = _Failed(code="")
    found = meaning(failed.code) or _by_status(answer.status)
    error = PlatformError(
        code=failed.code or f"http_{answer.status}",
        title=failed.message,
        explanation=found.explanation,
        action=found.action,
    )
    return _of(found.action, error, wait=_wait(answer))


def _by_status(status: int) -> Meaning:
    new = f"An error that is new to us, taken by its HTTP status {status}"
    if status >= 500 or status == 408:
        return Meaning("retry", f"{new} for a passing one.")
    if status in (401, 403):
        return Meaning("pause_account", f"{new} for trouble with the secret.")
    if status == 429:
        return Meaning("throttle_account", f"{new} for a limit.")
    return Meaning("reject", f"{new} for a refusal.")


def _of(action: Action, error: PlatformError, *, wait: timedelta | None) -> PlatformFailure:
    match action:
        case "retry":
            return Temporary(error, retry_after=wait)
        case "throttle_account":
            return Throttled(error, scope="account", retry_after=wait, growth=2)
        case "reject":
            return Rejected(error)
        case "unreachable":
            return Unreachable(error)
        case "opted_out":
            return OptedOut(error)
        case "pause_account":
            return AccountBroken(error)


def _wait(answer: Answer) -> timedelta | None:
    told = answer.headers.get("retry-after", "")
    known = told.isascii() and told.isdecimal() and len(told) < 8
    return timedelta(seconds=int(told)) if known else None
