"""Where commands print: colours on a terminal, plain text in a pipe, ``NO_COLOR`` respected."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # loading rich takes longer than parsing a body
    from rich.console import Console


def stdout() -> Console:
    """Return a console for results; made anew, because tests and pipes exchange the stream."""
    return _console(stderr=False)


def stderr() -> Console:
    """Return a console for errors and progress."""
    return _console(stderr=True)


def complain(error: object) -> None:
    """Tell an error in plain words on standard error."""
    from rich.text import Text  # noqa: PLC0415 - see above

    told = Text.assemble(("error", "bold red"), f": {error}")
    stderr().print(told, soft_wrap=True)


def minute_of(at: int) -> str:
    """Return when milliseconds since 1970 are, to the minute, on the clock of who looks."""
    return f"{datetime.fromtimestamp(at / 1000, UTC).astimezone():%Y-%m-%d %H:%M}"


def _console(*, stderr: bool) -> Console:
    from rich.console import Console  # noqa: PLC0415 - see above

    console = Console(stderr=stderr, highlight=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        # Nobody sees the edge of a pipe; rich would break lines at column 80.
        console.width = 240
    return console
