"""Where an update came from, and what is made of one that has no event of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

import msgspec

from gateway.api import (
    Contact,
    Event,
    Fact,
    ItemBroken,
    Notice,
    PlatformNotice,
    digest_of,
    event_id,
    item_fault,
    readable_json,
)

CHANNEL: Final = "telegram"
_END_OF_TIME: Final = 1 << 37
"""Seconds; the year 6325. Ids hold 48 bits of milliseconds."""

Reason: TypeAlias = Literal["unmodelled", "unknown", "broken"]
_NO_FACTS: Final[Mapping[str, Fact]] = MappingProxyType({})


class Source(msgspec.Struct, frozen=True, gc=False):
    """Where an update came from.

    Attributes:
        account: Whose it is.
        bot_id: The bot's own user id.
        at: Milliseconds since 1970, when the request came.
        update_id: Telegram's number of the update; empty where there is none.
        kind: Which of the update's keys this is, for example ``edited_message``.
        raw: What is behind that key.
    """

    account: str
    bot_id: str
    at: int
    update_id: str
    kind: str
    raw: bytes

    @property
    def number(self) -> str:
        """What tells this update from others of the bot, the same in every delivery."""
        return self.update_id or digest_of(self.raw)


Reader: TypeAlias = Callable[[Source], Iterable[Event]]


def milliseconds(time: int | str | None, path: str = ".date") -> int:
    """Return milliseconds since 1970 for a time of Telegram's; 0 where it tells none.

    Raises:
        ItemBroken: It is not a time.
    """
    try:
        seconds = int(time or 0)
    except ValueError:
        seconds = -1
    if 0 <= seconds < _END_OF_TIME:
        return seconds * 1000
    raise ItemBroken(path, f"expected seconds since 1970, got {str(time)[:40]!r}")


def attempt(read: Reader, source: Source) -> list[Event]:
    """Return the events of an update, or a notice that tells what is broken in it."""
    try:
        return list(read(source))
    except Exception as error:  # noqa: BLE001 - a slip of ours must not cost the update
        return [notice(source, reason="broken", error=item_fault(error, f"$.{source.kind}"))]


def notice(
    source: Source,
    *,
    reason: Reason = "unmodelled",
    subject: str = "",
    error: str | None = None,
    facts: Mapping[str, Fact] = _NO_FACTS,
    contact: Contact | None = None,
    time: int = 0,
) -> PlatformNotice:
    """Return the notice that an update becomes.

    Args:
        source: The update.
        reason: See ``gateway.api.Notice``.
        subject: What it is about; the update's kind by default.
        error: What is wrong with it, with its path.
        facts: The parts that are of use.
        contact: Whom it is about.
        time: Milliseconds since 1970; 0 where it tells none.
    """
    subject = subject or source.kind
    return PlatformNotice(
        id=event_id(time, source.account, "platform.notice", reason, subject, source.number),
        at=source.at,
        channel=CHANNEL,
        account=source.account,
        contact=contact,
        notice=Notice(
            reason=reason,
            subject=subject,
            error=error,
            facts=dict(facts),
            raw=readable_json(source.raw),
        ),
    )
