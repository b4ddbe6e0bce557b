"""The standard messaging window on every channel of Meta's chat platform."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from gateway.api import ContactReferred, Event, Form, HumanTag, MessageReceived, Reaction

HUMAN_AGENT: Final = HumanTag(name="HUMAN_AGENT", length=timedelta(days=7))
"""What a person may still answer with; the app needs Meta's Human Agent feature for it."""


def opens(event: Event) -> bool:
    """Whether an event opens or extends the window: the contact wrote, tapped, reacted or came."""
    match event:
        case MessageReceived(message=message):
            match message.content:
                case Reaction(emoji=emoji):
                    return emoji is not None
                case content:
                    # A form answers a question of ours about how it went.
                    return not isinstance(content, Form)
        case ContactReferred():
            return True
        case _:
            return False
