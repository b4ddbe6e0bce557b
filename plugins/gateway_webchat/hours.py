"""Opening hours: ``mon-fri 09:00-18:00``, in the account's time zone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, time
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

Day: TypeAlias = int
DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LINE: Final = re.compile(
    r"(?P<first>[a-z]{3})(?:-(?P<last>[a-z]{3}))? (?P<opens>\d\d:\d\d)-(?P<closes>\d\d:\d\d)"
)


class Stretch(msgspec.Struct, frozen=True):
    """Hours on some days; ``closes`` midnight is the end of the day."""

    days: frozenset[Day]
    opens: time
    closes: time

    def has(self, moment: datetime) -> bool:
        now = moment.time()
        ends = self.closes == time(0) or now < self.closes
        return moment.weekday() in self.days and self.opens <= now and ends


class Hours(msgspec.Struct, frozen=True):
    """When somebody answers; without any stretch, always."""

    stretches: tuple[Stretch, ...] = ()
    zone: ZoneInfo | None = None

    def are_open(self, moment: datetime) -> bool:
        """Whether somebody answers at a moment (aware)."""
        if not self.stretches:
            return True
        local = moment.astimezone(self.zone)
        return any(each.has(local) for each in self.stretches)


def read(lines: Sequence[str], zone: str) -> Hours:
    """Read opening hours.

    Raises:
        ValueError: A line or the zone cannot be read; the text says which.
    """
    try:
        found = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"time_zone {zone!r} is not known; write it like America/Bogota") from None
    return Hours(tuple(_stretch(each) for each in lines), found)


def _stretch(line: str) -> Stretch:
    try:
        first, last, opens, closes = _parts(line.strip().lower())
    except ValueError:
        wanted = "mon-fri 09:00-18:00 or sat 10:00-14:00"
        raise ValueError(f"opening_hours: {line!r} is not like {wanted}") from None
    if closes != time(0) and closes <= opens:
        raise ValueError(f"opening_hours: {line!r} closes before it opens; write it as two lines")
    # fri-mon goes over the weekend.
    days = frozenset((first + each) % 7 for each in range((last - first) % 7 + 1))
    return Stretch(days, opens, closes)


def _parts(line: str) -> tuple[Day, Day, time, time]:
    told = _LINE.fullmatch(line)
    if told is None:
        raise ValueError(line)
    return (
        DAYS.index(told["first"]),
        DAYS.index(told["last"] or told["first"]),
        time.fromisoformat(told["opens"]),
        time.fromisoformat(told["closes"]),
    )
