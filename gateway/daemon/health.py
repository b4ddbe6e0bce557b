"""What works and what does not, with a cause: ``/readyz`` and a gauge show it.

A part of the daemon registers itself and says when its state changes. A part is never asked: what
was last known is what is shown, with the time since when.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, Literal, TypeAlias

import msgspec

from gateway.telemetry.metrics import Metrics

Cause: TypeAlias = Literal["auth", "network", "silence", "disk", "redis", "platform", "starting"]
"""``auth`` a token or secret is refused · ``network`` the platform cannot be reached · ``silence``
nothing comes where something should · ``disk`` full or not writable · ``redis`` does not confirm ·
``platform`` it restricts or bans the account · ``starting`` nothing is known yet."""

ACCOUNT: Final = "account:"
"""Begins the name of an account's component."""

State: TypeAlias = Literal["up", "degraded", "down"]
"""``degraded``: work goes on without this part, so the daemon is ready all the same."""


def milliseconds() -> int:
    """Return milliseconds since 1970 by this machine's clock."""
    return time.time_ns() // 1_000_000


class Condition(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a part is.

    Attributes:
        state: Whether it works.
        since: Milliseconds since 1970, when it became so.
        cause: Why not, in one word.
        detail: Why not, for a person; nothing secret.
    """

    state: State
    since: int
    cause: Cause | None = None
    detail: str = ""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What ``/readyz`` answers.

    Attributes:
        ready: Whether work may be sent here.
        stopping: Whether a stop was asked for.
        components: How each part is, by name.
    """

    ready: bool
    stopping: bool
    components: dict[str, Condition]


class Component:
    """One part's own handle; it says how it is.

    Attributes:
        name: ``redis``, ``spool``, ``account:ID``…
        essential: Whether the daemon can do without it: a spool stands in for Redis, but an
            account that is refused cannot make the others unready.
        condition: What was last said.
    """

    def __init__(
        self, name: str, *, essential: bool, metrics: Metrics, clock: Callable[[], int]
    ) -> None:
        self.name = name
        self.essential = essential
        self._clock = clock
        self._gauge = metrics.component_up.labels(name)
        self.condition = Condition(state="down", since=clock(), cause="starting")
        self._gauge.set(0)

    def up(self) -> None:
        """Say that it works."""
        self._become("up", None, "")

    def degraded(self, cause: Cause, detail: str = "") -> None:
        """Say that it works in part, or that something stands in for it."""
        self._become("degraded", cause, detail)

    def down(self, cause: Cause, detail: str = "") -> None:
        """Say that it does not work."""
        self._become("down", cause, detail)

    def _become(self, state: State, cause: Cause | None, detail: str) -> None:
        now = self.condition
        since = now.since if (now.state, now.cause) == (state, cause) else self._clock()
        self.condition = Condition(state=state, since=since, cause=cause, detail=detail)
        self._gauge.set(1 if state == "up" else 0)


class Health:
    """Every part of one process.

    Args:
        metrics: Where the gauge is.
        clock: Milliseconds since 1970.
    """

    def __init__(self, metrics: Metrics, *, clock: Callable[[], int] = milliseconds) -> None:
        self._metrics = metrics
        self._clock = clock
        self._components: dict[str, Component] = {}
        self._stopping = False

    def component(self, name: str, *, essential: bool = True) -> Component:
        """Register a part; the same name gives the same handle.

        Args:
            name: See ``Component``.
            essential: Whether the daemon is unready while this part is down.
        """
        if name not in self._components:
            self._components[name] = Component(
                name, essential=essential, metrics=self._metrics, clock=self._clock
            )
        return self._components[name]

    def stopping(self) -> None:
        """Be unready from now on, so that nothing new is sent here."""
        self._stopping = True

    def report(self) -> Report:
        """Say how everything is."""
        parts = self._components.values()
        down = any(part.essential and part.condition.state == "down" for part in parts)
        return Report(
            ready=not down and not self._stopping,
            stopping=self._stopping,
            components={part.name: part.condition for part in parts},
        )
