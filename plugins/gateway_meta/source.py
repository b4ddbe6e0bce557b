"""Where an item of a webhook came from, and how the channels of Meta's chat platform differ."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final, Literal, TypeAlias

import msgspec

from gateway.api import ItemBroken, seconds_to_ms

END_OF_TIME_MS: Final = 1 << 47
"""The year 6429: ids hold 48 bits of milliseconds, and no message is from there."""

FieldKind: TypeAlias = Literal["item", "template"]


class Dialect(msgspec.Struct, frozen=True, kw_only=True):
    """What differs between Messenger and Instagram.

    Attributes:
        channel: Type of the channel.
        object: What a body's ``object`` says.
        address: What kind of address the id of a person is.
        fields: Names in ``changes[]`` that are known: ``item`` where the value is what
            ``messaging[]`` holds, ``template`` for news about a template, None where there is no
            type of ours and a notice carries it.
    """

    channel: str
    object: str
    address: Literal["page_scoped", "instagram_scoped"]
    fields: Mapping[str, FieldKind | None]


class Source(msgspec.Struct, frozen=True, gc=False):
    """Where an item came from.

    Attributes:
        dialect: Of which channel it is.
        account: Whose it is.
        at: Milliseconds since 1970, when the request came.
        raw: The item's own bytes.
        path: Of the item in the body.
        owner: The page or Instagram account the entry is about, in the platform's words.
        time: Milliseconds since 1970 of the item, else of its entry; None where neither tells one.
        standby: Another app holds the conversation.
    """

    dialect: Dialect
    account: str
    at: int
    raw: bytes
    path: str = "$"
    owner: str = ""
    time: int | None = None
    standby: bool = False

    @property
    def channel(self) -> str:
        """Type of the channel."""
        return self.dialect.channel

    def item(self, raw: bytes, path: str) -> Source:
        """Return where an item inside of this one came from.

        Args:
            raw: Its bytes.
            path: From here, for example ``.messaging[0]``.
        """
        return msgspec.structs.replace(self, raw=raw, path=self.path + path)

    def timestamp(self) -> int:
        """Return when it happened, in milliseconds since 1970.

        Raises:
            ItemBroken: Neither the item nor its entry tells.
        """
        if self.time is None:
            raise ItemBroken(
                "", "expected a timestamp beside it or a time in the entry, got neither"
            )
        return self.time


def milliseconds(time: float | str, path: str = ".timestamp") -> int:
    """Return milliseconds since 1970 for a platform time.

    Meta sends milliseconds in most places, seconds in some, both now and then as text, and ISO
    8601 where the Graph API's own fields shine through.

    Raises:
        ItemBroken: It is not a time.
    """
    try:
        moment = seconds_to_ms(_number(time))
    except (ValueError, OverflowError):
        moment = -1
    if 0 <= moment < END_OF_TIME_MS:
        return moment
    raise ItemBroken(path, f"expected a time, got {str(time)[:40]!r}")


def _number(time: float | str) -> float:
    if isinstance(time, str) and not time.isdecimal():
        moment = datetime.fromisoformat(time)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000
    return float(time)
