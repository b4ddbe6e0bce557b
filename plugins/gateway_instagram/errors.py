"""Every error code of Instagram messaging in one table: what it means and what is to be done.

Source: Meta for Developers, Instagram Platform, "Messaging API"; Messenger Platform, "Error
codes".
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from gateway_meta.errors import SHARED, Meaning, Table

_WINDOW: Final = Meaning(
    "window_closed",
    "The contact last wrote more than 24 hours ago: only a person's answer goes, within seven "
    "days, and nothing after that until they write.",
)
_STATE: Final = Meaning("reject", "The conversation does not allow this message.")
_FILE: Final = Meaning("reject", "The file cannot be sent: too large or of a wrong type.")

MEANINGS: Final[Table] = MappingProxyType(
    {
        **SHARED,
        (None, 2018278): _WINDOW,
        (None, 2534022): _WINDOW,
        # Meta's pages call it "unavailable" for Messenger and "window closed" for Instagram.
        (None, 1545041): _WINDOW,
        (None, 2534014): Meaning(
            "unreachable", "No such person for this account: a wrong id, or another account's."
        ),
        (None, 2534001): _STATE,
        (None, 2534015): _STATE,
        (36003, None): _FILE,
    }
)
