"""A stranger's channel plugin, installed for the tests of the command line."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Final, TypeAlias

import pytest

PIGEON: Final = Path(__file__).parent / "pigeon"
RELEVO: Final = Path(sys.executable).with_name("relevo")

Relevo: TypeAlias = Callable[..., CompletedProcess[str]]


@pytest.fixture
def relevo(tmp_path: Path) -> Relevo:
    """Run the installed ``relevo`` with the plugin ``pigeon`` in an empty folder."""
    own = {name: each for name, each in os.environ.items() if not name.startswith("RELEVO_")}
    own |= {"PYTHONPATH": str(PIGEON)}

    def run(*arguments: str, stdin: str = "", **environ: str) -> CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 - our own command
            [RELEVO, *arguments],
            input=stdin,
            env=own | environ,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run
