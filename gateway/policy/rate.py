"""When a message may go without passing a limit: token buckets by GCRA. Pure.

A bucket is told by one time: when it will be full again. A message moves that time on by one
interval, and may go while the time is no further ahead than the burst allows. So in any stretch of
time no more goes than the burst and what the rate gives in that time. Every call counts as one
message: no platform counts any that we make as more.

All times are whole nanoseconds of one clock (``time.monotonic_ns``), so that nothing is lost to
rounding; intervals are rounded up, never down.

Source: "Generic Cell Rate Algorithm", ITU-T I.371, Annex A.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import msgspec

from gateway.model.limits import Rate
from gateway.policy.pace import STEADY, Pace, share

SECOND: Final = 1_000_000_000


class Bucket(msgspec.Struct, frozen=True, gc=False):
    """How much of a rate is used.

    A bucket that is full is like a new one and need not be kept.

    Attributes:
        full_at: When it is full again.
        since: When the burst it is in began.
    """

    full_at: int = 0
    since: int = 0

    def is_full(self, now: int) -> bool:
        return self.full_at <= now


FULL: Final = Bucket()


class Draw(msgspec.Struct, frozen=True, kw_only=True):
    """What one message needs of one bucket.

    Attributes:
        pace: How far the platform slowed us down.
    """

    rate: Rate
    bucket: Bucket = FULL
    pace: Pace = STEADY


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What became of it.

    Attributes:
        wait: Nanoseconds until it is worth asking again; 0 when the message may go.
        buckets: As they are now, in the order of the draws; unchanged while it must wait.
    """

    wait: int
    buckets: tuple[Bucket, ...]


def take(draws: Sequence[Draw], now: int) -> Taken:
    """Take what one message needs of all its buckets, or of none.

    Args:
        draws: One for each limit that counts it.
        now: Nanoseconds.
    """
    wait = 0
    for each in draws:
        # Nearly every bucket is full, and seeing that costs a tenth.
        if each.bucket.full_at > now or each.pace.until > now:
            wait = max(wait, ready_at(each, now) - now)
    if wait:
        return Taken(wait=wait, buckets=tuple([each.bucket for each in draws]))
    return Taken(wait=0, buckets=tuple([_used(each, now) for each in draws]))


def returned(draw: Draw) -> Bucket:
    """Return a bucket after a message that it let pass was not sent; what it took when slowed stays."""
    return Bucket(draw.bucket.full_at - _interval(draw.rate), draw.bucket.since)


def ready_at(draw: Draw, now: int) -> int:
    """Return when a message may go: ``now`` or later."""
    bucket = draw.bucket
    earliest = max(now, draw.pace.until)
    if bucket.full_at <= earliest:
        return earliest
    room = max(0, draw.rate.burst * _interval(draw.rate) - _step(draw, earliest))
    ready = max(earliest, bucket.full_at - room)
    lasts = draw.rate.burst_seconds
    if lasts is not None and ready >= bucket.since + lasts * SECOND:
        return bucket.full_at
    return ready


def _used(draw: Draw, now: int) -> Bucket:
    bucket, step = draw.bucket, _step(draw, now)
    if bucket.full_at <= now:
        return Bucket(now + step, now)
    return Bucket(bucket.full_at + step, bucket.since)


def _interval(rate: Rate) -> int:
    return -(-rate.seconds * SECOND // rate.messages)


def _step(draw: Draw, now: int) -> int:
    """How far a message moves the time on; longer while the platform wants us slower."""
    full = _interval(draw.rate)
    allowed = share(draw.pace, now)
    return full if allowed >= 1.0 else math.ceil(full / allowed)
