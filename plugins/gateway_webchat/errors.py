"""Every way in which a message does not reach a visitor's log.

The channel is our own, so these are our own codes; the status is that of the ``Answer``.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final, Literal, TypeAlias

import msgspec

from gateway.api import InDoubt, PlatformError, PlatformFailure, Rejected, Temporary, Unreachable

Action: TypeAlias = Literal[
    "retry",  # temporary: the same again, later
    "in_doubt",  # it may be in the log
    "reject",  # this message will never go
    "unreachable",  # this visitor cannot be reached
]


class Meaning(msgspec.Struct, frozen=True, gc=False):
    """What an error means."""

    status: int
    action: Action
    explanation: str


TABLE: Final = MappingProxyType(
    {
        "unknown_visitor": Meaning(
            404,
            "unreachable",
            "No such visitor: an anonymous one has a session of this account, which was not used "
            "for longer than it lives.",
        ),
        "unknown_file": Meaning(404, "reject", "The media store has no file of this id."),
        "malformed_call": Meaning(400, "reject", "The call is not one that this channel renders."),
        "redis_away": Meaning(
            503, "retry", "Redis does not confirm; written twice, it is shown once."
        ),
        "redis_in_doubt": Meaning(
            504, "in_doubt", "Redis did not confirm, and nothing tells this message from another."
        ),
        "store_away": Meaning(503, "retry", "The media store cannot be read."),
    }
)


def known() -> tuple[PlatformError, ...]:
    """Return the table as ``Channel.known_errors`` wants it."""
    return tuple(
        PlatformError(code=code, explanation=each.explanation, action=each.action)
        for code, each in TABLE.items()
    )


def failure(code: str, status: int) -> PlatformFailure:
    """Return what an answer with a code is; an unknown one is in doubt.

    Args:
        code: Of the answer; empty where it has none.
        status: Of the answer.
    """
    meaning = TABLE.get(code)
    if meaning is None:
        told = f"Not an answer of this channel (status {status})."
        return InDoubt(PlatformError(code=code or "unreadable", explanation=told))
    error = PlatformError(code=code, explanation=meaning.explanation, action=meaning.action)
    match meaning.action:
        case "retry":
            return Temporary(error)
        case "in_doubt":
            return InDoubt(error)
        case "reject":
            return Rejected(error)
        case "unreachable":
            return Unreachable(error)
