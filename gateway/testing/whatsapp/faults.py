"""What goes wrong on request: errors of every code, slowness, connections that break."""

from __future__ import annotations

from gateway.testing.graph import GraphFault, GraphFaults
from gateway.testing.whatsapp.errors import GraphError


class Fault(GraphFault, frozen=True, kw_only=True):
    """What goes wrong with a call; see ``GraphFault``. ``to`` is in digits, or a user id.

    Attributes:
        details: What the error says further.
        later: The call is accepted, and the error comes as a failed status (messages only).
    """

    details: str = ""
    later: bool = False

    @property
    def error(self) -> GraphError | None:
        """The platform's own error, if it is one."""
        if self.code is None:
            return None
        return GraphError(self.code, self.details, http_status=self.http_status)


class Faults(GraphFaults[Fault]):
    """The faults that wait for a call."""

    def __init__(self) -> None:
        super().__init__(Fault)

    def take(self, edge: str, to: str = "") -> Fault:
        """Return what goes wrong with a call, and count it."""
        return super().take(edge, to.removeprefix("+"))
