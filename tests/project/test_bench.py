"""``bench/run`` understands what it is given; what it measures is no test's matter."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from subprocess import CompletedProcess

import pytest

RUN = Path(__file__).parents[2] / "bench" / "run"


def bench(*words: str) -> CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own script
        [sys.executable, RUN, *words], capture_output=True, text=True, timeout=60, check=False
    )


def test_names_and_options_come_in_any_order() -> None:
    done = bench("--quick", "outbound", "--help")
    assert (done.returncode, "Usage: bench/run outbound" in done.stdout) == (0, True), done.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--quick", "outbond"), "unexpected extra argument (outbond)"),
        (("--only", "relevo"), "Usage: bench/run outbound"),
    ],
)
def test_what_is_no_bench_and_no_option_is_told_before_anything_runs(
    words: tuple[str, ...], told: str
) -> None:
    done = bench(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
    assert "inbound, outbound, webchat" in done.stderr
    assert "Traceback" not in done.stderr
