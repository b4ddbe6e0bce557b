"""When a message is due, and until when. Pure; times are milliseconds since 1970."""

from __future__ import annotations

from typing import Final, TypeAlias

import msgspec

FARTHEST: Final = 366 * 24 * 3600 * 1000
"""Nobody plans further ahead; most who do gave another unit."""


class Due(msgspec.Struct, frozen=True):
    """Send it now."""


class Later(msgspec.Struct, frozen=True):
    """Send it at a time."""

    when: int


class Expired(msgspec.Struct, frozen=True):
    """Its time is over: do not send it."""


When: TypeAlias = Due | Later | Expired


class Unfit(msgspec.Struct, frozen=True, kw_only=True):
    """Why a message's times make no sense; ``field`` as in ``$.send_at``."""

    field: str
    explanation: str


def due(now: int, *, send_at: int | None, expires_at: int | None) -> When:
    """Tell whether a message is due; in the millisecond of its expiry it has expired."""
    if expires_at is not None and now >= expires_at:
        return Expired()
    if send_at is not None and now < send_at:
        return Later(send_at)
    return Due()


def unfit(now: int, *, send_at: int | None, expires_at: int | None) -> Unfit | None:
    """Tell what is wrong with the times of a message that is to be accepted.

    A ``send_at`` that has passed means now.

    Returns:
        None when they are fine.
    """
    for name, time in (("send_at", send_at), ("expires_at", expires_at)):
        if time is not None and time > now + FARTHEST:
            told = f"is more than a year ahead; {name} is in milliseconds since 1970"
            return Unfit(field=f"$.{name}", explanation=told)
    if expires_at is None:
        return None
    if expires_at <= now:
        told = "has passed; expires_at is in milliseconds since 1970"
        return Unfit(field="$.expires_at", explanation=told)
    if send_at is not None and expires_at <= send_at:
        return Unfit(field="$.expires_at", explanation="must be after send_at")
    return None
