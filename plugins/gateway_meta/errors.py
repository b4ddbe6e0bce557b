"""What Meta's errors have in common: what can be done about them, and codes of every chat.

Source: Meta for Developers, Messenger Platform, "Error codes"; Graph API, "Handle errors".
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

import msgspec

from gateway.api import PlatformError

Action: TypeAlias = Literal[
    "retry",  # temporary: the same call again, later
    "in_doubt",  # may have been sent: look for its echo before sending again
    "throttle_app",  # slow down everything the app asks
    "throttle_account",  # slow down what this account sends
    "throttle_contact",  # slow down what goes to this contact
    "reject",  # permanent: this message will never go
    "reject_template",  # permanent: the template is not there, or is filled otherwise
    "window_closed",  # the contact must write first, or what is allowed outside must be sent
    "unreachable",  # this contact cannot be reached
    "opted_out",  # this contact does not want it
    "not_owner",  # another app holds the conversation
    "pause_account",  # nothing goes until a person has mended the account
    "pause_billable",  # the same of templates, which are charged for; everything else goes
    "pause_template",  # this template cannot be sent for now
    "none",  # for information
]

Code: TypeAlias = tuple[int | None, int | None]
"""A code and a subcode; None for any."""


class Meaning(msgspec.Struct, frozen=True, gc=False):
    """What a code means.

    Attributes:
        action: What the gateway does about it.
        explanation: For people: what happened, and what they can do.
        wait_seconds: How long to leave the platform alone, where it says so.
        growth: By how much the wait grows with each refusal in a row.
        tries: How often another try makes sense; None as often as the engine likes.
    """

    action: Action
    explanation: str
    wait_seconds: int | None = None
    growth: int = 1
    tries: int | None = None


Table: TypeAlias = Mapping[Code, Meaning]

PERMISSION: Final = Meaning(
    "pause_account",
    "The app or its token lacks a permission or a feature for this; connect the account again "
    "and look at the app's review.",
)
TOKEN: Final = Meaning("pause_account", "The access token is not valid any more; connect again.")
_FAILED: Final = Meaning(
    "retry", "Something failed on the platform's side; tried once more.", tries=1
)
_BUSY: Final = Meaning("throttle_app", "The app made too many calls.", wait_seconds=60, growth=2)


_GONE: Final = Meaning(
    "reject", "What was named does not exist or may not be seen with this token."
)
_AWAY: Final = Meaning(
    "unreachable",
    "This person cannot be reached: blocked us, deleted the conversation or left the platform.",
)
_FILE: Final = Meaning(
    "retry",
    "The platform could not fetch or use the file: its address did not answer, or it is of "
    "another type than was said; tried once more.",
    tries=1,
)
FILE_LOST: Final = frozenset({"2018007", "2018008", "2018047"})
"""Subcodes after which a file that was uploaded before is uploaded anew."""


def too_fast(explanation: str, *, wait_seconds: int = 60) -> Meaning:
    """Return what a limit of an account means."""
    return Meaning("throttle_account", explanation, wait_seconds=wait_seconds, growth=2)


SHARED: Final[Table] = MappingProxyType(
    {
        # The platform itself
        (1, None): _FAILED,
        (1, 99): _FAILED,
        (1, 1357046): Meaning(
            "in_doubt",
            "The platform could not read its own answer; the message may have been sent.",
        ),
        (2, None): Meaning("retry", "The platform is down, or the contact blocked us.", tries=3),
        (1200, None): Meaning("retry", "Sending failed on the platform's side for now."),
        # Access
        (0, None): TOKEN,
        (3, None): PERMISSION,
        (10, None): PERMISSION,
        (102, None): TOKEN,
        (190, None): TOKEN,
        (190, 458): Meaning("pause_account", "The app was removed by the person who connected it."),
        (190, 459): Meaning(
            "pause_account", "The person who connected the app must log in to Meta once."
        ),
        (190, 460): Meaning("pause_account", "A changed password ended the token; connect again."),
        (190, 463): Meaning("pause_account", "The access token has expired; connect again."),
        (190, 464): Meaning("pause_account", "The person who connected the app is not confirmed."),
        (190, 467): TOKEN,
        (230, None): PERMISSION,
        (368, None): Meaning(
            "pause_account", "Meta blocks the account for a while over its policies."
        ),
        # Limits
        (4, None): _BUSY,
        (32, None): too_fast("The account made too many calls."),
        (613, None): too_fast("Too many calls in a short time.", wait_seconds=5),
        (80006, None): too_fast("The account sends too much."),
        (80007, None): too_fast("The account sends too much."),
        # The contact
        (551, None): _AWAY,
        (551, 1545041): _AWAY,
        (None, 2018001): Meaning(
            "unreachable", "No such person for this account: a wrong id, or another account's."
        ),
        # The message
        (33, None): _GONE,
        (100, None): Meaning("reject", "A parameter is wrong; the platform's text names it."),
        (100, 33): _GONE,
        (100, 2018007): _FILE,
        (100, 2018008): _FILE,
        (100, 2018047): _FILE,
        (100, 2018109): Meaning("reject", "The file is larger than the platform takes."),
        (36000, None): Meaning("reject", "The picture is too large; send a smaller one."),
    }
)
"""Codes that mean the same on every channel; a channel's own table adds to them."""

_PERMISSIONS: Final = range(200, 300)


def find(table: Table, code: int, subcode: int | None = None) -> Meaning | None:
    """Return what an error means, or None for one that is new to us.

    The pair is looked for first, then the subcode under any code, then the code alone.

    Args:
        table: Of the channel.
        code: ``error.code``.
        subcode: ``error.error_subcode``, where it was told.
    """
    wanted: list[Code] = [(code, None)]
    if subcode is not None:
        wanted = [(code, subcode), (None, subcode), *wanted]
    found = next((table[each] for each in wanted if each in table), None)
    if found is None and code in _PERMISSIONS:
        return PERMISSION
    return found


def known(table: Table) -> tuple[PlatformError, ...]:
    """Return a table as ``Channel.known_errors`` wants it.

    A subcode that means the same under any code stands with 100, under which most come.
    """
    return tuple(
        PlatformError(
            code=str(100 if code is None else code),
            subcode=None if subcode is None else str(subcode),
            explanation=found.explanation,
            action=found.action,
        )
        for (code, subcode), found in table.items()
    )
