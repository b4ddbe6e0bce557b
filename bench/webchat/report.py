"""Results as tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import median
from typing import Final

import msgspec
from rich.console import Console

from bench import tables
from bench.tables import Goal, Rows, short
from bench.webchat.measure import Measured


class Result(msgspec.Struct, kw_only=True):
    """Everything a run showed; both servers took turns."""

    machine: dict[str, str]
    sockets: int
    bare: list[Measured] = []
    relevo: list[Measured] = []


def _middle(rounds: Sequence[Measured], value: Callable[[Measured], float]) -> float:
    return median(value(each) for each in rounds)


def _ratio(result: Result, value: Callable[[Measured], float]) -> float:
    pairs = zip(result.relevo, result.bare, strict=True)
    return median(value(one) / value(other) for one, other in pairs)


GOALS: Final[tuple[Goal[Result], ...]] = (
    Goal(
        name="KiB for an idle socket",
        reach=20,
        most=True,
        value=lambda result: _middle(result.relevo, lambda each: each.kib),
    ),
    Goal(
        name="broadcast frames in a CPU second",
        reach=80_000,
        value=lambda result: _middle(result.relevo, lambda each: each.per_cpu_second),
    ),
    Goal(
        name="CPU of a broadcast frame, bare = 1",
        reach=1.25,
        aim=1.1,
        most=True,
        value=lambda result: _ratio(result, lambda each: each.cpu_us),
    ),
)


def servers(result: Result) -> Rows:
    """Return the table of both servers."""
    rows = [
        [
            f"{result.sockets:,} sockets",
            "KiB per idle socket",
            "frames/s by the clock",
            "CPU µs per frame",
            "CPU µs per message",
        ]
    ]
    for name, rounds in (("bare aiohttp", result.bare), ("relevo", result.relevo)):
        messages = [each.message_us for each in rounds if each.message_us is not None]
        rows.append(
            [
                name,
                short(_middle(rounds, lambda each: each.kib)),
                short(_middle(rounds, lambda each: each.per_second)),
                short(_middle(rounds, lambda each: each.cpu_us)),
                short(median(messages) if messages else None),
            ]
        )
    return rows


def show(console: Console, result: Result) -> None:
    """Print the tables."""
    tables.show(console, servers(result), title="Web chat")
    tables.show(console, tables.verdicts(GOALS, result), title="Goals")


def markdown(result: Result) -> str:
    """Return the tables for documents."""
    return tables.page(result.machine, servers(result), tables.verdicts(GOALS, result))
