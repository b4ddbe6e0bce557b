"""What WhatsApp posts, in its own words: the shapes that a webhook body is decoded into.

Only what we read is listed; what is required here is what nothing can be made of without.
``Value`` alone refuses keys it does not know, so that none of them is lost unseen (see
``walk``).

Source: Meta for Developers, WhatsApp Business Platform, "Webhooks reference: messages".
"""

from __future__ import annotations

from typing import Any, TypeAlias

import msgspec
from msgspec import field

Number: TypeAlias = int | float | str
"""Meta sends prices and quantities as any of these."""

Time: TypeAlias = int | str
"""Seconds since 1970, as text in most places; now and then milliseconds."""


class Wire(msgspec.Struct, frozen=True, gc=False):
    """A shape of the platform's; short-lived."""


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


class ErrorData(Wire, frozen=True):
    """The longer part of an error."""

    details: str | None = None


class Error(Wire, frozen=True):
    """An error, in a failed status, an unsupported message or on its own."""

    code: int | str = ""
    title: str | None = None
    message: str | None = None
    details: str | None = None
    error_data: ErrorData | None = None


class Body(Wire, frozen=True):
    """The payload of ``text``."""

    body: str


class File(Wire, frozen=True):
    """The payload of ``image``, ``video``, ``audio``, ``document`` and ``sticker``."""

    id: str | None = None
    mime_type: str | None = None
    sha256: str | None = None
    caption: str | None = None
    filename: str | None = None
    voice: bool = False
    animated: bool = False


class Place(Wire, frozen=True):
    """The payload of ``location``."""

    latitude: float
    longitude: float
    name: str | None = None
    address: str | None = None
    url: str | None = None


class CardName(Wire, frozen=True):
    """The name on a contact card."""

    formatted_name: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    middle_name: str | None = None
    prefix: str | None = None
    suffix: str | None = None


class CardPhone(Wire, frozen=True):
    """A number on a contact card."""

    phone: str | None = None
    wa_id: str | None = None
    type: str | None = None


class CardEmail(Wire, frozen=True):
    """An email address on a contact card."""

    email: str = ""
    type: str | None = None


class CardUrl(Wire, frozen=True):
    """A web address on a contact card."""

    url: str = ""
    type: str | None = None


class CardAddress(Wire, frozen=True):
    """A postal address on a contact card."""

    street: str | None = None
    city: str | None = None
    state: str | None = None
    zip: str | None = None
    country: str | None = None
    country_code: str | None = None
    type: str | None = None


class CardCompany(Wire, frozen=True):
    """Where the person on a contact card works."""

    company: str | None = None
    department: str | None = None
    title: str | None = None


class Card(Wire, frozen=True):
    """One of the payload of ``contacts``."""

    name: CardName | None = None
    phones: tuple[CardPhone, ...] = ()
    emails: tuple[CardEmail, ...] = ()
    urls: tuple[CardUrl, ...] = ()
    addresses: tuple[CardAddress, ...] = ()
    org: CardCompany | None = None
    birthday: str | None = None
    vcard: str | None = None
    origin: str | None = None


class Button(Wire, frozen=True):
    """The payload of ``button``: a quick reply of a template."""

    text: str | None = None
    payload: str | None = None


class Reply(Wire, frozen=True):
    """A tapped reply button or list row."""

    id: str
    title: str | None = None
    description: str | None = None


class FormReply(Wire, frozen=True):
    """A filled Flow or address message; ``response_json`` is JSON inside a string."""

    name: str = "flow"
    body: str | None = None
    response_json: Any = None


class CallReply(Wire, frozen=True):
    """Whether we may call."""

    response: str
    expiration_timestamp: Time | None = None
    is_permanent: bool = False
    response_source: str | None = None


class Interactive(Wire, frozen=True):
    """The payload of ``interactive``."""

    type: str
    button_reply: Reply | None = None
    list_reply: Reply | None = None
    nfm_reply: FormReply | None = None
    call_permission_reply: CallReply | None = None


class Item(Wire, frozen=True):
    """One line of an order."""

    product_retailer_id: str
    quantity: Number
    item_price: Number | None = None
    currency: str | None = None


class Order(Wire, frozen=True):
    """The payload of ``order``."""

    product_items: tuple[Item, ...]
    catalog_id: str | None = None
    text: str | None = None


class Reaction(Wire, frozen=True):
    """The payload of ``reaction``; no emoji takes it away."""

    message_id: str
    emoji: str | None = None


class System(Wire, frozen=True):
    """The payload of ``system``: a contact changed number, id or device."""

    type: str = ""
    body: str | None = None
    wa_id: str | None = None
    new_wa_id: str | None = None
    user_id: str | None = None
    parent_user_id: str | None = None
    customer: str | None = None
    identity: Any = None


class Edit(Wire, frozen=True):
    """The payload of ``edit``: the message in its new form."""

    original_message_id: str
    message: Message


class Revoke(Wire, frozen=True):
    """The payload of ``revoke``."""

    original_message_id: str


class UnsupportedKind(Wire, frozen=True):
    """The payload of ``unsupported``: what it would have been."""

    type: str | None = None


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


class BusinessInfo(Wire, frozen=True):
    """Which WhatsApp Business Account a partner event is about."""

    waba_id: str = ""


class Owner(Wire, frozen=True):
    """The parts of any value that say which number or business it is about."""

    metadata: Metadata | None = None
    recipient: Metadata | None = None
    display_phone_number: str | None = None
    phone_number: str | None = None
    waba_info: BusinessInfo | None = None


class Identified(Wire, frozen=True):
    """Any item with an id."""

    id: str = ""


class ChunkMetadata(Wire, frozen=True):
    """How far the import of a history has come."""

    phase: int | None = None
    progress: int | None = None


class Thread(Wire, frozen=True):
    """One conversation of a history; ``id`` is the contact's number or user id."""

    id: str
    messages: tuple[msgspec.Raw, ...] = ()


class Chunk(Wire, frozen=True):
    """One of ``history[]``."""

    metadata: ChunkMetadata = ChunkMetadata()
    threads: tuple[Thread, ...] = ()
    errors: tuple[Error, ...] = ()


class BookContact(Wire, frozen=True):
    """A line of the business app's address book."""

    phone_number: str | None = None
    user_id: str | None = None
    full_name: str | None = None
    first_name: str | None = None


class BookMetadata(Wire, frozen=True):
    """When a line of the address book changed."""

    timestamp: Time | None = None


class BookEntry(Wire, frozen=True):
    """One of ``state_sync[]``."""

    contact: BookContact | None = None
    action: str | None = None
    metadata: BookMetadata | None = None


class Preference(Wire, frozen=True):
    """One of ``user_preferences[]``."""

    value: str
    category: str = ""
    wa_id: str | None = None
    user_id: str | None = None
    parent_user_id: str | None = None
    detail: str | None = None
    timestamp: Time = 0


class Renewed(Wire, frozen=True):
    """An id before and after."""

    current: str | None = None
    previous: str | None = None


class IdUpdate(Wire, frozen=True):
    """One of ``user_id_update[]``."""

    wa_id: str | None = None
    user_id: Renewed | None = None
    parent_user_id: Renewed | None = None
    detail: str | None = None
    timestamp: Time = 0


class Call(Wire, frozen=True):
    """One of ``calls[]``."""

    id: str
    event: str
    timestamp: Time = 0
    direction: str | None = None
    sender: str | None = field(name="from", default=None)
    from_user_id: str | None = None
    from_parent_user_id: str | None = None
    to: str | None = None
    to_user_id: str | None = None
    to_parent_user_id: str | None = None


class CallStatus(Wire, frozen=True):
    """One of ``statuses[]`` of field ``calls``."""

    id: str
    status: str
    timestamp: Time = 0
    recipient_id: str | None = None
    recipient_user_id: str | None = None
    recipient_parent_user_id: str | None = None


class GroupUpdate(Wire, frozen=True):
    """One of ``groups[]``; what else it holds depends on its type."""

    type: str = ""
    timestamp: Time = 0
