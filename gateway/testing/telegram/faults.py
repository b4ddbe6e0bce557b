"""What goes wrong on request: refusals, slowness, connections that break, pages of proxies."""

from __future__ import annotations

from typing import Final

from gateway.testing.faults import AnyFault, FaultQueue
from gateway.testing.telegram.errors import BotApiError


class Fault(AnyFault, frozen=True, kw_only=True):
    """What goes wrong with a call.

    Attributes:
        error: Refuse it with this.
        page: Answer with a proxy's page of this HTTP status instead, which is no JSON.
        method: Only calls of this method, as ``sendMessage``; None for all.
        chat: Only calls to this chat; None for all.
    """

    error: BotApiError | None = None
    page: int | None = None
    method: str | None = None
    chat: int | None = None


WELL: Final = Fault(times=None)
"""Nothing goes wrong."""


class Faults(FaultQueue[Fault]):
    """The faults that wait for a call."""

    def __init__(self) -> None:
        super().__init__(WELL)

    def take(self, method: str, chat: object) -> Fault:
        """Return what goes wrong with a call, and count it."""

        def concerned(fault: Fault) -> bool:
            if fault.method is not None and fault.method.lower() != method.lower():
                return False
            return fault.chat is None or str(fault.chat) == str(chat)

        return self.first(concerned)
