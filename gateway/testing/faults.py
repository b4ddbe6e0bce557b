"""What goes wrong on request at a simulated platform: refusals, slowness, broken connections."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Generic, Literal, TypeVar

import msgspec
from aiohttp import web


class AnyFault(msgspec.Struct, frozen=True, kw_only=True):
    """What may go wrong with a call on every platform; each adds its own.

    Attributes:
        drop: Break the connection ``before`` the call is looked at, or ``after`` it took effect:
            then the caller cannot know.
        delay: Wait before anything else.
        times: For how many calls; None for all.
    """

    drop: Literal["before", "after"] | None = None
    delay: timedelta = timedelta()
    times: int | None = 1


F = TypeVar("F", bound=AnyFault)


class FaultQueue(Generic[F]):
    """The faults that wait for a call, first come, first served.

    Args:
        well: What calls get when no fault is for them.
    """

    def __init__(self, well: F) -> None:
        self._well = well
        self._waiting: list[F] = []

    def add(self, fault: F) -> None:
        """Let a fault wait for the calls it is for."""
        self._waiting.append(fault)

    def clear(self) -> None:
        """Let everything go well again."""
        self._waiting.clear()

    def first(self, concerned: Callable[[F], bool]) -> F:
        """Return what goes wrong with a call, and count it.

        Args:
            concerned: Whether a fault is for this call.
        """
        for place, fault in enumerate(self._waiting):
            if concerned(fault):
                if fault.times is not None:
                    left = fault.times - 1
                    again = [msgspec.structs.replace(fault, times=left)] if left else []
                    self._waiting[place : place + 1] = again
                return fault
        return self._well


def broken_off(request: web.Request) -> web.Response:
    """Break the connection of a call; what is returned never gets there."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
