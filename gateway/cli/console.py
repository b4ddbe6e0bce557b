"""Where commands print: colours on a terminal, plain text in a pipe, ``NO_COLOR`` respected."""

from __future__ import annotations

from rich.console import Console


def stdout() -> Console:
    """Return a console for results; made anew, because tests and pipes exchange the stream."""
    return Console(highlight=False)


def stderr() -> Console:
    """Return a console for errors and progress."""
    return Console(stderr=True, highlight=False)
