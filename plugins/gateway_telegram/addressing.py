"""Whom a message is for, and what it answers."""

from __future__ import annotations

import re
from typing import Final

from gateway.api import OutboundMessage
from gateway_telegram.formatting import Body
from gateway_telegram.places import DIRECT, GUEST, is_business, spot

PERSON: Final = re.compile(r"[1-9][0-9]{0,15}")
GROUP: Final = re.compile(r"-[1-9][0-9]{0,15}|@[A-Za-z][A-Za-z0-9_]{3,31}")
THREAD: Final = re.compile(rf"(?:{DIRECT})?[1-9][0-9]{{0,15}}")


def where(message: OutboundMessage) -> Body:
    """Return the fields that say where a message goes."""
    chat = message.to_group or message.to or ""
    found: Body = {"chat_id": chat if chat.startswith("@") else int(chat)}
    if is_business(message.via):
        found["business_connection_id"] = message.via
    return {**found, **_thread(message.thread)}


def guest(message: OutboundMessage) -> str | None:
    """Return the guest query that a message answers, if it does."""
    via = message.via or ""
    return via.removeprefix(GUEST) if via.startswith(GUEST) else None


def quoted(message: OutboundMessage) -> Body:
    """Return the fields that say which message is answered; none where that is no message."""
    known = spot(message.reply_to) if message.reply_to else None
    if known is None:
        return {}
    # Answering goes before quoting: a message that is gone must not hold up its answer.
    answered: Body = {"message_id": known.number, "allow_sending_without_reply": True}
    if str(known.chat) != (message.to_group or message.to):
        answered["chat_id"] = known.chat
    return {"reply_parameters": answered}


def unquoted(message: OutboundMessage) -> list[str]:
    """Return what is to be told when something is answered that cannot be quoted."""
    if message.reply_to is None or spot(message.reply_to) is not None:
        return []
    return ["sent without quoting: what it answers is no message (a tap, a vote, a story)"]


def _thread(thread: str | None) -> Body:
    if thread is None:
        return {}
    if thread.startswith(DIRECT):
        return {"direct_messages_topic_id": int(thread.removeprefix(DIRECT))}
    return {"message_thread_id": int(thread)}
