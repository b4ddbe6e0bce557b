"""What a channel declares of itself, as values that policies and pages read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import msgspec

from gateway.model.event import Event
from gateway.model.outbound import OutboundMessage
from gateway.model.window import HumanTag, WindowTerms


def every_message(message: OutboundMessage) -> bool:
    """Say of any message that it needs the window open."""
    del message
    return True


class WindowRule(msgspec.Struct, frozen=True, kw_only=True):
    """The time in which free-form replies are allowed.

    Attributes:
        length: How long it stays open after the event that opened it.
        opens: Whether an event opens or extends it; pure.
        concerns: Whether a message of ours needs it open; pure. All of them, by default; on a
            channel where some never do, the rule holds for the others only.
        described: The events that do, for the reference page: one line each.
        source: Where the platform says so.
        human_tag: The mark by which a person may still answer after that, where there is one.
    """

    length: timedelta
    opens: Callable[[Event], bool]
    concerns: Callable[[OutboundMessage], bool] = every_message
    described: tuple[str, ...]
    source: str
    human_tag: HumanTag | None = None

    @property
    def terms(self) -> WindowTerms:
        """The rule as the window policy takes it."""
        return WindowTerms(length=self.length, human_tag=self.human_tag)
