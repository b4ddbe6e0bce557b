"""Who must not be written to, as it is kept: per contact, under every form of their number."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

import msgspec

from gateway.model.value import Value
from gateway.policy.consent import EVERYTHING, MARKETING, Standing

SuppressionReason: TypeAlias = Literal["opted_out", "no_marketing", "blocked", "unreachable"]

UNREACHABLE_MS: Final = 24 * 3600 * 1000
"""A platform that could not reach a contact may be able to a day later."""


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


FREE: Final = Kept()
_encoder: Final = msgspec.msgpack.Encoder()
_decoder: Final = msgspec.msgpack.Decoder(Kept)
encode: Final = _encoder.encode


def decode(raw: bytes | None) -> Kept:
    """Return what is known of a contact."""
    return _decoder.decode(raw) if raw else FREE
