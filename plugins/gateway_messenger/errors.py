"""Every error code of Messenger in one table: what it means and what is to be done.

Source: Meta for Developers, Messenger Platform, "Error codes"; "Send messages".
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from gateway_meta.errors import SHARED, Meaning, Table, too_fast

_WINDOW: Final = Meaning(
    "window_closed",
    "The contact last wrote more than 24 hours ago: only an approved utility template goes, or "
    "a person's answer within seven days.",
)
_OWNER: Final = Meaning(
    "not_owner", "Another app holds this conversation; ask for it or wait until it is released."
)

MEANINGS: Final[Table] = MappingProxyType(
    {
        **SHARED,
        (2, 2018344): Meaning("reject", "The terms for labels are not accepted."),
        (4, 2018022): too_fast("Too many messages to phone numbers; wait before sending more."),
        (4, 2018354): Meaning("reject", "This subscription was used as often as it may be."),
        (9, None): Meaning(
            "throttle_contact", "Too many actions on this contact.", wait_seconds=60, growth=2
        ),
        (9, 2018352): Meaning("reject", "This subscription was used as often as it may be."),
        (10, 2018065): _WINDOW,
        (10, 2018108): _WINDOW,
        (None, 2018278): _WINDOW,
        (10, 2018300): _OWNER,
        (27, None): Meaning("reject", "The page has no default app, so no app can take control."),
        (None, 1545041): Meaning(
            "unreachable",
            "This person cannot be reached: blocked the page, deleted the conversation, or is not "
            "on Messenger any more.",
        ),
        (2018027, None): Meaning("reject", "The policy for instant games forbids it."),
    }
)
