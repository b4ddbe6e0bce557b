"""What goes wrong on request: refusals, slowness, connections that break, pages of proxies."""

from __future__ import annotations

from datetime import timedelta
from typing import Final, Literal

import msgspec

from gateway.testing.telegram.errors import BotApiError


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """What goes wrong with a call.

    Attributes:
        error: Refuse it with this.
        page: Answer with a proxy's page of this HTTP status instead, which is no JSON.
        drop: Break the connection ``before`` the call is looked at, or ``after`` it took effect:
            then the caller cannot know.
        delay: Wait before anything else.
        method: Only calls of this method, as ``sendMessage``; None for all.
        chat: Only calls to this chat; None for all.
        times: For how many calls; None for all.
    """

    error: BotApiError | None = None
    page: int | None = None
    drop: Literal["before", "after"] | None = None
    delay: timedelta = timedelta()
    method: str | None = None
    chat: int | None = None
    times: int | None = 1


WELL: Final = Fault(times=None)
"""Nothing goes wrong."""


class Faults:
    """The faults that wait for a call, first come, first served."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Let a fault wait for the calls it is for."""
        self._waiting.append(fault)

    def clear(self) -> None:
        """Let everything go well again."""
        self._waiting.clear()

    def take(self, method: str, chat: object) -> Fault:
        """Return what goes wrong with a call, and count it."""
        for place, fault in enumerate(self._waiting):
            if fault.method is not None and fault.method.lower() != method.lower():
                continue
            if fault.chat is not None and str(fault.chat) != str(chat):
                continue
            if fault.times is not None:
                left = fault.times - 1
                again = [msgspec.structs.replace(fault, times=left)] if left else []
                self._waiting[place : place + 1] = again
            return fault
        return WELL
