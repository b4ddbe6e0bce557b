"""What Telegram posts, in its own words: the shapes that updates are decoded into.

Required is what nothing can be made of without. Ids are numbers, flags true; some clients and
proxies send text and 1, and nothing is gained by refusing them.

Source: Telegram Bot API, "Available types".
"""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias

import msgspec
from msgspec import Meta, field

Id: TypeAlias = int | str
Time: TypeAlias = int | str
"""Seconds since 1970."""
Flag: TypeAlias = Any
"""True or not there at all."""
Count: TypeAlias = Annotated[int, Meta(ge=0, le=1 << 53)]
"""What travels as a number must fit into one."""


class Wire(msgspec.Struct, frozen=True, gc=False):
    """A shape of Telegram's; short-lived, and only what we read of it."""


class User(Wire, frozen=True):
    """A person or a bot."""

    id: Id
    is_bot: Flag = False
    first_name: str | None = None
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = None


class Chat(Wire, frozen=True):
    """Where something happens: with one person, in a group or in a channel."""

    id: Id
    type: str = ""
    title: str | None = None
    username: str | None = None
    first_name: str | None = None
    last_name: str | None = None


class Entity(Wire, frozen=True):
    """A stretch of a text, counted in UTF-16 code units."""

    type: str
    offset: Count
    length: Count
    url: str | None = None
    user: User | None = None
    language: str | None = None
    custom_emoji_id: str | None = None


class Quote(Wire, frozen=True):
    """The part of a message that is quoted."""

    text: str | None = None


class Quoted(Wire, frozen=True):
    """The message that is answered."""

    message_id: Id
    chat: Chat | None = None
    sender: User | None = field(name="from", default=None)
    sender_chat: Chat | None = None
    text: str | None = None
    caption: str | None = None
    forum_topic_created: Any = None


class ExternalReply(Wire, frozen=True):
    """The message that is answered, where it stands in another chat."""

    message_id: Id | None = None
    chat: Chat | None = None


class StoryReference(Wire, frozen=True):
    """A story of a chat."""

    id: Id
    chat: Chat


class Topic(Wire, frozen=True):
    """A person's thread in the direct messages of a channel."""

    topic_id: Id


class Message(Wire, frozen=True):
    """All of a message but its content, which ``contents`` reads key by key."""

    message_id: Id
    chat: Chat
    date: Time | None = None
    edit_date: Time | None = None
    sender: User | None = field(name="from", default=None)
    sender_chat: Chat | None = None
    message_thread_id: Id | None = None
    is_topic_message: Flag = False
    direct_messages_topic: Topic | None = None
    ephemeral_message_id: Id | None = None
    forward_origin: Any = None
    forward_date: Any = None
    reply_to_message: Quoted | None = None
    external_reply: ExternalReply | None = None
    quote: Quote | None = None
    reply_to_story: StoryReference | None = None
    media_group_id: Id | None = None
    business_connection_id: str | None = None
    sender_business_bot: User | None = None
    guest_query_id: str | None = None
    is_from_offline: Flag = False
    text: str | None = None
    entities: tuple[Entity, ...] = ()
    caption: str | None = None
    caption_entities: tuple[Entity, ...] = ()
    reply_markup: Any = None


class File(Wire, frozen=True):
    """A file of any kind, with what its kind tells beside."""

    file_id: str | None = None
    file_size: Count | None = None
    file_name: str | None = None
    mime_type: str | None = None
    width: Count | None = None
    height: Count | None = None
    length: Count | None = None
    duration: Count | None = None
    emoji: str | None = None
    is_animated: Flag = False
    is_video: Flag = False


class LivePhoto(Wire, frozen=True):
    """A picture that moves for a moment; ``photo`` is the still."""

    photo: tuple[File, ...] = ()


class Contact(Wire, frozen=True):
    """A shared contact; ``user_id`` where they are on Telegram."""

    phone_number: Id
    first_name: str | None = None
    last_name: str | None = None
    user_id: Id | None = None
    vcard: str | None = None


class Location(Wire, frozen=True):
    """A place, or one that moves for ``live_period`` seconds."""

    latitude: float
    longitude: float
    horizontal_accuracy: float | None = None
    live_period: Count | None = None


class Venue(Wire, frozen=True):
    """A place with a name."""

    location: Location
    title: str | None = None
    address: str | None = None


class PollOption(Wire, frozen=True):
    """One answer of a poll."""

    text: str
    voter_count: Count | None = None


class Poll(Wire, frozen=True):
    """A poll, or a quiz."""

    id: Id
    question: str
    options: tuple[PollOption, ...] = ()
    is_closed: Flag = False
    is_anonymous: Flag = False
    allows_multiple_answers: Flag = False


class Dice(Wire, frozen=True):
    """A thrown die, dart or slot machine."""

    emoji: str
    value: Count


class WebAppData(Wire, frozen=True):
    """What a web app sent through its keyboard button; not to be trusted."""

    data: str
    button_text: str | None = None


class Payment(Wire, frozen=True):
    """An invoice, a payment or a refund; amounts in the smallest unit of the currency."""

    currency: str | None = None
    total_amount: Count | None = None
    invoice_payload: str | None = None
    telegram_payment_charge_id: str | None = None
    provider_payment_charge_id: str | None = None
    order_info: Any = None


class CallbackQuery(Wire, frozen=True):
    """A tap on an inline button; the message may be out of reach (its date is then 0)."""

    id: Id
    sender: User = field(name="from")
    message: Message | None = None
    inline_message_id: str | None = None
    data: str | None = None
    game_short_name: str | None = None


class ReactionType(Wire, frozen=True):
    """What one reacts with: an emoji, a custom emoji or a paid star."""

    type: str
    emoji: str | None = None
    custom_emoji_id: str | None = None


class MessageReaction(Wire, frozen=True):
    """All reactions of one person to one message, before and after."""

    chat: Chat
    message_id: Id
    date: Time | None = None
    user: User | None = None
    actor_chat: Chat | None = None
    old_reaction: tuple[ReactionType, ...] = ()
    new_reaction: tuple[ReactionType, ...] = ()


class PollAnswer(Wire, frozen=True):
    """A vote; no options take it back."""

    poll_id: Id
    user: User | None = None
    voter_chat: Chat | None = None
    option_ids: tuple[Count, ...] = ()


class Member(Wire, frozen=True):
    """What somebody is in a chat."""

    status: str
    user: User | None = None


class ChatMemberUpdated(Wire, frozen=True):
    """Somebody became something else in a chat."""

    chat: Chat
    new_chat_member: Member
    old_chat_member: Member | None = None
    sender: User | None = field(name="from", default=None)
    date: Time | None = None


class BusinessConnection(Wire, frozen=True):
    """A person connected the bot to their own account, changed that or ended it."""

    id: str
    date: Time | None = None
    is_enabled: Flag = False


class DeletedMessages(Wire, frozen=True):
    """Messages that were deleted in a connected account."""

    chat: Chat
    message_ids: tuple[Id, ...]
    business_connection_id: str | None = None


class Around(Wire, frozen=True):
    """Who and when, in updates that are only passed on."""

    sender: User | None = field(name="from", default=None)
    user: User | None = None
    date: Time | None = None
