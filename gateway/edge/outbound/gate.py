"""Keeps the platform's rates for one account: buckets in memory, for one process owns them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal

import msgspec

from gateway.edge.outbound.ticket import Ticket
from gateway.errors import Throttled
from gateway.model.limits import Limits, RateLimit
from gateway.policy.pace import STEADY, Pace, share, slowed
from gateway.policy.rate import FULL, Bucket, Draw, ready_at, returned, take

MOST_KEPT: Final = 10_000
"""Buckets of contacts that are looked through before the full ones are dropped."""


class Pass(msgspec.Struct, frozen=True, gc=False):
    """Whether a message may go.

    Attributes:
        wait: Nanoseconds until it is worth asking again; 0 when it may go, and is counted.
        everybody: The whole account must wait, not only this contact, or this kind of message.
    """

    wait: int
    everybody: bool = False


GO: Final = Pass(0)


class Saved(msgspec.Struct, frozen=True, array_like=True):
    """What the next owner must know of an account's rates; full buckets are left out.

    Times within are nanoseconds after it was saved: what only goes forward begins anew with every
    machine.

    Attributes:
        form: Of what follows. Builds that wrote times since 1970 had none, and are not understood.
        at: When it was saved, in milliseconds since 1970.
        clean: The last owner stopped in good order: nothing was sent after this.
    """

    form: Literal[2]
    at: int
    clean: bool
    buckets: tuple[tuple[int, str, Bucket], ...] = ()
    pace: Pace = STEADY


_encoder: Final = msgspec.msgpack.Encoder()
_decoder: Final = msgspec.msgpack.Decoder(Saved)


class Gate:
    """Lets messages of one account pass.

    Args:
        limits: Of the channel; None where the platform names none.
        ticks: Nanoseconds that only go forward.
    """

    def __init__(self, limits: Limits | None, *, ticks: Callable[[], int]) -> None:
        self._ticks = ticks
        self._limits = limits
        self._buckets: dict[tuple[int, str], Bucket] = {}
        self._sweep_above = MOST_KEPT
        self._pace = STEADY
        self._paces: dict[str, Pace] = {}
        self._applying: dict[tuple[str, bool, str], tuple[tuple[int, RateLimit], ...]] = {}

    def set_limits(self, limits: Limits | None) -> None:
        """Take other limits from now on; what was used of the old ones stays used."""
        if limits != self._limits:
            self._limits = limits
            self._applying.clear()

    def enter(self, ticket: Ticket) -> Pass:
        """Let a message pass, or tell how long it must wait."""
        now = self._ticks()
        if now < self._pace.until:
            return Pass(self._pace.until - now, everybody=True)
        places, draws = self._draws(ticket)
        pace = self._paces.get(ticket.contact)
        if pace is not None and now < pace.until:
            return Pass(pace.until - now)
        taken = take(draws, now)
        if taken.wait:
            return self._must_wait(places, draws, now, taken.wait)
        for place, bucket in zip(places, taken.buckets, strict=True):
            self._buckets[place] = bucket
        if len(self._buckets) > self._sweep_above:
            self._sweep(now)
            # If hardly any was full, the next look must be far away: it is long for one message.
            self._sweep_above = max(MOST_KEPT, 2 * len(self._buckets))
        return GO

    def give_back(self, ticket: Ticket) -> None:
        """Count a message no more that was let pass: nothing was sent."""
        for place, draw in zip(*self._draws(ticket), strict=True):
            if place in self._buckets:
                self._buckets[place] = returned(draw)

    def refused(self, ticket: Ticket, told: Throttled, *, sent_at: int) -> None:
        """Slow down after the platform refused a message for being too fast."""
        now = self._ticks()
        own = told.scope == "contact"
        before = self._paces.get(ticket.contact, STEADY) if own else self._pace
        after = slowed(
            before, now, sent_at=sent_at, retry_after=told.retry_after, growth=told.growth
        )
        if own:
            self._paces[ticket.contact] = after
        else:
            self._pace = after

    @property
    def pace(self) -> Pace:
        """How far the platform slowed the whole account down."""
        return self._pace

    def slow_with(self, other: Pace) -> None:
        """Be no faster than another account of the same application."""
        if other.until > self._pace.until:
            self._pace = other

    def stopped(self, scope: Literal["account", "contact", "app"], contact: str) -> int:
        """Return for how many nanoseconds nothing goes."""
        pace = self._paces.get(contact, STEADY) if scope == "contact" else self._pace
        return max(0, pace.until - self._ticks())

    @property
    def share(self) -> float:
        """Share of the platform's rate that is used now, from 1/64 to 1."""
        return share(self._pace, self._ticks())

    def saved(self, *, at: int, clean: bool, spare: int = 0) -> bytes:
        """Return what the next owner must know.

        Args:
            at: Milliseconds since 1970.
            clean: Nothing is sent after this.
            spare: Nanoseconds for which nobody else can begin. What is full by then is left out:
                nearly all of the contacts of a campaign.
        """
        now = self._ticks()
        self._sweep(now)
        buckets = tuple(
            [
                (index, contact, _moved(bucket, -now))
                for (index, contact), bucket in self._buckets.items()
                if bucket.full_at > now + spare
            ]
        )
        return _encoder.encode(Saved(2, at, clean, buckets[:MOST_KEPT], _paced(self._pace, -now)))

    def take_over(self, raw: bytes | None, *, at: int) -> None:
        """Go on where the last owner was.

        Of one that died, what it sent at last is not known: the account's own buckets then begin
        empty. Somebody who never sent leaves nothing behind.

        Args:
            raw: What was saved, or None.
            at: Milliseconds since 1970.
        """
        if raw is None:
            return
        now = self._ticks()
        try:
            saved = _decoder.decode(raw)
        except msgspec.DecodeError:  # another build's: begin as after a death
            saved = Saved(2, at, clean=False)
        then = _then(saved, at=at, ticks=now)
        self._pace = _paced(saved.pace, then)
        self._buckets = {
            (index, contact): _moved(bucket, then) for index, contact, bucket in saved.buckets
        }
        if saved.clean or self._limits is None:
            return
        for index, limit in enumerate(self._limits.rates):
            if limit.scope == "account":
                rate = limit.rate
                full_at = now + rate.burst * -(-rate.seconds * 1_000_000_000 // rate.messages)
                self._buckets[(index, "")] = Bucket(full_at, now)

    def _draws(self, ticket: Ticket) -> tuple[list[tuple[int, str]], list[Draw]]:
        limits = self._applying.get((ticket.kind, ticket.group, ticket.recipient))
        if limits is None:
            limits = self._numbered(ticket)
        places = [
            (index, "" if each.scope == "account" else ticket.contact) for index, each in limits
        ]
        draws = [
            Draw(
                rate=limit.rate,
                bucket=self._buckets.get(place, FULL),
                pace=self._pace
                if limit.scope == "account"
                else self._paces.get(ticket.contact, STEADY),
            )
            for place, (_, limit) in zip(places, limits, strict=True)
        ]
        return places, draws

    def _numbered(self, ticket: Ticket) -> tuple[tuple[int, RateLimit], ...]:
        """Return the limits that count a message, each with its place among all."""
        found: tuple[tuple[int, RateLimit], ...] = ()
        if self._limits is not None:
            applying = self._limits.applying(
                ticket.kind, group=ticket.group, recipient=ticket.recipient
            )
            found = tuple(
                (index, each) for index, each in enumerate(self._limits.rates) if each in applying
            )
        self._applying[(ticket.kind, ticket.group, ticket.recipient)] = found
        return found

    def _must_wait(
        self, places: list[tuple[int, str]], draws: list[Draw], now: int, wait: int
    ) -> Pass:
        assert self._limits is not None  # noqa: S101 - somebody's bucket was empty
        for (index, _), draw in zip(places, draws, strict=True):
            limit = self._limits.rates[index]
            if limit.scope == "account" and limit.counts_all:
                own = ready_at(draw, now) - now
                if own > 0:
                    return Pass(own, everybody=True)
        return Pass(wait)

    def _sweep(self, now: int) -> None:
        self._buckets = {at: each for at, each in self._buckets.items() if not each.is_full(now)}
        self._paces = {
            at: each for at, each in self._paces.items() if now < each.until or share(each, now) < 1
        }


def told_pace(pace: Pace, *, at: int, ticks: int) -> bytes:
    """Return a pace as another process is told of it, whose ticks may be others.

    Args:
        pace: By our ticks.
        at: Milliseconds since 1970.
        ticks: As they are now.
    """
    return _encoder.encode(Saved(2, at, clean=True, pace=_paced(pace, -ticks)))


def heard_pace(raw: bytes, *, at: int, ticks: int) -> Pace:
    """Return the pace that another process told, by our ticks; see ``told_pace``."""
    saved = _decoder.decode(raw)
    return _paced(saved.pace, _then(saved, at=at, ticks=ticks))


def _then(saved: Saved, *, at: int, ticks: int) -> int:
    """Return our ticks when something was saved."""
    # Where the clock was put back meanwhile, no time is known to have passed.
    return ticks - max(0, at - saved.at) * 1_000_000


def _moved(bucket: Bucket, by: int) -> Bucket:
    return Bucket(bucket.full_at + by, bucket.since + by)


def _paced(pace: Pace, by: int) -> Pace:
    if pace == STEADY:
        return pace
    return msgspec.structs.replace(pace, until=pace.until + by, slowed_at=pace.slowed_at + by)
