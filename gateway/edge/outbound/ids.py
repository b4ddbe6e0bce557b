"""Ids of outbound messages: sortable by time, and they name the partition that knows them."""

from __future__ import annotations

import re
import secrets
from typing import Final

_ID: Final = re.compile(r"[0-9a-f]{32}")
_COUNTED: Final = 1 << 24


class MessageIds:
    """Makes ids: 12 hexadecimal digits of time in ms, 6 counted, 12 of this maker, 2 of partition.

    Whatever knows an id finds its record without a search.
    """

    def __init__(self) -> None:
        self._maker = secrets.token_hex(6)
        self._count = 0

    def make(self, now: int, partition: int) -> str:
        """Return an id that nobody has.

        Args:
            now: Milliseconds since 1970.
            partition: Of the account that sends.
        """
        self._count = (self._count + 1) % _COUNTED
        return f"{now & 0xFFFF_FFFF_FFFF:012x}{self._count:06x}{self._maker}{partition:02x}"


def partition_in(message_id: str) -> int | None:
    """Return the partition an id names, or None for what is no id of ours."""
    return int(message_id[30:], 16) if _ID.fullmatch(message_id) else None


def made_at(message_id: str) -> int:
    """Return when an id was made, in milliseconds since 1970."""
    return int(message_id[:12], 16)
