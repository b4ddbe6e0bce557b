"""Who and where: contacts, groups, and ids that are unique within an account."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from gateway.api import Address, Contact, Group
from gateway_telegram import wire

GUEST: Final = "guest:"
"""Begins ``via`` of a message from a chat the bot is no part of; a guest query's id follows."""
DIRECT: Final = "direct:"
"""Begins ``thread`` in the direct messages of a channel; the topic's id follows."""

_MESSAGE: Final = re.compile(
    r"(?!reaction:|story:)(?:(?P<via>.+):)?(?P<chat>-?[1-9][0-9]{0,15}):(?P<number>[1-9][0-9]{0,15})",
    re.DOTALL,
)


class Spot(msgspec.Struct, frozen=True, gc=False):
    """Where one message stands.

    Attributes:
        chat: Telegram's id of the chat.
        number: Telegram's own ``message_id``, unique in its chat only.
        via: Business connection it belongs to.
    """

    chat: int
    number: int
    via: str | None = None


def is_business(via: str | None) -> bool:
    """Whether a message comes or goes through a business connection."""
    return via is not None and not via.startswith(GUEST)


def message_id(chat: wire.Id, number: wire.Id, via: str | None = None) -> str:
    """Return the id of a message: Telegram's own number is unique in its chat only.

    Args:
        chat: Where it stands.
        number: Telegram's own ``message_id``.
        via: Business connection; a connected account numbers its messages by itself.
    """
    own = f"{chat}:{number}"
    return f"{via}:{own}" if via is not None and is_business(via) else own


def spot(platform_id: str) -> Spot | None:
    """Return where a message stands, by our id of it; None for what is no message of a chat.

    Taps, votes, reactions, stories and what one member of a group saw are none.
    """
    found = _MESSAGE.fullmatch(platform_id)
    return Spot(int(found["chat"]), int(found["number"]), found["via"]) if found else None


def is_private(chat: wire.Chat) -> bool:
    """Whether a chat is with one person; some senders leave the type out."""
    return chat.type == "private" if chat.type else not str(chat.id).startswith("-")


def of_user(user: wire.User) -> Contact:
    """Return the contact that a user is; the chat with them has the same id."""
    return Contact(
        id=str(user.id),
        addresses=(Address(kind="chat", value=str(user.id)),),
        name=_name(user.first_name, user.last_name),
        username=user.username or None,
        language=user.language_code or None,
    )


def of_chat(chat: wire.Chat) -> Contact:
    """Return the contact that a chat is: its person, or the group or channel as a whole."""
    return Contact(
        id=str(chat.id),
        addresses=(Address(kind="chat", value=str(chat.id)),),
        name=chat.title or _name(chat.first_name, chat.last_name),
        username=chat.username or None,
    )


def of_either(user: wire.User | None, chat: wire.Chat | None) -> Contact | None:
    """Return the contact behind what is a user's or, when they are hidden, a chat's."""
    if user is not None:
        return of_user(user)
    return of_chat(chat) if chat is not None else None


def of_message(message: wire.Message) -> Contact:
    """Return whom a message is exchanged with: in a group, who wrote it."""
    sender, chat = message.sender, message.chat
    if is_private(chat):
        return of_user(sender) if sender and str(sender.id) == str(chat.id) else of_chat(chat)
    # A hidden administrator, or a channel that writes in its group: the user is a stand-in.
    if message.sender_chat is not None:
        return of_chat(message.sender_chat)
    return of_user(sender) if sender else of_chat(chat)


def group(chat: wire.Chat) -> Group | None:
    """Return the group or channel that a chat is; None for one with a person."""
    if is_private(chat):
        return None
    return Group(
        id=str(chat.id),
        title=chat.title or None,
        type="channel" if chat.type == "channel" else "group",
    )


def via(message: wire.Message) -> str | None:
    """Return what an answer must go through, if anything."""
    if message.business_connection_id:
        return message.business_connection_id
    return f"{GUEST}{message.guest_query_id}" if message.guest_query_id else None


def thread(message: wire.Message) -> str | None:
    """Return the topic a message stands in; a thread of mere replies is none."""
    if message.direct_messages_topic is not None:
        return f"{DIRECT}{message.direct_messages_topic.topic_id}"
    if message.is_topic_message and message.message_thread_id:
        return str(message.message_thread_id)
    return None


def _name(first: str | None, last: str | None) -> str | None:
    return " ".join(each for each in (first, last) if each) or None
