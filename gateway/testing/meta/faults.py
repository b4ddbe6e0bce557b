"""What goes wrong on request: errors of every code, slowness, connections that break."""

from __future__ import annotations

from gateway.testing.graph import GraphFault, GraphFaults
from gateway.testing.meta.errors import SendRefused


class Fault(GraphFault, frozen=True, kw_only=True):
    """What goes wrong with a call; see ``GraphFault``.

    Attributes:
        subcode: The error's finer one.
        transient: The error says that it will pass.
    """

    subcode: int | None = None
    transient: bool = False

    @property
    def error(self) -> SendRefused | None:
        """The platform's own error, if it is one."""
        if self.code is None:
            return None
        return SendRefused(
            self.code, self.subcode, http_status=self.http_status, transient=self.transient
        )


class Faults(GraphFaults[Fault]):
    """The faults that wait for a call."""

    def __init__(self) -> None:
        super().__init__(Fault)
