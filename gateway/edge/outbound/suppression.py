"""Who must not be written to, as it is kept: per contact, under every form of their number."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Final, Literal, TypeAlias, get_args

import msgspec

from gateway.bus import keys
from gateway.bus.script import SUPPRESS
from gateway.bus.wire import Wire
from gateway.model.value import Value
from gateway.policy.consent import EVERYTHING, MARKETING, Standing

SuppressionReason: TypeAlias = Literal["opted_out", "no_marketing", "blocked", "unreachable"]

ALL_REASONS: Final[tuple[SuppressionReason, ...]] = get_args(SuppressionReason)

UNREACHABLE_MS: Final = 24 * 3600 * 1000
"""A platform that could not reach a contact may be able to a day later."""


LOOKED_THROUGH: Final = 200
"""Contacts at a time; twelve such looks in a minute."""


class Kept(Value, frozen=True, kw_only=True):
    """What is known of one contact.

    Attributes:
        opted_out: Topics they left; see ``gateway.policy.consent``.
        unreachable_until: Milliseconds since 1970.
    """

    opted_out: tuple[str, ...] = ()
    blocked: bool = False
    unreachable_until: int = 0

    def standing(self, now: int) -> Standing:
        """Return it as the policy takes it."""
        return Standing(
            opted_out=frozenset(self.opted_out),
            blocked=self.blocked,
            unreachable=now < self.unreachable_until,
        )

    def with_reason(self, reason: SuppressionReason, now: int) -> Kept:
        """Return it with one reason more."""
        match reason:
            case "opted_out" | "no_marketing":
                topic = EVERYTHING if reason == "opted_out" else MARKETING
                topics = tuple(sorted({*self.opted_out, topic}))
                return msgspec.structs.replace(self, opted_out=topics)
            case "blocked":
                return msgspec.structs.replace(self, blocked=True)
            case "unreachable":
                return msgspec.structs.replace(self, unreachable_until=now + UNREACHABLE_MS)

    def without(self, reasons: Collection[SuppressionReason]) -> Kept:
        """Return it without some reasons."""
        topics = {"opted_out": EVERYTHING, "no_marketing": MARKETING}
        gone = {topic for reason, topic in topics.items() if reason in reasons}
        return Kept(
            opted_out=tuple(each for each in self.opted_out if each not in gone),
            blocked=self.blocked and "blocked" not in reasons,
            unreachable_until=0 if "unreachable" in reasons else self.unreachable_until,
        )

    def at(self, now: int) -> Kept:
        """Return what of it still holds."""
        over = now >= self.unreachable_until
        return msgspec.structs.replace(self, unreachable_until=0) if over else self

    def reasons(self, now: int) -> tuple[SuppressionReason, ...]:
        """Return why the contact is left alone."""
        standing = self.standing(now)
        found: dict[SuppressionReason, bool] = {
            "opted_out": EVERYTHING in standing.opted_out,
            "no_marketing": MARKETING in standing.opted_out,
            "blocked": standing.blocked,
            "unreachable": standing.unreachable,
        }
        return tuple(reason for reason, holds in found.items() if holds)


FREE: Final = Kept()
_encoder: Final = msgspec.msgpack.Encoder()
_decoder: Final = msgspec.msgpack.Decoder(Kept)
encode: Final = _encoder.encode


def decode(raw: bytes | None) -> Kept:
    """Return what is known of a contact."""
    return _decoder.decode(raw) if raw else FREE


async def add(wire: Wire, contact: str, reason: SuppressionReason, *, now: int) -> None:
    """Leave a contact alone from now on.

    Raises:
        RedisUnavailable: It may have been kept; the same again is safe.
    """
    await _changed(wire, contact, lambda known: known.at(now).with_reason(reason, now))


async def lift(
    wire: Wire, contact: str, reasons: Collection[SuppressionReason] = ALL_REASONS
) -> bool:
    """Write to a contact again; returns whether anything was against it.

    Raises:
        RedisUnavailable: It may have been done; the same again is safe.
    """
    return await _changed(wire, contact, lambda known: known.without(reasons))


async def forget_past(wire: Wire, cursor: bytes, *, now: int) -> bytes:
    """Look through a part of the list, and drop what was against contacts for a time that is over.

    Args:
        wire: To the partition.
        cursor: Where the last look ended; ``0`` to begin.
        now: Milliseconds since 1970.

    Returns:
        Where this one ended; ``0`` when that was all.

    Raises:
        RedisUnavailable: Not now.
    """
    key = keys.suppressed(wire.partition)
    ended, found = await wire.call(b"HSCAN", key, cursor, b"COUNT", LOOKED_THROUGH)
    for contact, raw in zip(found[::2], found[1::2], strict=True):
        known = decode(raw)
        if known.at(now) != known:
            await _changed(wire, contact.decode(), lambda known: known.at(now))
    return bytes(ended)


async def _changed(wire: Wire, contact: str, change: Callable[[Kept], Kept]) -> bool:
    """Change what is kept of a contact; returns whether that made a difference."""
    key = keys.suppressed(wire.partition)
    while True:
        raw: bytes = await wire.call(b"HGET", key, contact) or b""
        known = decode(raw)
        changed = change(known)
        if changed == known:
            return False
        kept = b"" if changed == FREE else encode(changed)
        if await wire.run(SUPPRESS, 1, key, contact, raw, kept):
            return True
