"""Puts rounds beside each other and beside the goals."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from typing import Final

import msgspec
from rich.console import Console

from bench import tables
from bench.outbound.measure import Bare, Drain
from bench.tables import Goal, Rows


class Result(msgspec.Struct, kw_only=True):
    """Everything one run showed; rounds of all took turns.

    Attributes:
        machine: Where it ran.
        bare: aiohttp's client alone: the reference.
        own_client: Ours alone.
        relevo: The daemon.
    """

    machine: dict[str, str]
    bare: list[Bare] = []
    own_client: list[Bare] = []
    relevo: list[Drain] = []

    def each(self, value: Callable[[Drain], float]) -> float | None:
        """Return the median of a value over the rounds."""
        return median(value(each) for each in self.relevo) if self.relevo else None

    def ratio(self) -> float | None:
        """Return the median of the rounds' ratios, CPU over CPU."""
        pairs = zip(self.relevo, self.bare, strict=False)
        ratios = [ours.cpu_us / theirs.cpu_us for ours, theirs in pairs]
        return median(ratios) if ratios else None


def _per_100_000(each: Drain) -> float:
    return each.enqueue_seconds * 100_000 / each.messages


GOALS: Final[tuple[Goal[Result], ...]] = (
    Goal(
        name="CPU per message over the bare client",
        reach=1.3,
        most=True,
        value=Result.ratio,
    ),
    Goal(
        name="messages a second and core, by CPU",
        reach=6_000,
        aim=9_000,
        value=lambda result: result.each(lambda each: 1e6 / each.cpu_us),
    ),
    Goal(
        name="seconds to enqueue 100 000 through the batch API",
        reach=10,
        most=True,
        value=lambda result: result.each(_per_100_000),
    ),
    Goal(
        name="p99 of live messages while the backlog drains, ms",
        reach=1_000,
        most=True,
        value=lambda result: result.each(lambda each: each.live_p99_ms),
    ),
)


def rounds(result: Result) -> Rows:
    """Return the table of rounds."""
    rows = [["", "messages/s", "CPU µs", "Valkey µs", "enqueue s", "enqueue CPU µs", "live p99 ms"]]
    for name, alone in (("bare client", result.bare), ("Relevo's client alone", result.own_client)):
        rows += [[name, f"{each.per_second:,.0f}", f"{each.cpu_us:.1f}", *"----"] for each in alone]
    return rows + [
        [
            "relevo",
            f"{each.per_second:,.0f}",
            f"{each.cpu_us:.1f}",
            f"{each.valkey_us:.1f}",
            f"{each.enqueue_seconds:.2f}",
            f"{each.enqueue_cpu_us:.1f}",
            f"{each.live_p99_ms:.0f}",
        ]
        for each in result.relevo
    ]


def show(console: Console, result: Result) -> None:
    """Print both tables."""
    tables.show(console, rounds(result), title="Outbound")
    tables.show(console, tables.verdicts(GOALS, result), title="Goals")


def markdown(result: Result) -> str:
    """Return both tables for documents."""
    return tables.page(result.machine, rounds(result), tables.verdicts(GOALS, result))
