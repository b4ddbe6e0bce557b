"""Taps and reactions made into events: what a contact does without writing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from gateway.api import (
    Choice,
    Event,
    InboundContent,
    ItemBroken,
    Message,
    MessageReceived,
    Reaction,
    event_id,
)
from gateway_meta import referrals, wire
from gateway_meta.messages import other_side
from gateway_meta.source import Source

_REACTION: Final = msgspec.json.Decoder(wire.Reaction)
_POSTBACK: Final = msgspec.json.Decoder(wire.Postback)

_EMOJIS: Final = {
    "like": "👍",
    "dislike": "👎",
    "love": "❤️",
    "haha": "😆",
    "smile": "😆",
    "wow": "😮",
    "sad": "😢",
    "angry": "😠",
}


def reaction(source: Source, head: wire.Head) -> Iterator[Event]:
    """Yield an emoji put on a message, or taken away."""
    told = _REACTION.decode(source.raw)
    emoji = told.emoji or _EMOJIS.get(told.reaction or "", told.reaction) or None
    gone = told.action == "unreact"
    if emoji is None and not gone:
        raise ItemBroken(".emoji", "expected an emoji, it is missing")
    content = Reaction(to=told.mid, emoji=None if gone else emoji)
    yield tapped(source, head, content, "reaction", told.mid, "" if gone else str(emoji))


def postback(source: Source, head: wire.Head) -> Iterator[Event]:
    """Yield a tap on a button, the menu, an ice breaker or Get Started."""
    told = _POSTBACK.decode(source.raw)
    chosen = told.payload or told.title
    if not chosen:
        raise ItemBroken(".payload", "expected a payload or a title, got none")
    content = Choice(source="postback", id=chosen, title=told.title)
    yield tapped(
        source,
        head,
        content,
        *("postback", told.mid or chosen),
        platform_id=told.mid or "",
        came=told.referral,
    )


def tapped(
    source: Source,
    head: wire.Head,
    content: InboundContent,
    *facts: str,
    platform_id: str = "",
    came: wire.Referral | None = None,
) -> MessageReceived:
    """Return the event of a tap, which the platform may give no id.

    Args:
        source: Where it came from.
        head: Who tapped.
        content: What was tapped.
        facts: What tells it from other taps of this contact at this time.
        platform_id: The platform's id of it, if it has one.
        came: How the contact came, if told.
    """
    timestamp = source.timestamp()
    contact = other_side(head, source, ours=False)
    own = event_id(timestamp, source.account, "message.received", contact.id, *facts)
    return MessageReceived(
        id=own,
        at=source.at,
        channel=source.channel,
        account=source.account,
        contact=contact,
        message=Message(
            id=own,
            platform_id=platform_id,
            timestamp=timestamp,
            content=content,
            referral=referrals.referral(came) if came else None,
            product=referrals.product(came),
            standby=source.standby,
        ),
    )
