"""What goes wrong on request: errors of every code, slowness, connections that break."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from gateway.testing.faults import AnyFault, FaultQueue
from gateway.testing.meta.errors import SendRefused


class Fault(AnyFault, frozen=True, kw_only=True):
    """What goes wrong with a call.

    Attributes:
        code: Answer with this error; None for none of the platform's.
        subcode: The error's finer one.
        transient: The error says that it will pass.
        http_status: Of the answer instead of the usual; without a ``code``, the answer is a page
            of a proxy and no JSON.
        headers: Of the answer, such as ``Retry-After``.
        edge: Only calls of this name (``messages``, ``message_attachments`` …; empty for nodes
            themselves); None for all.
        to: Only messages to this recipient.
    """

    code: int | None = None
    subcode: int | None = None
    transient: bool = False
    http_status: int | None = None
    headers: Mapping[str, str] = MappingProxyType({})
    edge: str | None = "messages"
    to: str | None = None

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


class Faults(FaultQueue[Fault]):
    """The faults that wait for a call."""

    def __init__(self) -> None:
        super().__init__(WELL)

    def take(self, edge: str, to: str = "") -> Fault:
        """Return what goes wrong with a call, and count it."""
        return self.first(lambda fault: fault.edge in {None, edge} and fault.to in {None, to})
