"""Where an item of a webhook came from: what every event about it needs to know."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

import msgspec

from gateway_whatsapp import payloads, wire

CHANNEL: Final = "whatsapp"
_END_OF_TIME_MS: Final = 1 << 47
"""The year 6429: ids hold 48 bits of milliseconds, and no message is from there."""


class Broken(ValueError):
    """An item cannot be made anything of.

    Args:
        path: Where in the item, for example ``.timestamp``.
        wanted: What would be right there, and what is there instead.
    """

    def __init__(self, path: str, wanted: str) -> None:
        super().__init__(path, wanted)
        self.path = path
        self.wanted = wanted


class NeedsRaw(Exception):
    """The item's own bytes are needed, which the fast way through a body does not keep."""


People: TypeAlias = "wire.Person | dict[str, wire.Person] | None"
"""Who came along with the items of a value: nobody, one person, or up to a thousand by id."""


def people_of(persons: Sequence[wire.Person]) -> People:
    """Return ``contacts[]`` so that each item finds its own person by one look-up."""
    if len(persons) == 1:
        return persons[0]
    found: dict[str, wire.Person] = {}
    for person in reversed(persons):  # the first to have an id keeps it
        for each in (person.parent_user_id, person.user_id, person.wa_id):
            if each:
                found[each] = person
    return found or None


class Source(msgspec.Struct, frozen=True, gc=False):
    """Where an item came from.

    Attributes:
        account: Whose it is.
        at: Milliseconds since 1970, when the request came.
        people: Who is behind the ids in the items, as far as told.
        errors: What the platform told beside the items.
        beside: Ids of the items that ``errors`` were told beside.
        standby: Another app holds the conversation.
        number: Of the account, as people dial it, digits only; empty where not told.
        time: Milliseconds since 1970 of the entry; 0 where it tells none.
        field: The webhook field.
        path: Of the item in the body.
        raw: The item's own bytes, where they are at hand.
    """

    account: str
    at: int
    people: People = None
    errors: tuple[payloads.Error, ...] = ()
    beside: str = ""
    standby: bool = False
    number: str = ""
    time: int = 0
    field: str = "messages"
    path: str = "$"
    raw: bytes | None = None

    def item(self, raw: bytes, path: str) -> Source:
        """Return where an item inside of this one came from.

        Args:
            raw: Its bytes.
            path: From here, for example ``.threads[0]``.
        """
        return msgspec.structs.replace(self, raw=raw, path=self.path + path)

    def bytes_of_item(self) -> bytes:
        """Return the item's own bytes.

        Raises:
            NeedsRaw: They were not kept; the body must be walked item by item.
        """
        if self.raw is None:
            raise NeedsRaw
        return self.raw


def milliseconds(time: payloads.Time | None, path: str = ".timestamp") -> int:
    """Return milliseconds since 1970 for a platform time.

    Raises:
        Broken: It is not a time.
    """
    try:
        moment = int(time)  # type: ignore[arg-type]  # None raises TypeError
        # As seconds_to_ms, without the call: every item passes here.
        moment = moment if moment > 1e11 else moment * 1000
    except (ValueError, TypeError):
        moment = -1
    if 0 <= moment < _END_OF_TIME_MS:
        return moment
    raise Broken(path, f"expected seconds since 1970, got {str(time)[:40]!r}")
