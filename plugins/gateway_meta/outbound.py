"""What we ask of Meta's chat platform; a channel's own ``outbound`` adds what only it has."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.api import OutboundMessage, Problem, Rendered
from gateway_meta.calls import Sender
from gateway_meta.checks import Checks


class Outbound:
    """Checks and renders what one page or account sends.

    Args:
        checks: What the channel asks of a message.
        api_url: The Graph API and its version.
        node: Whose messages they are: the id of a page, or of an Instagram account.
    """

    def __init__(self, checks: Checks, *, api_url: str, node: str) -> None:
        self._checks = checks
        self._sender = Sender(checks.style, api_url=api_url, node=node)

    def problems(self, message: OutboundMessage) -> Iterator[Problem]:
        """Yield what the table of limits cannot say."""
        yield from self._checks.problems(message)

    def problems_of_parts(self, message: OutboundMessage) -> Iterator[Problem]:
        """Yield what is wrong with the messages that one without other problems becomes."""
        yield from self._checks.of_parts(message)

    def rendered(self, message: OutboundMessage, *, reference: str | None) -> Rendered:
        """Turn a message that passed the check into calls; see ``Channel.render``."""
        return self._sender.rendered(message, reference=reference)
