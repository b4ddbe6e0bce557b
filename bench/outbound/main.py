"""The command line of the bench."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from bench import machine
from bench.outbound import report
from bench.outbound.measure import Failed, bare, drain


@click.command()
@click.option("--rounds", default=3, show_default=True, help="Of all, taking turns.")
@click.option("--messages", default=100_000, show_default=True, help="In the backlog.")
@click.option("--seconds", default=4, show_default=True, help="Of each client alone in a round.")
@click.option("--quick", is_flag=True, help="1 round of 20 000 messages: a first impression.")
def main(*, rounds: int, messages: int, seconds: int, quick: bool) -> None:
    """Measure sending beside a bare client; see docs/performance.md."""
    machine.check()
    machine.make_peers()
    console = machine.console()
    if quick:
        rounds, messages, seconds = 1, 20_000, 2
    result = report.Result(machine=machine.describe())
    try:
        for number in range(1, rounds + 1):
            for client, alone in (("aiohttp", result.bare), ("relevo", result.own_client)):
                with tempfile.TemporaryDirectory(prefix="relevo-bench-", dir="/tmp") as folder:
                    alone.append(bare(Path(folder), client, seconds=seconds))
            with tempfile.TemporaryDirectory(prefix="relevo-bench-", dir="/tmp") as folder:
                result.relevo.append(drain(Path(folder), messages=messages))
            console.print(
                f"round {number}/{rounds}  bare {result.bare[-1].cpu_us:.1f} µs  "
                f"relevo {result.relevo[-1].cpu_us:.1f} µs",
                highlight=False,
            )
    except (Failed, TimeoutError) as error:
        raise click.ClickException(str(error)) from error
    report.show(console, result)
    machine.keep(console, "outbound", result, report.markdown(result))
