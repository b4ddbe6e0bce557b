"""Service messages: what happened in a chat, told as a message without a content."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from gateway.api import (
    Address,
    Contact,
    ContactChange,
    ContactUpdated,
    Event,
    Fact,
    event_id,
    flat_facts,
    plain_json,
)
from gateway_telegram import places, wire
from gateway_telegram.contents import Parts
from gateway_telegram.source import CHANNEL, Source, milliseconds, notice

_USER: Final = msgspec.json.Decoder(wire.User)

# The first is today's name; old senders say the same again under the others.
_JOINED: Final = ("new_chat_members", "new_chat_member", "new_chat_participant")
_LEFT: Final = ("left_chat_member", "left_chat_participant")

_ONLY_TOLD: Final = frozenset(
    {
        *("new_chat_title", "new_chat_photo", "delete_chat_photo", "pinned_message"),
        *("group_chat_created", "supergroup_chat_created", "channel_chat_created"),
        *("message_auto_delete_timer_changed", "connected_website", "write_access_allowed"),
        *("proximity_alert_triggered", "boost_added", "chat_background_set"),
        *("forum_topic_created", "forum_topic_edited", "forum_topic_closed"),
        *("forum_topic_reopened", "general_forum_topic_hidden", "general_forum_topic_unhidden"),
        *("giveaway_created", "giveaway_completed", "gift", "unique_gift", "gift_upgrade_sent"),
        *("video_chat_scheduled", "video_chat_started", "video_chat_ended"),
        *("video_chat_participants_invited", "paid_message_price_changed"),
        *("direct_message_price_changed", "checklist_tasks_done", "checklist_tasks_added"),
        *("poll_option_added", "poll_option_deleted", "managed_bot_created"),
        *("suggested_post_approved", "suggested_post_approval_failed", "suggested_post_declined"),
        *("suggested_post_paid", "suggested_post_refunded"),
        *("chat_owner_changed", "chat_owner_left"),
        *("community_chat_added", "community_chat_joined", "community_chat_removed"),
    }
)


def events(parts: Parts, message: wire.Message, source: Source) -> Iterator[Event]:
    """Yield what a message tells besides its content."""
    for keys in (_JOINED, _LEFT):
        key = next((each for each in keys if each in parts), None)
        if key is not None:
            yield from _membership(key, bytes(parts[key]), message, source)
    for key in ("migrate_to_chat_id", "migrate_from_chat_id"):
        if key in parts:
            yield _moved(key, msgspec.json.decode(parts[key], type=wire.Id), message, source)
    for key, raw in parts.items():
        if key in _ONLY_TOLD:
            yield _told(key, bytes(raw), message, source)
    yield from _order(parts, message, source)


def _told(key: str, raw: bytes, message: wire.Message, source: Source) -> Event:
    value = plain_json(msgspec.json.decode(raw))
    return notice(
        source,
        subject=key,
        facts=flat_facts(value, "" if isinstance(value, dict | list) else key),
        contact=places.of_message(message),
        time=milliseconds(message.date),
    )


def _membership(
    key: str, raw: bytes, message: wire.Message, source: Source
) -> Iterator[ContactUpdated]:
    """Yield who joined or left; the bot's own comings and goings are told apart."""
    body = msgspec.json.decode(raw)
    several = body if isinstance(body, list) else [body]
    for each in several:
        member = _member(each, message)
        change: dict[str, Fact] = {
            "change": "joined" if key in _JOINED else "left",
            "group_id": str(message.chat.id),
        }
        if message.chat.title:
            change["group_title"] = message.chat.title
        if message.sender is not None and str(message.sender.id) != member.id:
            change["by"] = str(message.sender.id)
        if member.id == source.bot_id:
            change["bot"] = True
        moment = milliseconds(message.date)
        own = places.message_id(message.chat.id, message.message_id)
        yield ContactUpdated(
            id=event_id(moment, source.account, "contact.updated", key, own, member.id),
            at=source.at,
            channel=CHANNEL,
            account=source.account,
            contact=member,
            change=ContactChange(aspect="membership", timestamp=moment, facts=change),
        )


def _member(body: Any, message: wire.Message) -> Contact:
    if isinstance(body, dict):
        return places.of_user(msgspec.convert(body, wire.User))
    return places.of_message(message)  # old senders say only that somebody came or went


def _moved(key: str, other: wire.Id, message: wire.Message, source: Source) -> ContactUpdated:
    """Return that a group has a new id; both of its chats tell so, and it is one event."""
    old, new = (message.chat.id, other) if key == "migrate_to_chat_id" else (other, message.chat.id)
    return ContactUpdated(
        id=event_id(0, source.account, "contact.updated", "migrated", str(old), str(new)),
        at=source.at,
        channel=CHANNEL,
        account=source.account,
        contact=Contact(
            id=str(new),
            addresses=(Address(kind="chat", value=str(new)),),
            name=message.chat.title or None,
        ),
        change=ContactChange(
            aspect="address",
            timestamp=milliseconds(message.date) or None,
            previous=(str(old),),
        ),
    )


def _order(parts: Parts, message: wire.Message, source: Source) -> Iterator[Event]:
    """Yield what a payer filled in: the payment itself has no place for it."""
    if "successful_payment" not in parts:
        return
    payment = msgspec.json.decode(parts["successful_payment"])
    if isinstance(payment, dict) and isinstance(payment.get("order_info"), dict):
        yield notice(
            source,
            subject="order_info",
            facts=flat_facts(plain_json(payment["order_info"])),
            contact=places.of_message(message),
            time=milliseconds(message.date),
        )
