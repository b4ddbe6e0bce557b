"""How far a stream may be trimmed. Pure.

A stream keeps ``max_age`` and ``max_length``. A consumer group that has not read that far holds
the trimming back, with a warning, until the stream is twice as old or as long: then what nobody
read is let go, for a full Redis would lose more.
"""

from __future__ import annotations

import msgspec

PATIENCE = 2


class Stream(msgspec.Struct, frozen=True, kw_only=True):
    """How a stream stands.

    Attributes:
        length: Entries now.
        unread_since: Milliseconds of the oldest entry some group has not acknowledged; None when
            every group has read everything, or there is no group.
    """

    length: int
    unread_since: int | None


class Trim(msgspec.Struct, frozen=True, kw_only=True):
    """What to do with a stream.

    Attributes:
        before: Drop entries older than this (milliseconds since 1970).
        max_length: Then keep at most this many; None while a group holds it back.
        held_back: Whether a group holds the trimming back: warn.
        overdue: Whether its patience is used up: what it has not read is dropped.
    """

    before: int
    max_length: int | None
    held_back: bool
    overdue: bool


def trim(stream: Stream, *, now: int, max_age: int, max_length: int) -> Trim:
    """Decide about one stream.

    Args:
        stream: How it stands.
        now: Milliseconds since 1970.
        max_age: Milliseconds.
        max_length: Entries.
    """
    by_age = now - max_age
    unread = stream.unread_since
    held_back = unread is not None and (unread < by_age or stream.length > max_length)
    if not held_back or unread is None:
        return Trim(before=by_age, max_length=max_length, held_back=False, overdue=False)
    overdue = unread < now - PATIENCE * max_age or stream.length > PATIENCE * max_length
    if overdue:
        return Trim(
            before=now - PATIENCE * max_age,
            max_length=PATIENCE * max_length,
            held_back=True,
            overdue=True,
        )
    return Trim(before=min(by_age, unread), max_length=None, held_back=True, overdue=False)
