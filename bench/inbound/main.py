"""The command line of the bench."""

from __future__ import annotations

import tempfile
from pathlib import Path
from statistics import median
from typing import Final

import click
from rich.console import Console

from bench import machine
from bench.inbound import hotspots, memory, report
from bench.inbound.load import LoadFailed
from bench.inbound.measure import Bench
from bench.inbound.variants import VARIANTS

LATENCY_OF: Final = ("ceiling", "relevo")
LATENCY_ROUNDS: Final = 3


@click.command()
@click.option("--rounds", default=5, show_default=True, help="Of every variant, interleaved.")
@click.option("--seconds", default=3, show_default=True, help="Measured in a round.")
@click.option("--quick", is_flag=True, help="2 rounds of 1 second, no memory: a first impression.")
@click.option("--only", multiple=True, type=click.Choice([each.name for each in VARIANTS]))
@click.option("--memory/--no-memory", "with_memory", default=True, help="Redis memory and growth.")
@click.option("--profile", is_flag=True, help="Show where the daemon's time goes, nothing else.")
def main(
    *,
    rounds: int,
    seconds: int,
    quick: bool,
    only: tuple[str, ...],
    with_memory: bool,
    profile: bool,
) -> None:
    """Measure the inbound path beside its references; see docs/performance.md."""
    machine.check()
    machine.make_peers()
    console = machine.console()
    if quick:
        rounds, seconds, with_memory = 2, 1, False
    try:
        with tempfile.TemporaryDirectory(prefix="relevo-bench-", dir="/tmp") as folder:
            bench = Bench(Path(folder), warm_seconds=1, seconds=seconds)
            if profile:
                hotspots.show(console, bench)
                return
            result = report.Result(machine=machine.describe())
            _measure(console, bench, result, rounds=rounds, only=only)
        if with_memory and not only:
            console.print("memory and growth: 3 fills of 1 M events")
            result.memory = memory.measure()
    except (LoadFailed, TimeoutError) as error:
        raise click.ClickException(str(error)) from error
    report.show(console, result)
    machine.keep(console, "inbound", result, report.markdown(result))


def _measure(
    console: Console, bench: Bench, result: report.Result, *, rounds: int, only: tuple[str, ...]
) -> None:
    variants = [each for each in VARIANTS if not only or each.name in only]
    for each in variants:
        bench.prepare(each.sort)
    result.body_bytes = bench.body_bytes
    for number in range(1, rounds + 1):
        for each in variants:
            found = bench.round(each)
            result.rounds.setdefault(each.name, []).append(found)
            console.print(
                f"round {number}/{rounds}  {each.name:<20}"
                f"{found.per_second:>9,.0f}/s {found.cpu_us:>8.1f} µs",
                highlight=False,
            )
    for _ in range(min(rounds, LATENCY_ROUNDS)):
        for each in variants:
            if each.name in LATENCY_OF:
                half = median(one.per_second for one in result.rounds[each.name]) / 2
                waits = bench.latency(each, per_second=half)
                result.latency.setdefault(each.name, []).append(waits)
