"""Where commands print: colours on a terminal, plain text in a pipe, ``NO_COLOR`` respected."""

from __future__ import annotations

import os

from rich.console import Console


def stdout() -> Console:
    """Return a console for results; made anew, because tests and pipes exchange the stream."""
    return _console(stderr=False)


def stderr() -> Console:
    """Return a console for errors and progress."""
    return _console(stderr=True)


def _console(*, stderr: bool) -> Console:
    console = Console(stderr=stderr, highlight=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        # Nobody sees the edge of a pipe; rich would break lines at column 80.
        console.width = 240
    return console
