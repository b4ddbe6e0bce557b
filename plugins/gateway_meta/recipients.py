"""Who a message goes to: a person, or what stands for one nobody knows yet.

A person is the platform's scoped id, digits. Anything else is named by a prefix, for their ids
look the same: ``comment:1788…`` answers a comment privately.

Source: Meta for Developers, Messenger Platform, "Send API reference", "Private replies".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from gateway.api import OutboundMessage, Problem, Raw
from gateway_meta.bodies import Body

PERSON: Final = re.compile(r"[0-9]{1,64}")
_NAMED: Final = re.compile(r"([a-z_]+):([!-~]{1,1000})")

FIELDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "comment": "comment_id",
        "live_comment": "comment_id",
        "post": "post_id",
        "opt_in": "user_ref",
        "token": "notification_messages_token",
    }
)
"""What the Send API calls each of them."""
POSTED: Final = frozenset({"comment", "post"})
"""What somebody wrote in public; answered within seven days."""
REPLIES: Final = POSTED | {"live_comment"}
"""Answered once, with one message."""


def recipient(to: str | None) -> Body:
    """Return a recipient as the Send API takes it."""
    found = _NAMED.fullmatch(to or "")
    return {FIELDS[found[1]]: found[2]} if found else {"id": to}


def kind(to: str | None) -> str | None:
    """Return what stands for a person, or None for a person."""
    found = _NAMED.fullmatch(to or "")
    return found[1] if found else None


def needs_window(message: OutboundMessage) -> bool:
    """Whether our window says anything about a message; Meta judges the others by other rules."""
    return kind(message.to) is None


def problems(message: OutboundMessage, named: frozenset[str]) -> Iterator[Problem]:
    """Yield what is wrong with a message's recipient.

    Args:
        message: To be sent.
        named: The prefixes that the channel takes.
    """
    if message.to_group is not None:
        yield Problem(
            path="$.to_group", explanation="must not be given: there are no groups; give to"
        )
        return
    if isinstance(message.content, Raw):
        return  # it says itself where it goes
    if message.to is None:
        yield Problem(path="$.to", explanation="is missing")
    elif not PERSON.fullmatch(message.to) and kind(message.to) not in named:
        others = ", ".join(f"{each}:…" for each in sorted(named))
        told = f"must be the digits of a contact's scoped id, or one of {others}"
        yield Problem(path="$.to", explanation=told)
