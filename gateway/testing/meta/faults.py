"""What goes wrong on request: errors of every code, slowness, connections that break."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Literal

import msgspec

from gateway.testing.meta.errors import SendRefused


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """What goes wrong with a call.

    Attributes:
        code: Answer with this error; None for none of the platform's.
        subcode: The error's finer one.
        transient: The error says that it will pass.
        http_status: Of the answer instead of the usual; without a ``code``, the answer is a page
            of a proxy and no JSON.
        headers: Of the answer, such as ``Retry-After``.
        drop: Break the connection ``before`` the call is looked at, or ``after`` it took effect:
            then the caller cannot know.
        delay: Wait before anything else.
        edge: Only calls of this name (``messages``, ``message_attachments`` …; empty for nodes
            themselves); None for all.
        to: Only messages to this recipient.
        times: For how many calls; None for all.
    """

    code: int | None = None
    subcode: int | None = None
    transient: bool = False
    http_status: int | None = None
    headers: Mapping[str, str] = MappingProxyType({})
    drop: Literal["before", "after"] | None = None
    delay: timedelta = timedelta()
    edge: str | None = "messages"
    to: str | None = None
    times: int | None = 1

    @property
    def error(self) -> SendRefused | None:
        """The platform's own error, if it is one."""
        if self.code is None:
            return None
        return SendRefused(
            self.code, self.subcode, http_status=self.http_status, transient=self.transient
        )


WELL = Fault(edge=None, times=None)
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

    def take(self, edge: str, to: str = "") -> Fault:
        """Return what goes wrong with a call, and count it."""
        for place, fault in enumerate(self._waiting):
            if fault.edge not in {None, edge} or fault.to not in {None, to}:
                continue
            if fault.times is not None:
                left = fault.times - 1
                self._waiting[place : place + 1] = (
                    [msgspec.structs.replace(fault, times=left)] if left else []
                )
            return fault
        return WELL
