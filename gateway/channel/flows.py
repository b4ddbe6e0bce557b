"""Who answers forms (Flows) that ask for their screens while they are filled in."""

from __future__ import annotations

import abc

from gateway.channel.host import Host
from gateway.model.flow import FlowAnswer, FlowRequest


class FlowScreens(abc.ABC):
    """Answers the forms of one account, or some of them."""

    @abc.abstractmethod
    async def answer(self, request: FlowRequest, host: Host) -> FlowAnswer | None:
        """Return what to show next, within a few seconds; the contact waits.

        Args:
            request: What is asked.
            host: Of the account.

        Returns:
            None when the form is none of these: the next one is asked.
        """

    async def failed(self, request: FlowRequest, error: str, host: Host) -> None:
        """Hear that the phone could not show the last answer; nothing by default.

        Args:
            request: Whose answer it was, as far as the phone says.
            error: Why, in the platform's words.
            host: Of the account.
        """
        del request, error, host
