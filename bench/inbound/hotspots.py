"""Where the daemon's time goes: py-spy samples its stacks under full load."""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections import Counter
from pathlib import Path
from typing import Final, TypeAlias

from rich.console import Console
from rich.table import Table

from bench.inbound.load import drive
from bench.inbound.measure import Bench
from bench.inbound.variants import VARIANTS, Variant, running
from bench.machine import PEER_PYTHON, ROOT

SAMPLES_PER_SECOND: Final = 500
SHOWN: Final = 40
STAGES: Final = {
    "gc_collect_main": "garbage collector",
    "RequestHandler.data_received": "HTTP in: aiohttp's parser, request object",
    "RequestHandler.start": "aiohttp's loop around handlers",
    "read_body": "body",
    "Door._signer": "signature",
    "WhatsAppChannel.parse": "events: JSON decoded, typed, normalised",
    "Entries.unit": "entries: MessagePack, digests, window places",
    "Committer.commit": "group commit",
    "Writer._flush": "group commit",
    "Writer._answered": "group commit",
    "Pipe.data_received": "group commit",
    "WriterCount.committed": "counting",
    "Counter.inc": "counting",
    "_Ready.prepare": "answer",
    "Door.post": "rest of our handler",
    "MediaWorkers.run": "media workers",
}
"""What a sample belongs to, by the innermost function that is named here."""
OTHER: Final = "event loop, system calls"

Stacks: TypeAlias = Counter[tuple[str, ...]]
Shares: TypeAlias = list[tuple[str, float]]

_PYTHON: Final = re.compile(r"\((gateway|plugins|aiohttp)/.*\.py")


def show(console: Console, bench: Bench) -> None:
    """Print which steps and which functions take most."""
    for variant in VARIANTS:
        if variant.name in {"relevo", "relevo, 10 events"}:
            bench.prepare(variant.sort)
            stacks = _stacks(variant, bench)
            console.print(_table(f"{variant.name}: stages", _stages(stacks)))
            console.print(_table(f"{variant.name}: steps, with what they call", _steps(stacks)))
            console.print(_table(f"{variant.name}: functions alone", _alone(stacks)))


def _stacks(variant: Variant, bench: Bench) -> Stacks:
    with running(variant) as up, tempfile.NamedTemporaryFile(suffix=".stacks") as found:
        drive(up.url, bench.file(variant.sort, "warm"), seconds=bench.warm_seconds, again=False)
        command = [str(PEER_PYTHON.with_name("py-spy")), "record", "--pid", str(up.server.pid)]
        command += ["--rate", str(SAMPLES_PER_SECOND), "--duration", str(bench.seconds)]
        command += ["--format", "raw", "--native", "--full-filenames"]
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


def _stages(stacks: Stacks) -> Shares:
    """Return the share of every stage; together they are everything."""
    counts: Counter[str] = Counter()
    for stack, count in stacks.items():
        names = (frame.partition(" (")[0] for frame in reversed(stack))
        counts[next((STAGES[each] for each in names if each in STAGES), OTHER)] += count
    return _shares(counts, stacks.total())


def _steps(stacks: Stacks) -> Shares:
    """Return the share of each of our functions and aiohttp's with everything it calls."""
    inside: Counter[str] = Counter()
    for stack, count in stacks.items():
        for each in {_function(frame) for frame in stack if _PYTHON.search(frame)}:
            inside[each] += count
    everything = stacks.total()
    for name in [name for name, count in inside.items() if count == everything]:
        del inside[name]  # the way into the loop
    return _shares(inside, everything)


def _alone(stacks: Stacks) -> Shares:
    """Return the share of each function, Python or C, without what it calls."""
    alone: Counter[str] = Counter()
    for stack, count in stacks.items():
        alone[_function(stack[-1])] += count
    return _shares(alone, stacks.total())


def _shares(counts: Counter[str], total: int) -> Shares:
    return [(name, count / total) for name, count in counts.most_common(SHOWN)]


def _function(frame: str) -> str:
    """Return a frame without its line."""
    return re.sub(r":\d+\)$", ")", frame)


def _table(title: str, shares: Shares) -> Table:
    table = Table("function", "share", title=title, title_justify="left")
    for name, share in shares:
        table.add_row(name, f"{share:.1%}")
    return table
