"""Every error code of WhatsApp in one table: what it means and what is to be done.

The same codes answer a call and arrive in failed statuses.

Source: Meta for Developers, WhatsApp Business Platform, "Error codes".
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

import msgspec

from gateway.api import PlatformError
from gateway_whatsapp import wire

Action: TypeAlias = Literal[
    "retry",  # temporary: the same call again, later
    "throttle_app",  # slow down everything the app sends
    "throttle_account",  # slow down what this number sends
    "throttle_contact",  # slow down what goes to this contact
    "reject",  # permanent: this message will never go
    "window_closed",  # only a template can be sent
    "unreachable",  # this contact cannot be reached on WhatsApp
    "opted_out",  # this contact does not want it
    "pause_account",  # nothing goes until a person has mended the account
    "pause_template",  # this template cannot be sent for now
    "none",  # for information
]


class Meaning(msgspec.Struct, frozen=True, gc=False):
    """What a code means."""

    action: Action
    explanation: str


_MEANINGS: Final[Mapping[int, Meaning]] = MappingProxyType(
    {
        131026: Meaning("unreachable", "Cannot be delivered."),
    }
)


def meaning(code: str) -> Meaning | None:
    """Return what a code means, or None for one that is new to us."""
    return _MEANINGS.get(int(code)) if code.isdecimal() else None


def told(error: wire.Error) -> PlatformError:
    """Return an error with its meaning in our words."""
    code = str(error.code)
    known = meaning(code)
    longer = error.error_data.details if error.error_data else error.details
    return PlatformError(
        code=code,
        title=error.title or error.message,
        detail=longer,
        explanation=known.explanation if known else None,
        action=known.action if known else None,
    )


def severity(code: str) -> Literal["critical", "warning", "info"]:
    """Return how much an operator should care about an error that concerns no message."""
    known = meaning(code)
    match known.action if known else None:
        case "pause_account":
            return "critical"
        case "none":
            return "info"
        case _:
            return "warning"
