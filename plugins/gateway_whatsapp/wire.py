"""What WhatsApp posts, in its own words: the shapes that a webhook body is decoded into.

``Value`` alone refuses keys it does not know, so that none of them is lost unseen (``walk``
reads those bodies).

Source: Meta for Developers, WhatsApp Business Platform, "Webhooks reference: messages".
"""

from __future__ import annotations

from msgspec import field

from gateway_whatsapp.payloads import (
    Body,
    Button,
    Card,
    Error,
    File,
    Interactive,
    Order,
    Place,
    Reaction,
    Revoke,
    System,
    Time,
    UnsupportedKind,
    Wire,
)


class Metadata(Wire, frozen=True):
    """Which number of ours it is about."""

    phone_number_id: str = ""
    display_phone_number: str = ""


class Profile(Wire, frozen=True):
    """How a person presents themselves."""

    name: str | None = None
    username: str | None = None


class Person(Wire, frozen=True):
    """One of ``contacts[]``: who is behind an id."""

    profile: Profile | None = None
    wa_id: str | None = None
    user_id: str | None = None
    parent_user_id: str | None = None


class Edit(Wire, frozen=True):
    """The payload of ``edit``: the message in its new form."""

    original_message_id: str
    message: Message


class ReferredProduct(Wire, frozen=True):
    """The product page a message was written from."""

    catalog_id: str | None = None
    product_retailer_id: str | None = None


class Context(Wire, frozen=True):
    """What a message refers to."""

    sender: str | None = field(name="from", default=None)
    id: str | None = None
    forwarded: bool = False
    frequently_forwarded: bool = False
    referred_product: ReferredProduct | None = None


class WelcomeMessage(Wire, frozen=True):
    """The greeting an ad showed."""

    text: str | None = None


class Referral(Wire, frozen=True):
    """The ad or post that was clicked."""

    source_type: str | None = None
    source_id: str | None = None
    source_url: str | None = None
    headline: str | None = None
    body: str | None = None
    media_type: str | None = None
    image_url: str | None = None
    video_url: str | None = None
    thumbnail_url: str | None = None
    ctwa_clid: str | None = None
    welcome_message: WelcomeMessage | None = None


class HistoryContext(Wire, frozen=True):
    """How far an imported message had come."""

    status: str | None = None


class Message(Wire, frozen=True):
    """One of ``messages[]``, ``message_echoes[]`` or a history thread's messages."""

    id: str = ""
    timestamp: Time = ""
    type: str = ""
    sender: str | None = field(name="from", default=None)
    from_user_id: str | None = None
    from_parent_user_id: str | None = None
    text: Body | None = None
    context: Context | None = None
    image: File | None = None
    video: File | None = None
    audio: File | None = None
    document: File | None = None
    sticker: File | None = None
    location: Place | None = None
    contacts: tuple[Card, ...] | None = None
    button: Button | None = None
    interactive: Interactive | None = None
    order: Order | None = None
    reaction: Reaction | None = None
    system: System | None = None
    edit: Edit | None = None
    revoke: Revoke | None = None
    unsupported: UnsupportedKind | None = None
    errors: tuple[Error, ...] = ()
    referral: Referral | None = None
    group_id: str | None = None
    to: str | None = None
    to_user_id: str | None = None
    to_parent_user_id: str | None = None
    history_context: HistoryContext | None = None


class Price(Wire, frozen=True):
    """What is charged for a message."""

    category: str = "unknown"
    type: str | None = None
    pricing_model: str | None = None
    billable: bool | None = None


class Status(Wire, frozen=True):
    """One of ``statuses[]``."""

    id: str
    status: str
    timestamp: Time = ""
    recipient_id: str | None = None
    recipient_user_id: str | None = None
    recipient_parent_user_id: str | None = None
    # The name until 2026-05-05.
    parent_recipient_user_id: str | None = None
    recipient_type: str | None = None
    recipient_participant_id: str | None = None
    recipient_participant_user_id: str | None = None
    recipient_participant_parent_user_id: str | None = None
    biz_opaque_callback_data: str | None = None
    template_id: str | None = None
    pricing: Price | None = None
    errors: tuple[Error, ...] = ()


class Value(Wire, frozen=True, forbid_unknown_fields=True):
    """The ``value`` of field ``messages``."""

    metadata: Metadata
    messaging_product: str = ""
    contacts: tuple[Person, ...] = ()
    messages: tuple[Message, ...] = ()
    statuses: tuple[Status, ...] = ()
    errors: tuple[Error, ...] = ()


class Change(Wire, frozen=True):
    """One of ``changes[]``."""

    field: str
    value: Value


class Entry(Wire, frozen=True):
    """One of ``entry[]``."""

    changes: tuple[Change, ...]
    id: str = ""
    time: Time = 0


class Envelope(Wire, frozen=True):
    """The whole body, when it is nothing but messages and statuses."""

    entry: tuple[Entry, ...]
    object: str = ""
