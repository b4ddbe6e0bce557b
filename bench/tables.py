"""Results as tables: on the terminal and for documents, beside the goals."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Generic, TypeAlias, TypeVar

import msgspec
from rich.console import Console
from rich.table import Table

R = TypeVar("R")

Rows: TypeAlias = list[list[str]]
"""A table, its head first."""


class Goal(msgspec.Struct, Generic[R], frozen=True, kw_only=True):
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
    value: Callable[[R], float | None]

    def met(self, value: float) -> bool:
        return value <= self.reach if self.most else value >= self.reach


def verdicts(goals: Iterable[Goal[R]], result: R) -> Rows:
    """Return the table of goals."""
    rows = [["goal", "reach", "aim", "measured", ""]]
    for goal in goals:
        value = goal.value(result)
        sign = "≤" if goal.most else "≥"
        verdict = "not measured" if value is None else ("met" if goal.met(value) else "MISSED")
        rows.append(
            [goal.name, f"{sign} {short(goal.reach)}", short(goal.aim), short(value), verdict]
        )
    return rows


def show(console: Console, rows: Rows, *, title: str) -> None:
    """Print a table; one without rows is left out."""
    if len(rows) == 1:
        return
    table = Table(*rows[0], title=title, title_justify="left")
    for number, column in enumerate(table.columns):
        column.justify = "left" if number == 0 else "right"
        column.no_wrap = True
    for row in rows[1:]:
        table.add_row(*row, style="red" if row[-1] == "MISSED" else None)
    console.print(table)


def page(machine: Mapping[str, str], *tables: Rows) -> str:
    """Return what a result depends on, and tables, for documents."""
    facts = "\n".join(f"- {name}: {value}" for name, value in machine.items())
    return "\n\n".join([facts, *map(_markdown, tables)]) + "\n"


def _markdown(rows: Sequence[Sequence[str]]) -> str:
    ruler = ["---", *["---:"] * (len(rows[0]) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in (rows[0], ruler, *rows[1:]))


def short(value: float | None) -> str:
    """Return a number as people want to read it."""
    if value is None:
        return "-"
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.2f}" if value < 10 else f"{value:.1f}"
