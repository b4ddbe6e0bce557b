"""How fast a platform takes messages, as values that channels declare."""

from __future__ import annotations

from typing import Literal, TypeAlias

from gateway.model.value import Value

LimitScope: TypeAlias = Literal["account", "contact", "group"]


class Rate(Value, frozen=True, kw_only=True):
    """So many messages in so many seconds, and how many may go at once.

    Attributes:
        messages: How many, in the long run.
        seconds: In which time.
        burst: How many may go at once after a rest.
        burst_seconds: A burst is borrowed from the future: it may last this long, and then
            everything is paid back, message by message at the rate, before the next one goes.
            None where what was paid back may be used at once.
    """

    messages: int
    seconds: int = 1
    burst: int = 1
    burst_seconds: int | None = None

    def __post_init__(self) -> None:
        for name in ("messages", "seconds", "burst"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be 1 or more, not {getattr(self, name)}")
        if self.burst_seconds is not None and self.burst_seconds < 1:
            raise ValueError(f"burst_seconds must be 1 or more, not {self.burst_seconds}")


class RateLimit(Value, frozen=True, kw_only=True):
    """A rate and what it counts.

    Attributes:
        scope: What shares it: all that the ``account`` sends, what it sends to one ``contact``, or
            to one ``group``.
        rate: So many messages in so much time.
        kinds: The kinds of content it counts; none means all.
        recipients: The kinds of recipients it counts, in the channel's own words; none means all.
    """

    scope: LimitScope
    rate: Rate
    kinds: frozenset[str] = frozenset()
    recipients: frozenset[str] = frozenset()

    @property
    def counts_all(self) -> bool:
        """Whether it counts every message of its scope."""
        return not (self.kinds or self.recipients)


class Reach(Value, frozen=True, kw_only=True):
    """How many contacts may be written to first within 24 hours: while their window is closed.

    Attributes:
        shared: Whose limit it is; accounts with the same count together.
        most: How many contacts; None for as many as one likes.
    """

    shared: str
    most: int | None = None


class Limits(Value, frozen=True, kw_only=True):
    """What a channel declares of a platform's limits.

    Attributes:
        rates: Every one that applies must have room before a message goes.
        levels: Where the platform gives accounts different speeds: the account's rate by the name
            of the level. It takes the place of the account's rates that count every kind.
        source: Where the platform says so.
    """

    rates: tuple[RateLimit, ...]
    levels: dict[str, Rate] = {}
    source: str

    def at_level(self, level: str) -> Limits:
        """Return the limits of an account at a level.

        Raises:
            KeyError: There is no such level.
        """
        account = RateLimit(scope="account", rate=self.levels[level])
        others = [each for each in self.rates if each.scope != "account" or not each.counts_all]
        return Limits(rates=(account, *others), source=self.source)

    def applying(self, kind: str, *, group: bool, recipient: str = "") -> tuple[RateLimit, ...]:
        """Return those that count a message.

        Args:
            kind: Of its content.
            group: Whether it goes to a group.
            recipient: The kind of its recipient.
        """
        other = "contact" if group else "group"
        return tuple(
            each
            for each in self.rates
            if each.scope != other
            and (not each.kinds or kind in each.kinds)
            and (not each.recipients or recipient in each.recipients)
        )
