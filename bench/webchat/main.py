"""The command line of the bench."""

from __future__ import annotations

import resource
import tempfile
from pathlib import Path

import click

from bench import machine
from bench.webchat import report
from bench.webchat.measure import bare, daemon


@click.command()
@click.option("--rounds", default=3, show_default=True, help="Of both, taking turns.")
@click.option("--sockets", default=5_000, show_default=True, help="Open at the same time.")
@click.option("--frames", default=40, show_default=True, help="Broadcast to each socket.")
@click.option("--quick", is_flag=True, help="1 round of 1 000 sockets: a first impression.")
def main(*, rounds: int, sockets: int, frames: int, quick: bool) -> None:
    """Measure sockets of the web chat beside bare ones; see docs/performance.md."""
    machine.check(tools=("taskset",))
    console = machine.console()
    if quick:
        rounds, sockets = 1, 1_000
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    result = report.Result(machine=machine.describe(peers=()), sockets=sockets)
    try:
        for number in range(1, rounds + 1):
            with tempfile.TemporaryDirectory(prefix="relevo-bench-", dir="/tmp") as folder:
                result.bare.append(bare(Path(folder), sockets=sockets, rounds=frames))
            with tempfile.TemporaryDirectory(prefix="relevo-bench-", dir="/tmp") as folder:
                result.relevo.append(daemon(Path(folder), sockets=sockets, rounds=frames))
            console.print(
                f"round {number}/{rounds}  bare {result.bare[-1].cpu_us:.1f} µs "
                f"{result.bare[-1].kib:.1f} KiB  relevo {result.relevo[-1].cpu_us:.1f} µs "
                f"{result.relevo[-1].kib:.1f} KiB",
                highlight=False,
            )
    except TimeoutError as error:
        raise click.ClickException(str(error)) from error
    report.show(console, result)
    machine.keep(console, "webchat", result, report.markdown(result))
