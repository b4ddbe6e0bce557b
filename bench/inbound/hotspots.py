"""Where the daemon's time goes: py-spy samples its stacks under full load."""

from __future__ import annotations

import subprocess
import tempfile
from collections import Counter
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from bench.inbound.load import drive
from bench.inbound.measure import Bench
from bench.inbound.variants import PEER_PYTHON, ROOT, VARIANTS, Variant, running

SAMPLES_PER_SECOND: Final = 500
SHOWN: Final = 45

Stacks = Counter[tuple[str, ...]]


def show(console: Console, bench: Bench) -> None:
    """Print the functions that take most, by themselves and with what they call."""
    for variant in VARIANTS:
        if variant.name in {"relevo", "relevo, 10 events"}:
            bench.prepare(variant.sort)
            console.print(_table(variant.name, _stacks(variant, bench)))


def _stacks(variant: Variant, bench: Bench) -> Stacks:
    with running(variant) as up, tempfile.NamedTemporaryFile(suffix=".stacks") as found:
        drive(up.url, bench.file(variant.sort, "warm"), seconds=bench.warm_seconds, again=False)
        command = [str(PEER_PYTHON.with_name("py-spy")), "record", "--pid", str(up.server.pid)]
        command += ["--rate", str(SAMPLES_PER_SECOND), "--duration", str(bench.seconds)]
        command += ["--format", "raw", "--function", "--native", "--full-filenames"]
        command += ["--output", found.name]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as spy:  # noqa: S603
            drive(up.url, bench.file(variant.sort, "measured"), seconds=bench.seconds, again=False)
            spy.wait(30)
        lines = Path(found.name).read_text().splitlines()
    return Counter(
        {_frames(stack): int(count) for stack, _, count in (line.rpartition(" ") for line in lines)}
    )


def _frames(stack: str) -> tuple[str, ...]:
    return tuple(_short(frame) for frame in stack.split(";"))


def _short(frame: str) -> str:
    """Return a frame without the machine's folders."""
    for folder in (f"{ROOT}/", "site-packages/", "lib/python3.11/"):
        head, found, tail = frame.partition(folder)
        if found:
            frame = head.rpartition("(")[0] + "(" + tail
    return frame


def _table(name: str, stacks: Stacks) -> Table:
    total = stacks.total()
    alone: Counter[str] = Counter()
    inside: Counter[str] = Counter()
    for stack, count in stacks.items():
        alone[stack[-1]] += count
        for each in set(stack):
            inside[each] += count
    table = Table("function", "alone", "with calls", title=f"{name}: {total} samples")
    for each, count in alone.most_common(SHOWN):
        table.add_row(each, f"{count / total:.1%}", f"{inside[each] / total:.1%}")
    return table
