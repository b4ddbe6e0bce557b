"""Load at full speed: ``wrk``, one thread, 64 keep-alive connections."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Final

import msgspec

from bench.process import LOAD_CORE

CONNECTIONS: Final = 64
SCRIPT: Final = Path(__file__).with_name("post.lua")
_SERVED: Final = re.compile(r"(\d+) requests in ([\d.]+)(ms|s|m)")
_FAILED: Final = re.compile(r"(?:Non-2xx.*|Socket errors.*|.*out of bodies.*)")
_SECONDS: Final = {"ms": 0.001, "s": 1.0, "m": 60.0}


class LoadFailed(Exception):
    """Not every request was answered 200."""


class Served(msgspec.Struct, frozen=True):
    """How many requests were answered in how many seconds."""

    requests: int
    seconds: float


def drive(url: str, bodies: Path, *, seconds: int, again: bool) -> Served:
    """Send as fast as the server answers.

    Args:
        url: Of the server; path and headers come from the bodies.
        bodies: A file that ``bodies.write`` made.
        seconds: How long.
        again: Whether the bodies may repeat when the file ends.

    Raises:
        LoadFailed: Some answers were not 200, or the file was too short.
    """
    command = ["taskset", "-c", str(LOAD_CORE), "wrk", "--threads", "1"]
    command += ["--connections", str(CONNECTIONS), "--duration", f"{seconds}s", "--timeout", "10s"]
    command += ["--script", str(SCRIPT), url, "--", str(bodies), "again" if again else "once"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    said = run.stdout + run.stderr
    if run.returncode or _FAILED.search(said):
        raise LoadFailed(said)
    found = _SERVED.search(said)
    if found is None:
        raise LoadFailed(f"wrk said something unexpected:\n{said}")
    return Served(int(found[1]), float(found[2]) * _SECONDS[found[3]])
