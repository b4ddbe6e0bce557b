"""The message around a content."""

from __future__ import annotations

from typing import Literal

from gateway.model.content import Content, InboundContent
from gateway.model.value import Json, Value


class Referral(Value, frozen=True, kw_only=True):
    """How a contact came to us: an ad, a post, a link with a reference.

    Attributes:
        source: What brought them.
        source_id: The platform's id of the ad or post.
        source_url: The page, post or link it began at.
        reference: Ours, from an m.me, ig.me, wa.me or t.me link.
        headline: Of the ad or post; title of the page.
        body: Text of the ad or post.
        media_type: What the ad or post shows, in the platform's word: ``image``, ``video``.
        media_url: What it shows; short-lived.
        thumbnail_url: A small picture of a film; short-lived.
        click_id: What conversion APIs want back (WhatsApp ``ctwa_clid``).
        product_id: The product of an ad for one, as the platform calls it.
        welcome_text: The greeting that the ad put before the contact.
    """

    source: Literal["ad", "post", "link", "plugin", "product", "other"]
    source_id: str | None = None
    source_url: str | None = None
    reference: str | None = None
    headline: str | None = None
    body: str | None = None
    media_type: str | None = None
    media_url: str | None = None
    thumbnail_url: str | None = None
    click_id: str | None = None
    product_id: str | None = None
    welcome_text: str | None = None


class ReplyTo(Value, frozen=True, kw_only=True):
    """The message that is quoted.

    Attributes:
        platform_id: Its id; it may be one we never saw.
        author: The platform's id of who wrote it, where told.
        text: What was quoted of it, where told.
    """

    platform_id: str
    author: str | None = None
    text: str | None = None


class ProductReference(Value, frozen=True, kw_only=True):
    """The catalogue product a contact asks about.

    Attributes:
        product_id: The product's number in the catalogue; on Messenger and Instagram the platform's
            own id.
        catalog_id: The platform's id of the catalogue, where told.
    """

    product_id: str
    catalog_id: str | None = None


class Group(Value, frozen=True, kw_only=True):
    """The group a message was written in; the contact is who wrote it.

    Attributes:
        id: The platform's id of the group: what ``to_group`` takes.
        title: What the group is called, where told.
        type: ``channel`` is one where only the owners write.
    """

    id: str
    title: str | None = None
    type: Literal["group", "channel"] = "group"


class Edited(Value, frozen=True, kw_only=True):
    """That a message was changed.

    Attributes:
        number: How often it was changed so far, where told.
        timestamp: Milliseconds since 1970, the platform's clock, where told.
    """

    number: int | None = None
    timestamp: int | None = None


class Message(Value, frozen=True, kw_only=True):
    """A message of a contact.

    Attributes:
        id: Ours; the id of the event that first carried it.
        platform_id: The platform's; what ``reply_to``, reactions and statuses speak of. Empty where
            it gives none (a reaction on Messenger).
        timestamp: Milliseconds since 1970, the platform's clock.
        content: What it says; ``kind`` tells which of these it is.
        reply_to: The message it quotes.
        referral: How the contact came to us, of the message they came with.
        forwarded: It was passed on from another chat; ``often`` when the platform marks it as
            forwarded many times.
        product: The product page it was written from.
        group: The group it was written in; None between the contact and us alone.
        thread: Topic inside a chat (Telegram), to be answered in.
        album: Shared by messages that were sent as one set.
        via: Business connection it came through (Telegram), to be answered through.
        standby: Another app holds the conversation: to be shown, never to be answered.
        edited: Set when this is a later form of the message.
    """

    id: str
    platform_id: str
    timestamp: int
    content: InboundContent
    reply_to: ReplyTo | None = None
    referral: Referral | None = None
    forwarded: Literal["once", "often"] | None = None
    product: ProductReference | None = None
    group: Group | None = None
    thread: str | None = None
    album: str | None = None
    via: str | None = None
    standby: bool = False
    edited: Edited | None = None


class Echo(Value, frozen=True, kw_only=True):
    """A message our side wrote elsewhere.

    Attributes:
        id: Ours; the id of the event that first carried it.
        platform_id: The platform's id of it.
        timestamp: Milliseconds since 1970, the platform's clock.
        content: What it says; ``kind`` tells which of these it is.
        origin: ``phone_app`` the business app on a phone, ``inbox`` the platform's own inbox,
            ``api`` another application (or this one, seen from outside).
        app_id: The platform's id of that application.
        metadata: What the sending application attached; how we know our own.
        automatic: Nobody wrote it just then: a greeting, an away message, one that was scheduled.
        reply_to: The message it quotes.
        group: The group it was written in; None between the contact and us alone.
        thread: Topic inside a chat (Telegram).
        album: Shared by messages that were sent as one set.
        via: Business connection it went through (Telegram).
        standby: Another app holds the conversation.
        edited: Set when this is a later form of the message.
    """

    id: str
    platform_id: str
    timestamp: int
    content: Content
    origin: Literal["phone_app", "inbox", "api"]
    app_id: str | None = None
    metadata: str | None = None
    automatic: bool = False
    reply_to: ReplyTo | None = None
    group: Group | None = None
    thread: str | None = None
    album: str | None = None
    via: str | None = None
    standby: bool = False
    edited: Edited | None = None


class Deletion(Value, frozen=True, kw_only=True):
    """A withdrawn message; hide what was shown of it.

    Attributes:
        platform_id: The platform's id of the message.
        timestamp: Milliseconds since 1970, the platform's clock; when we heard of it where that is
            not told.
        by: Who withdrew it.
    """

    platform_id: str
    timestamp: int
    by: Literal["contact", "business"] = "contact"


class Imported(Value, frozen=True, kw_only=True):
    """A message from before we were connected: to be filed, never to be answered.

    Attributes:
        id: Ours; the id of the event that first carried it.
        platform_id: The platform's id of it.
        timestamp: Milliseconds since 1970, the platform's clock: when it was written.
        direction: Who wrote it.
        content: What it says; ``kind`` tells which of these it is.
        status: How far an outbound one had come.
        progress: Per cent of the import done, where told.
        phase: The platform's number of the import's stage.
        reply_to: The message it quotes.
    """

    id: str
    platform_id: str
    timestamp: int
    direction: Literal["inbound", "outbound"]
    content: Content
    status: str | None = None
    progress: int | None = None
    phase: int | None = None
    reply_to: ReplyTo | None = None


class OutboundReference(Value, frozen=True, kw_only=True):
    """An outbound message on its way.

    Attributes:
        id: Ours, as the answer to sending it told.
        platform_ids: The platform's, of every part that makes a message, in the order the contact
            sees them.
        metadata: As the sender gave it.
        lane: As the sender gave it.
        downgraded: How a content the channel cannot show was shown instead.
        held_until: Milliseconds since 1970: when a held message gives up waiting for an answer.
    """

    id: str
    platform_ids: tuple[str, ...] = ()
    metadata: dict[str, Json] = {}
    lane: Literal["live", "bulk"] = "live"
    downgraded: str | None = None
    held_until: int | None = None
