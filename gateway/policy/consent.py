"""Who must not be written to. Pure.

What a message is for decides: a contact who wants no marketing still gets the answers to their own
questions, and the code they asked for.
"""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

import msgspec

from gateway.model.outbound import OutboundMessage
from gateway.model.outbound_content import Read, Typing
from gateway.model.template import Category
from gateway.model.template_content import Template

Purpose: TypeAlias = Literal[
    "marketing",  # to sell, to win back
    "notice",  # about something the contact ordered or booked, begun by us
    "code",  # a one-time code the contact asked for
    "reply",  # in a conversation with a person or a bot
    "mark",  # read and typing: nobody gets a message
]

EVERYTHING: Final = "all"
"""Topic of one who wants nothing that we begin: who wrote ``STOP``."""

MARKETING: Final = "marketing"
"""Topic of one who wants no marketing: told by the platform."""

_BY_CATEGORY: Final[dict[Category, Purpose]] = {
    "marketing": "marketing",
    "utility": "notice",
    "authentication": "code",
}


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What is known about a contact's wishes.

    Attributes:
        opted_out: Topics they left.
        blocked: They blocked this account, or are blocked by it.
        unreachable: The platform says that it cannot reach them.
    """

    opted_out: frozenset[str] = frozenset()
    blocked: bool = False
    unreachable: bool = False


class Suppressed(msgspec.Struct, frozen=True, kw_only=True):
    """Why a message must not go; ``explanation`` is for the person who wants to send it."""

    reason: Literal["opted_out", "blocked", "unreachable"]
    explanation: str


def purpose(message: OutboundMessage) -> Purpose:
    """Tell what a message is for."""
    match message.content:
        case Read() | Typing():
            return "mark"
        case Template(category=category):
            # Nobody knows what an unknown template is for: careful.
            return _BY_CATEGORY[category] if category else "marketing"
        case _:
            return "marketing" if message.lane == "bulk" else "reply"


def suppressed(purpose: Purpose, standing: Standing) -> Suppressed | None:
    """Tell whether, and why, a message must not go.

    Returns:
        None when it may.
    """
    if purpose == "mark":
        return None
    if standing.blocked:
        told = "The contact blocked this account, or is blocked by it."
        return Suppressed(reason="blocked", explanation=told)
    if standing.unreachable:
        told = "The platform cannot reach this contact; it may after they write."
        return Suppressed(reason="unreachable", explanation=told)
    if purpose in {"marketing", "notice"} and EVERYTHING in standing.opted_out:
        told = "The contact wants no messages that we begin; answers are allowed when they write."
        return Suppressed(reason="opted_out", explanation=told)
    if purpose == "marketing" and MARKETING in standing.opted_out:
        told = "The contact wants no marketing; a template of an unknown category is taken for it."
        return Suppressed(reason="opted_out", explanation=told)
    return None
