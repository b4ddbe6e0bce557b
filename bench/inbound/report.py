"""Puts rounds beside each other and beside the goals."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from typing import Final

import msgspec
from rich.console import Console

from bench import tables
from bench.inbound.bodies import BIG_EVENTS
from bench.inbound.measure import Latency, Round
from bench.inbound.variants import Sort
from bench.tables import Goal, Rows


class Result(msgspec.Struct, kw_only=True):
    """Everything one run showed.

    Attributes:
        machine: What the numbers depend on.
        rounds: By variant, in order.
        latency: By variant: half load, one entry per round.
        memory: By name, see ``memory.py``.
    """

    machine: dict[str, str]
    body_bytes: dict[Sort, float] = {}
    rounds: dict[str, list[Round]] = {}
    latency: dict[str, list[Latency]] = {}
    memory: dict[str, float] = {}

    def each(self, variant: str, value: Callable[[Round], float]) -> list[float]:
        """Return a value of every round of a variant."""
        return [value(each) for each in self.rounds.get(variant, [])]

    def ratio(self, over: str, under: str, value: Callable[[Round], float]) -> float | None:
        """Return the median of the rounds' ratios; neighbours in time are compared."""
        pairs = zip(self.each(over, value), self.each(under, value), strict=False)
        ratios = [upper / lower for upper, lower in pairs]
        return median(ratios) if ratios else None


def _cpu(each: Round) -> float:
    return each.cpu_us


def _rate(each: Round) -> float:
    return each.per_second


def _durable_events(result: Result) -> float | None:
    cpu = result.each("relevo, 10 events", _cpu)
    return BIG_EVENTS / median(cpu) * 1e6 if cpu else None


GOALS: Final[tuple[Goal[Result], ...]] = (
    Goal(
        name="share of the ceiling, CPU per request",
        reach=0.70,
        aim=0.85,
        value=lambda result: result.ratio("ceiling", "relevo", _cpu),
    ),
    Goal(
        name="times as cheap as pywa, CPU per request",
        reach=2.5,
        value=lambda result: result.ratio("pywa", "relevo", _cpu),
    ),
    Goal(
        name="times as cheap as aiogram, CPU per request",
        reach=4,
        value=lambda result: result.ratio("aiogram", "relevo", _cpu),
    ),
    Goal(
        name="durable events per second and core, 10 a webhook",
        reach=60_000,
        aim=110_000,
        value=_durable_events,
    ),
    Goal(
        name="appendfsync always over everysec, requests per second",
        reach=0.85,
        value=lambda result: result.ratio("relevo", "relevo everysec", _rate),
    ),
    Goal(
        name="bytes per remembered id, 1 M ids",
        reach=20,
        most=True,
        value=lambda result: result.memory.get("bytes per remembered id"),
    ),
    Goal(
        name="bytes per open window, 1 M contacts with one address",
        reach=110,
        aim=35,
        most=True,
        value=lambda result: result.memory.get("bytes per window, one address"),
    ),
    Goal(
        name="bytes per open window, 1 M contacts with two addresses",
        reach=110,
        aim=35,
        most=True,
        value=lambda result: result.memory.get("bytes per window, two addresses"),
    ),
    Goal(
        name="append cost at 1 M entries over a short stream",
        reach=1.3,
        most=True,
        value=lambda result: result.memory.get("append cost, long over short stream"),
    ),
)


def variants(result: Result) -> Rows:
    """Return the table of variants, its head first."""
    head = ["variant", "requests/s", "CPU µs", "of ceiling", "Valkey µs", "MiB", "p50 ms", "p99 ms"]
    rows = [head]
    for name, rounds in result.rounds.items():
        ceiling = "ceiling, 10 events" if name.endswith("events") else "ceiling"
        share = result.ratio(ceiling, name, _cpu)
        valkey = median(each.valkey_us for each in rounds)
        half = result.latency.get(name, [])
        rows.append(
            [
                name,
                f"{median(result.each(name, _rate)):,.0f}",
                f"{median(result.each(name, _cpu)):.1f}",
                "-" if share is None else f"{share:.2f}",
                f"{valkey:.1f}" if valkey else "-",
                f"{median(each.rss_mib for each in rounds):.0f}",
                f"{median(each.p50_ms for each in half):.2f}" if half else "-",
                f"{median(each.p99_ms for each in half):.2f}" if half else "-",
            ]
        )
    return rows


def show(console: Console, result: Result) -> None:
    """Print both tables."""
    tables.show(console, variants(result), title="Inbound")
    tables.show(console, tables.verdicts(GOALS, result), title="Goals")


def markdown(result: Result) -> str:
    """Return both tables for documents."""
    return tables.page(result.machine, variants(result), tables.verdicts(GOALS, result))
