"""How long free-form messages are allowed, as values that channels declare."""

from __future__ import annotations

from datetime import timedelta

from gateway.model.value import Value


class HumanTag(Value, frozen=True, kw_only=True):
    """A mark by which a person may still answer for a while after the window closed.

    Attributes:
        name: As the platform calls it.
        length: Until when, counted from the event that opened the window.
    """

    name: str
    length: timedelta


class WindowTerms(Value, frozen=True, kw_only=True):
    """A platform's terms for free-form messages.

    Attributes:
        length: How long the window stays open after the event that opened it.
        human_tag: What is left to people after that, if anything.
    """

    length: timedelta
    human_tag: HumanTag | None = None
