"""Updates that are no messages, one function per kind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import msgspec

from gateway.api import (
    AccountChange,
    AccountUpdated,
    Choice,
    Contact,
    ContactBlocked,
    ContactChange,
    ContactUnblocked,
    ContactUpdated,
    Deletion,
    Event,
    Group,
    InboundContent,
    ItemBroken,
    Message,
    MessageDeleted,
    MessageReceived,
    PollVote,
    Reaction,
    ReplyTo,
    event_id,
    flat_facts,
    readable_json,
)
from gateway_telegram import places, wire
from gateway_telegram.messages import message
from gateway_telegram.source import CHANNEL, Reader, Source, milliseconds, notice

_CALLBACK: Final = msgspec.json.Decoder(wire.CallbackQuery)
_REACTION: Final = msgspec.json.Decoder(wire.MessageReaction)
_POLL_ANSWER: Final = msgspec.json.Decoder(wire.PollAnswer)
_MEMBER: Final = msgspec.json.Decoder(wire.ChatMemberUpdated)
_CONNECTION: Final = msgspec.json.Decoder(wire.BusinessConnection)
_DELETED: Final = msgspec.json.Decoder(wire.DeletedMessages)
_AROUND: Final = msgspec.json.Decoder(wire.Around)


def _received(
    source: Source,
    contact: Contact,
    content: InboundContent,
    *,
    platform_id: str,
    time: int,
    reply_to: ReplyTo | None = None,
    group: Group | None = None,
    thread: str | None = None,
    via: str | None = None,
) -> MessageReceived:
    """Return the message that a tap, a vote or a reaction is.

    Args:
        source: The update.
        contact: Who did it.
        content: What they did.
        platform_id: What tells it from others of the account.
        time: Milliseconds since 1970; 0 where Telegram tells none.
        reply_to: The message it is about.
        group: Where it happened.
        thread: Topic it happened in.
        via: What an answer must go through.
    """
    own = event_id(time, source.account, "message.received", platform_id)
    return MessageReceived(
        id=own,
        at=source.at,
        channel=CHANNEL,
        account=source.account,
        contact=contact,
        message=Message(
            id=own,
            platform_id=platform_id,
            timestamp=time or source.at,
            content=content,
            reply_to=reply_to,
            group=group,
            thread=thread,
            via=via,
        ),
    )


def callback_query(source: Source) -> Iterable[Event]:
    """Read a tap on an inline button; its date is not told, and the query must be answered."""
    query = _CALLBACK.decode(source.raw)
    tapped = query.data if query.data is not None else query.game_short_name
    if tapped is None:
        raise ItemBroken(".data", "expected what is behind the button, it is missing")
    beneath = query.message
    answered = query.inline_message_id
    if beneath is not None:
        answered = places.message_id(
            beneath.chat.id, beneath.message_id, beneath.business_connection_id
        )
    return (
        _received(
            source,
            places.of_user(query.sender),
            Choice(
                source="callback",
                id=tapped,
                title=_label(beneath.reply_markup, tapped) if beneath else None,
                query_id=str(query.id),
            ),
            platform_id=f"callback:{query.id}",
            time=0,
            reply_to=ReplyTo(platform_id=answered) if answered else None,
            group=places.group(beneath.chat) if beneath else None,
            thread=places.thread(beneath) if beneath else None,
            via=places.via(beneath) if beneath else None,
        ),
    )


def _label(markup: Any, data: str) -> str | None:
    """Return what stood on the button, as far as the keyboard is told."""
    rows = markup.get("inline_keyboard") if isinstance(markup, dict) else None
    for row in rows if isinstance(rows, list) else ():
        for button in row if isinstance(row, list) else ():
            if isinstance(button, dict) and button.get("callback_data") == data:
                text = button.get("text")
                return text if isinstance(text, str) else None
    return None


def message_reaction(source: Source) -> Iterator[Event]:
    """Read somebody's reactions: what was added, else what is left, else that none is."""
    change = _REACTION.decode(source.raw)
    contact = places.of_either(change.user, change.actor_chat)
    if contact is None:
        raise ItemBroken("", "expected a user or an actor_chat, got neither")
    before = [_reacted(each) for each in change.old_reaction]
    after = [_reacted(each) for each in change.new_reaction]
    added = [each for each in after if each not in before]
    for place, emoji in enumerate(added or after[-1:] or [None]):
        yield _received(
            source,
            contact,
            Reaction(to=places.message_id(change.chat.id, change.message_id), emoji=emoji),
            platform_id=f"reaction:{source.number}:{place}",
            time=milliseconds(change.date),
            group=places.group(change.chat),
        )


def _reacted(kind: wire.ReactionType) -> str:
    match kind.type:
        case "custom_emoji":
            return f"custom_emoji:{kind.custom_emoji_id}"
        case "paid":
            return "⭐"
        case _:
            return kind.emoji or kind.type


def poll_answer(source: Source) -> Iterable[Event]:
    """Read a vote; its date is not told."""
    answer = _POLL_ANSWER.decode(source.raw)
    contact = places.of_either(answer.user, answer.voter_chat)
    if contact is None:
        raise ItemBroken("", "expected a user or a voter_chat, got neither")
    return (
        _received(
            source,
            contact,
            PollVote(poll_id=str(answer.poll_id), options=answer.option_ids),
            platform_id=f"vote:{source.number}",
            time=0,
        ),
    )


def my_chat_member(source: Source) -> Iterable[Event]:
    """Read what became of the bot in a chat: blocked by a person, taken into a group."""
    change = _MEMBER.decode(source.raw)
    time = milliseconds(change.date)
    status = change.new_chat_member.status
    private = places.is_private(change.chat)
    person = change.sender if private else None
    contact = places.of_user(person) if person else places.of_chat(change.chat)
    if private:
        if status not in ("kicked", "member"):
            return (_passed_on(source, contact, time),)
        made = ContactBlocked if status == "kicked" else ContactUnblocked
        return (
            made(
                id=event_id(time, source.account, status, contact.id, source.number),
                at=source.at,
                channel=CHANNEL,
                account=source.account,
                contact=contact,
                timestamp=time or source.at,
            ),
        )
    old = change.old_chat_member
    facts = {
        "status": status,
        "previous": old.status if old else None,
        "by": str(change.sender.id) if change.sender else None,
        "bot": True,
    }
    return (
        ContactUpdated(
            id=event_id(time, source.account, "contact.updated", contact.id, source.number),
            at=source.at,
            channel=CHANNEL,
            account=source.account,
            contact=contact,
            change=ContactChange(
                aspect="membership",
                timestamp=time or None,
                facts={name: value for name, value in facts.items() if value is not None},
            ),
        ),
    )


def chat_member(source: Source) -> Iterable[Event]:
    """Read what somebody became in a group; passed on about them, not about who did it."""
    change = _MEMBER.decode(source.raw)
    member = change.new_chat_member.user or change.sender
    contact = places.of_user(member) if member else None
    return (_passed_on(source, contact, milliseconds(change.date)),)


def business_connection(source: Source) -> Iterable[Event]:
    """Read that a person connected the bot to their own account, or ended that."""
    connection = _CONNECTION.decode(source.raw)
    time = milliseconds(connection.date)
    return (
        AccountUpdated(
            id=event_id(
                time, source.account, "account.updated", source.kind, connection.id, source.number
            ),
            at=source.at,
            channel=CHANNEL,
            account=source.account,
            change=AccountChange(
                aspect=source.kind,
                new="enabled" if connection.is_enabled else "disabled",
                facts=flat_facts(readable_json(source.raw)),
            ),
        ),
    )


def deleted_business_messages(source: Source) -> Iterator[Event]:
    """Read that messages of a connected account are gone; neither when nor by whom is told."""
    deleted = _DELETED.decode(source.raw)
    contact = places.of_chat(deleted.chat)
    for each in dict.fromkeys(deleted.message_ids):
        platform_id = places.message_id(deleted.chat.id, each, deleted.business_connection_id)
        yield MessageDeleted(
            id=event_id(0, source.account, "message.deleted", platform_id),
            at=source.at,
            channel=CHANNEL,
            account=source.account,
            contact=contact,
            deletion=Deletion(platform_id=platform_id, timestamp=source.at),
        )


def passed_on(source: Source) -> Iterable[Event]:
    """Read an update that has no event of ours: its facts, whole, with whom it is about."""
    around = _AROUND.decode(source.raw)
    person = around.sender or around.user
    contact = places.of_user(person) if person else None
    return (_passed_on(source, contact, milliseconds(around.date)),)


def unheard_of(source: Source) -> Iterable[Event]:
    """Read an update of a kind that is newer than this code."""
    return (notice(source, reason="unknown", facts=flat_facts(readable_json(source.raw))),)


def _passed_on(source: Source, contact: Contact | None, time: int) -> Event:
    return notice(source, facts=flat_facts(readable_json(source.raw)), contact=contact, time=time)


READERS: Final[Mapping[str, Reader]] = {
    "message": message,
    "edited_message": message,
    "channel_post": message,
    "edited_channel_post": message,
    "business_message": message,
    "edited_business_message": message,
    "guest_message": message,
    "callback_query": callback_query,
    "message_reaction": message_reaction,
    "poll_answer": poll_answer,
    "my_chat_member": my_chat_member,
    "chat_member": chat_member,
    "business_connection": business_connection,
    "deleted_business_messages": deleted_business_messages,
    **dict.fromkeys(
        (
            *("message_reaction_count", "inline_query", "chosen_inline_result", "poll"),
            *("shipping_query", "pre_checkout_query", "purchased_paid_media", "subscription"),
            *("chat_join_request", "chat_boost", "removed_chat_boost", "managed_bot"),
        ),
        passed_on,
    ),
}
"""Every kind of update there is, by its key."""
