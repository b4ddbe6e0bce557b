"""Where an item of a webhook came from: what every event about it needs to know."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeAlias

import msgspec

from gateway.api import Event, ItemBroken
from gateway_meta.source import END_OF_TIME_MS
from gateway_whatsapp import payloads, wire

CHANNEL: Final = "whatsapp"


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
        kept: The item's own bytes, where they are at hand.
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
    kept: bytes | None = None

    @property
    def channel(self) -> str:
        """Type of the channel."""
        return CHANNEL

    @property
    def raw(self) -> bytes:
        """The item's own bytes.

        Raises:
            NeedsRaw: They were not kept; the body must be walked item by item.
        """
        if self.kept is None:
            raise NeedsRaw
        return self.kept

    def item(self, raw: bytes, path: str) -> Source:
        """Return where an item inside of this one came from.

        Args:
            raw: Its bytes.
            path: From here, for example ``.threads[0]``.
        """
        return msgspec.structs.replace(self, kept=raw, path=self.path + path)


Reader: TypeAlias = Callable[[Source], Iterable[Event]]
"""Makes an item's events; may raise anything."""


def milliseconds(time: payloads.Time | None, path: str = ".timestamp") -> int:
    """Return milliseconds since 1970 for a platform time.

    Raises:
        ItemBroken: It is not a time.
    """
    try:
        moment = int(time)  # type: ignore[arg-type]  # None raises TypeError
        # As seconds_to_ms, without the call: every item passes here.
        moment = moment if moment > 1e11 else moment * 1000
    except (ValueError, TypeError):
        moment = -1
    if 0 <= moment < END_OF_TIME_MS:
        return moment
    raise ItemBroken(path, f"expected seconds since 1970, got {str(time)[:40]!r}")
