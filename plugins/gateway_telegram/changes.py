"""What is done to a message that is there already, and marks that make none.

Source: Telegram Bot API, "setMessageReaction", "editMessageText", "deleteMessage",
"deleteBusinessMessages", "readBusinessMessage", "sendChatAction".
"""

from __future__ import annotations

from typing import TypeAlias

from gateway.api import Delete, Edit, OutboundMessage, Reaction, Read
from gateway_telegram import addressing, formatting, keyboards
from gateway_telegram.formatting import Body
from gateway_telegram.limits import CUSTOM_EMOJI
from gateway_telegram.media import Part
from gateway_telegram.places import is_business, spot
from gateway_telegram.words import Words

Change: TypeAlias = Reaction | Edit | Delete | Read


def part(content: Change, message: OutboundMessage) -> Part:
    """Return the call that changes a message."""
    known = spot(content.to)
    if known is None:
        raise ValueError(f"{content.to!r} is no message of Telegram's")
    via = known.via or (message.via if is_business(message.via) else None)
    connection: Body = {} if via is None else {"business_connection_id": via}
    one: Body = {"chat_id": known.chat, "message_id": known.number}
    match content:
        case Reaction(emoji=emoji):
            return Part("setMessageReaction", {**one, "reaction": reaction(emoji)})
        case Edit():
            return _edit(content, {**connection, **one})
        case Delete() if via is not None:
            body = {**connection, "message_ids": [known.number]}
            return Part("deleteBusinessMessages", body)
        case Delete():
            return Part("deleteMessage", one)
        case Read():
            return Part("readBusinessMessage", {**connection, **one})


def typing(message: OutboundMessage) -> Part:
    """Return the call that shows that someone writes."""
    return Part("sendChatAction", {**addressing.where(message), "action": "typing"})


def reaction(emoji: str | None) -> list[Body]:
    """Return a reaction as Telegram names it; none takes it away."""
    if not emoji:
        return []
    if emoji.startswith(CUSTOM_EMOJI):
        return [{"type": "custom_emoji", "custom_emoji_id": emoji.removeprefix(CUSTOM_EMOJI)}]
    return [{"type": "emoji", "emoji": formatting.bare(emoji)}]


def _edit(content: Edit, one: Body) -> Part:
    words = Words(content.text, content.spans)
    keyboard = keyboards.choices(content.buttons) if content.buttons else {}
    if content.caption:
        return Part("editMessageCaption", {**one, **formatting.caption(words), **keyboard})
    return Part("editMessageText", {**one, **formatting.text(words), **keyboard})
