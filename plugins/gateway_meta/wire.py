"""What Messenger and Instagram post, in their own words.

What is required here is what nothing can be made of without.

Source: Meta for Developers, Messenger Platform, "Webhooks reference"; Instagram Platform,
"Webhook notification examples".
"""

from __future__ import annotations

from typing import Any, TypeAlias

import msgspec
from msgspec import field

Id: TypeAlias = int | str
"""Ids are text; some versions and tools send them as numbers."""

Time: TypeAlias = int | float | str
"""Milliseconds or seconds since 1970, now and then as text."""


class Wire(msgspec.Struct, frozen=True, gc=False):
    """A shape of the platform's; short-lived, and only what we read of it."""


class Party(Wire, frozen=True):
    """Who sent an item or is to get it."""

    id: Id | None = None
    user_ref: Id | None = None


class PriorMessage(Wire, frozen=True):
    """The checkbox that was ticked before this person wrote for the first time."""

    identifier: Id | None = None


class Head(Wire, frozen=True):
    """What every item of ``messaging[]`` may tell beside its own part."""

    sender: Party | None = None
    recipient: Party | None = None
    timestamp: Time | None = None
    prior_message: PriorMessage | None = None


class Product(Wire, frozen=True):
    """The product that a conversation began with."""

    id: Id | None = None


class AdsContext(Wire, frozen=True):
    """What the ad showed."""

    ad_title: str | None = None
    photo_url: str | None = None
    video_url: str | None = None
    post_id: Id | None = None
    product_id: Id | None = None


class Referral(Wire, frozen=True):
    """How a person came: a link, an ad, a plugin, a product."""

    ref: str | None = None
    source: str | None = None
    type: str | None = None
    ad_id: Id | None = None
    referer_uri: str | None = None
    ads_context_data: AdsContext | None = None
    product: Product | None = None


class QuickReply(Wire, frozen=True):
    """A tapped quick reply; its title is the message's text."""

    payload: str


class AnsweredStory(Wire, frozen=True):
    """The story of ours that a message answers."""

    id: Id | None = None
    url: str | None = None


class ReplyTo(Wire, frozen=True):
    """What a message answers: another message, or a story."""

    mid: str | None = None
    is_self_reply: bool | None = None
    story: AnsweredStory | None = None


class Command(Wire, frozen=True):
    """A command chosen from the menu of commands."""

    name: str


class Message(Wire, frozen=True):
    """The payload of ``message``."""

    mid: str
    text: str | None = None
    quick_reply: QuickReply | None = None
    reply_to: ReplyTo | None = None
    attachments: tuple[msgspec.Raw, ...] | None = None
    referral: Referral | None = None
    commands: tuple[Command, ...] | None = None
    is_echo: bool | None = None
    is_self: bool | None = None
    is_deleted: bool | None = None
    is_unsupported: bool | None = None
    app_id: Id | None = None
    metadata: str | None = None


class Attachment(Wire, frozen=True):
    """One of a message's ``attachments[]``; old kinds carry title and address out here."""

    type: str
    payload: Any = None
    title: str | None = None
    url: str | None = None
    old_url: str | None = field(name="URL", default=None)


class Edit(Wire, frozen=True):
    """The payload of ``message_edit``: the message's new text."""

    mid: str
    text: str | None = None
    num_edit: Id | None = None


class Postback(Wire, frozen=True):
    """The payload of ``postback``; on standby it has a title only."""

    mid: str | None = None
    title: str | None = None
    payload: str | None = None
    referral: Referral | None = None


class Reaction(Wire, frozen=True):
    """The payload of ``reaction``."""

    mid: str
    action: str | None = None
    reaction: str | None = None
    emoji: str | None = None


class Delivery(Wire, frozen=True):
    """The payload of ``delivery``: these, and all that was sent until then."""

    mids: tuple[str, ...] | None = None
    watermark: Time | None = None


class Read(Wire, frozen=True):
    """The payload of ``read``: all that was sent until then, or (Instagram) one message."""

    mid: str | None = None
    watermark: Time | None = None


class OptIn(Wire, frozen=True):
    """The payload of ``optin``: a plugin's checkbox, or a subscription."""

    type: str | None = None
    ref: str | None = None
    user_ref: Id | None = None
    payload: str | None = None
    title: str | None = None
    notification_messages_token: str | None = None
    notification_messages_frequency: str | None = None
    notification_messages_status: str | None = None
    token_expiry_timestamp: Time | None = None


class Handover(Wire, frozen=True):
    """The payload of ``pass_``, ``take_`` and ``request_thread_control``."""

    previous_owner_app_id: Id | None = None
    new_owner_app_id: Id | None = None
    requested_owner_app_id: Id | None = None
    metadata: str | None = None


class Policy(Wire, frozen=True):
    """The payload of ``policy_enforcement``."""

    action: str
    reason: str | None = None


class Answer(Wire, frozen=True):
    """The answer to one question of a feedback form: a score or words, as ``type`` says."""

    type: str | None = None
    payload: Any = None
    follow_up: Any = None


class FeedbackScreen(Wire, frozen=True):
    """One screen of a feedback form: answers by the question's id."""

    questions: dict[str, Answer] = {}


class Feedback(Wire, frozen=True):
    """The payload of ``messaging_feedback``."""

    feedback_screens: tuple[FeedbackScreen, ...]


class Author(Wire, frozen=True):
    """Who wrote a comment or a post."""

    id: Id | None = None
    name: str | None = None
    username: str | None = None


class Authored(Wire, frozen=True):
    """The parts of a change that say who did it."""

    author: Author | None = field(name="from", default=None)
    sender_id: Id | None = None
    sender_name: str | None = None
