"""Updates that are messages: received, changed, or written by our own side."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import msgspec

from gateway.api import (
    Contact,
    Echo,
    Edited,
    Event,
    InboundContent,
    ItemBroken,
    Message,
    MessageEchoed,
    MessageEdited,
    MessageReceived,
    Referral,
    ReplyTo,
    Text,
    event_id,
)
from gateway_telegram import contents, places, service, wire
from gateway_telegram.source import CHANNEL, Source, milliseconds

_PARTS: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_MESSAGE: Final = msgspec.json.Decoder(wire.Message)

_EDITS: Final = frozenset({"edited_message", "edited_channel_post", "edited_business_message"})
_START: Final = re.compile(r"/start(?:@\w+)? +(?P<reference>\S+)")


def message(source: Source) -> Iterator[Event]:
    """Read a message: what it carries, and what else it tells.

    Raises:
        ItemBroken: Nothing can be made of it.
    """
    told = _PARTS.decode(source.raw)
    parts = {key: raw for key, raw in told.items() if bytes(raw) != b"null"}
    head = _MESSAGE.decode(source.raw)
    happened = list(service.events(parts, head, source))
    carried = contents.content(parts, head)
    if carried is None and not happened:
        carried = contents.unknown(parts)
        if carried is None:
            raise ItemBroken("", "expected a content, got none")
    if carried is not None:
        yield _written(head, carried, source)
    yield from happened


def _written(
    head: wire.Message, carried: InboundContent, source: Source
) -> MessageReceived | MessageEdited | MessageEchoed:
    contact = places.of_message(head)
    if source.kind in _EDITS:
        edited = milliseconds(head.edit_date, ".edit_date") or milliseconds(head.date)
        if _is_ours(head):
            return _echoed(head, carried, contact, source, edited)
        own = event_id(
            edited, source.account, "message.edited", _platform_id(head, source), source.number
        )
        # Two changes in one second are told apart by their updates only.
        return MessageEdited(
            id=own,
            at=source.at,
            channel=CHANNEL,
            account=source.account,
            contact=contact,
            message=msgspec.structs.replace(
                _message(head, carried, own, source),
                timestamp=edited or source.at,
                edited=Edited(timestamp=edited or None),
            ),
        )
    if _is_ours(head):
        return _echoed(head, carried, contact, source, None)
    moment = milliseconds(head.date)
    own = event_id(moment, source.account, "message.received", _platform_id(head, source))
    return MessageReceived(
        id=own,
        at=source.at,
        channel=CHANNEL,
        account=source.account,
        contact=contact,
        message=_message(head, carried, own, source),
    )


def _message(head: wire.Message, carried: InboundContent, own: str, source: Source) -> Message:
    forwarded = head.forward_origin is not None or head.forward_date is not None
    return Message(
        id=own,
        platform_id=_platform_id(head, source),
        timestamp=milliseconds(head.date) or source.at,
        content=carried,
        reply_to=_reply_to(head),
        referral=_referral(carried),
        forwarded="once" if forwarded else None,
        group=places.group(head.chat),
        thread=places.thread(head),
        album=_album(head),
        via=places.via(head),
    )


def _echoed(
    head: wire.Message,
    carried: InboundContent,
    contact: Contact,
    source: Source,
    edited: int | None,
) -> MessageEchoed:
    platform_id = _platform_id(head, source)
    moment = milliseconds(head.date) if edited is None else edited
    told = (platform_id,) if edited is None else (platform_id, source.number)
    own = event_id(moment, source.account, "message.echoed", *told)
    bot = head.sender_business_bot
    if bot is None and head.sender is not None and head.sender.is_bot:
        bot = head.sender
    return MessageEchoed(
        id=own,
        at=source.at,
        channel=CHANNEL,
        account=source.account,
        contact=contact,
        message=Echo(
            id=own,
            platform_id=platform_id,
            timestamp=moment or source.at,
            content=carried,
            origin="api" if bot else "phone_app",
            app_id=str(bot.id) if bot else None,
            automatic=bool(head.is_from_offline),
            reply_to=_reply_to(head),
            group=places.group(head.chat),
            thread=places.thread(head),
            album=_album(head),
            via=places.via(head),
            edited=None if edited is None else Edited(timestamp=edited or None),
        ),
    )


def _is_ours(head: wire.Message) -> bool:
    """Whether our side wrote it: the owner of a connected account, or a bot, to a person."""
    if head.sender is None or not places.is_private(head.chat):
        return False
    if str(head.sender.id) == str(head.chat.id):
        return False
    return head.business_connection_id is not None or bool(head.sender.is_bot)


def _platform_id(head: wire.Message, source: Source) -> str:
    number: wire.Id = head.message_id
    if str(number) == "0":  # seen by one member of a group only, or not sent yet
        ephemeral = head.ephemeral_message_id
        number = f"update-{source.number}" if ephemeral is None else f"ephemeral-{ephemeral}"
    return places.message_id(head.chat.id, number, head.business_connection_id)


def _album(head: wire.Message) -> str | None:
    return None if head.media_group_id is None else str(head.media_group_id)


def _referral(carried: InboundContent) -> Referral | None:
    """Return the link that a contact started the bot with.

    Source: Telegram Bot Features, "Deep linking".
    """
    if not isinstance(carried, Text) or not (found := _START.fullmatch(carried.text)):
        return None
    return Referral(source="link", reference=found["reference"])


def _reply_to(head: wire.Message) -> ReplyTo | None:
    """Return the message or story that is answered, with the words that were quoted of it."""
    words = head.quote.text if head.quote else None
    answered = head.reply_to_message
    # In a topic, what answers nothing answers the message that made the topic.
    if answered is not None and answered.forum_topic_created is None:
        chat = answered.chat or head.chat
        author = answered.sender or answered.sender_chat
        return ReplyTo(
            platform_id=places.message_id(
                chat.id, answered.message_id, head.business_connection_id
            ),
            author=str(author.id) if author else None,
            text=words or answered.text or answered.caption,
        )
    if (elsewhere := head.external_reply) is not None:
        if elsewhere.chat is not None and elsewhere.message_id is not None:
            known = places.message_id(elsewhere.chat.id, elsewhere.message_id)
            return ReplyTo(platform_id=known, text=words)
        # Of a chat that hides: only the words are told, if any.
        return ReplyTo(platform_id="", text=words) if words else None
    if (story := head.reply_to_story) is not None:
        return ReplyTo(platform_id=f"story:{places.message_id(story.chat.id, story.id)}")
    return None
