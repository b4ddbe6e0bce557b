"""Puts rounds beside each other and beside the goals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import median
from typing import Final

import msgspec
from rich.console import Console
from rich.table import Table

from bench.inbound.bodies import BIG_EVENTS
from bench.inbound.measure import Latency, Round
from bench.inbound.variants import Sort


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


class Goal(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be reached.

    Attributes:
        name: What it is about.
        reach: The number to reach; ``aim`` is what to hope for.
        most: Whether less is better.
        value: How to get it from a result; None when it was not measured.
    """

    name: str
    reach: float
    aim: float | None = None
    most: bool = False
    value: Callable[[Result], float | None]

    def met(self, value: float) -> bool:
        return value <= self.reach if self.most else value >= self.reach


def _cpu(each: Round) -> float:
    return each.cpu_us


def _rate(each: Round) -> float:
    return each.per_second


def _durable_events(result: Result) -> float | None:
    cpu = result.each("relevo, 10 events", _cpu)
    return BIG_EVENTS / median(cpu) * 1e6 if cpu else None


GOALS: Final = (
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
        value=lambda result: result.ratio("relevo always", "relevo", _rate),
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


def variants(result: Result) -> list[list[str]]:
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


def goals(result: Result) -> list[list[str]]:
    """Return the table of goals, its head first."""
    rows = [["goal", "reach", "aim", "measured", ""]]
    for goal in GOALS:
        value = goal.value(result)
        sign = "≤" if goal.most else "≥"
        verdict = "not measured" if value is None else ("met" if goal.met(value) else "MISSED")
        rows.append(
            [
                goal.name,
                f"{sign} {_short(goal.reach)}",
                _short(goal.aim),
                _short(value),
                verdict,
            ]
        )
    return rows


def show(console: Console, result: Result) -> None:
    """Print both tables."""
    for rows, title in ((variants(result), "Inbound"), (goals(result), "Goals")):
        if len(rows) == 1:
            continue
        table = Table(*rows[0], title=title, title_justify="left")
        for number, column in enumerate(table.columns):
            column.justify = "left" if number == 0 else "right"
            column.no_wrap = True
        for row in rows[1:]:
            table.add_row(*row, style="red" if row[-1] == "MISSED" else None)
        console.print(table)


def markdown(result: Result) -> str:
    """Return both tables for documents."""
    facts = "\n".join(f"- {name}: {value}" for name, value in result.machine.items())
    return "\n".join([facts, "", _markdown(variants(result)), "", _markdown(goals(result)), ""])


def _markdown(rows: Sequence[Sequence[str]]) -> str:
    ruler = ["---", *["---:"] * (len(rows[0]) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in (rows[0], ruler, *rows[1:]))


def _short(value: float | None) -> str:
    if value is None:
        return "-"
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.2f}" if value < 10 else f"{value:.1f}"
