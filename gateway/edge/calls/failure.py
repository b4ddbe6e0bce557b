"""Why a call has no answer."""

from __future__ import annotations

import os
import socket


class Unreachable(Exception):
    """No connection: nothing was sent. The text says why."""


class Unanswered(Exception):
    """It was sent, or part of it: nobody knows what became of it. The text says why."""


class Ended(Unanswered):
    """The connection ended before anything of the answer came: very likely it had ended before."""


def plainly(error: Exception) -> str:
    """Return what an error says without the address that its own text may have in it."""
    if isinstance(error, socket.gaierror):
        return f"its name cannot be resolved: {error.strerror}"
    if isinstance(error, OSError) and error.errno:
        return os.strerror(error.errno)
    return type(error).__name__
