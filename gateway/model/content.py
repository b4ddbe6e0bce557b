"""What a message carries, told apart by ``kind``.

``InboundContent`` is what contacts send (and what our side wrote elsewhere, as an echo);
``OutboundContent`` is what we can be asked to send. Kinds that go both ways are one class, here;
the others are in ``inbound_content`` and ``outbound_content``.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from gateway.model.inbound_content import (
    CallPermission,
    Choice,
    Form,
    Order,
    Other,
    Payment,
    PollVote,
    Share,
    Story,
    Unsupported,
)
from gateway.model.media import Media
from gateway.model.outbound_content import (
    AddressRequest,
    Buttons,
    Carousel,
    Catalog,
    ContactRequest,
    Delete,
    Edit,
    Flow,
    Link,
    ListMenu,
    LocationRequest,
    Product,
    Products,
    Raw,
    Read,
    Typing,
)
from gateway.model.span import Span
from gateway.model.template_content import Template
from gateway.model.value import Value


class Text(Value, frozen=True, kw_only=True, tag_field="kind", tag="text"):
    """Written words.

    Attributes:
        text: What is written.
        spans: Formatting, links and mentions in the text.
        preview: On the way out: ask the platform to show the first link. Only the sender sets it.
    """

    text: str
    spans: tuple[Span, ...] = ()
    preview: bool = False


class Image(Value, frozen=True, kw_only=True, tag_field="kind", tag="image"):
    """A picture.

    Attributes:
        media: The file; on the way out found by ``stored_id``, ``platform_id`` or ``url``.
        caption: Words below it.
        spans: Of the caption, as of a text.
    """

    media: Media
    caption: str | None = None
    spans: tuple[Span, ...] = ()


class Video(Value, frozen=True, kw_only=True, tag_field="kind", tag="video"):
    """A film.

    Attributes:
        media: The file; on the way out found by ``stored_id``, ``platform_id`` or ``url``.
        caption: Words below it.
        spans: Of the caption, as of a text.
        animation: It is a silent loop (GIF).
        round: It is a video note, shown in a circle.
    """

    media: Media
    caption: str | None = None
    spans: tuple[Span, ...] = ()
    animation: bool = False
    round: bool = False


class Audio(Value, frozen=True, kw_only=True, tag_field="kind", tag="audio"):
    """Sound.

    Attributes:
        media: The file; on the way out found by ``stored_id``, ``platform_id`` or ``url``.
        caption: Words below it.
        spans: Of the caption, as of a text.
        voice: It was recorded for this message: a voice message, not a piece of music.
    """

    media: Media
    caption: str | None = None
    spans: tuple[Span, ...] = ()
    voice: bool = False


class Document(Value, frozen=True, kw_only=True, tag_field="kind", tag="document"):
    """A file of any other type.

    Attributes:
        media: The file; on the way out found by ``stored_id``, ``platform_id`` or ``url``. Its
            ``filename`` is shown.
        caption: Words below it.
        spans: Of the caption, as of a text.
    """

    media: Media
    caption: str | None = None
    spans: tuple[Span, ...] = ()


class Sticker(Value, frozen=True, kw_only=True, tag_field="kind", tag="sticker"):
    """A sticker.

    Attributes:
        media: The file; on the way out found by ``stored_id``, ``platform_id`` or ``url``.
        animated: It moves.
        emoji: The one it stands for, where told.
    """

    media: Media
    animated: bool = False
    emoji: str | None = None


class Location(Value, frozen=True, kw_only=True, tag_field="kind", tag="location"):
    """A place.

    Attributes:
        latitude: Degrees, -90 to 90.
        longitude: Degrees, -180 to 180.
        name: Of the place, such as a shop's.
        address: In one line.
        url: A page about the place.
        accuracy_meters: How far from there the contact may be.
        live_seconds: How long a live location is shared, if it is one.
    """

    latitude: float
    longitude: float
    name: str | None = None
    address: str | None = None
    url: str | None = None
    accuracy_meters: float | None = None
    live_seconds: int | None = None


class Phone(Value, frozen=True, kw_only=True):
    """A phone number on a contact card.

    Attributes:
        number: As written on the card: digits, spaces, a plus sign.
        type: What it is for, such as ``CELL`` or ``WORK``, in the card's word.
        platform_id: The person's id on the platform, where they are known there.
    """

    number: str
    type: str | None = None
    platform_id: str | None = None


class Labelled(Value, frozen=True, kw_only=True):
    """An email or web address on a contact card.

    Attributes:
        value: The address.
        type: What it is for, such as ``WORK``, in the card's word.
    """

    value: str
    type: str | None = None


class PostalAddress(Value, frozen=True, kw_only=True):
    """A postal address on a contact card.

    Attributes:
        street: With the number of the house.
        city: Or village.
        state: Or province, where the country has them.
        zip: Postal code.
        country: Its name.
        country_code: ISO 3166-1 alpha-2.
        type: What it is for, such as ``HOME``, in the card's word.
    """

    street: str | None = None
    city: str | None = None
    state: str | None = None
    zip: str | None = None
    country: str | None = None
    country_code: str | None = None
    type: str | None = None


class ContactCard(Value, frozen=True, kw_only=True):
    """One shared contact.

    Attributes:
        name: The whole name as shown; may be missing. A card to be sent needs one, or a part of it.
        first_name: Given name.
        last_name: Family name.
        middle_name: Between the two.
        prefix: Before the name, such as ``Dr``.
        suffix: After the name, such as ``Jr``.
        company: Where they work.
        department: Of the company.
        title: Their position in the company.
        birthday: ``YYYY-MM-DD``; as the card has it where a contact sent it.
        phones: Phone numbers.
        emails: Email addresses.
        urls: Web addresses.
        addresses: Postal addresses.
        origin: Why it was sent: None for an ordinary share, ``request`` for the answer to a contact
            request (then the number is the contact's own).
        vcard: The whole card as vCard, where the platform sends it.
    """

    name: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    middle_name: str | None = None
    prefix: str | None = None
    suffix: str | None = None
    company: str | None = None
    department: str | None = None
    title: str | None = None
    birthday: str | None = None
    phones: tuple[Phone, ...] = ()
    emails: tuple[Labelled, ...] = ()
    urls: tuple[Labelled, ...] = ()
    addresses: tuple[PostalAddress, ...] = ()
    origin: Literal["request"] | None = None
    vcard: str | None = None


class Contacts(Value, frozen=True, kw_only=True, tag_field="kind", tag="contacts"):
    """Shared contact cards.

    Attributes:
        contacts: The cards; at least one.
    """

    contacts: tuple[ContactCard, ...]


class Reaction(Value, frozen=True, kw_only=True, tag_field="kind", tag="reaction"):
    """An emoji put on a message, or taken away.

    Attributes:
        to: Platform id of the message reacted to.
        emoji: The emoji; None takes away what was put there.
    """

    to: str
    emoji: str | None = None


class PollOption(Value, frozen=True, kw_only=True):
    """One answer of a poll.

    Attributes:
        text: What can be chosen.
        votes: How many chose it; only the platform tells.
    """

    text: str
    votes: int | None = None


class Poll(Value, frozen=True, kw_only=True, tag_field="kind", tag="poll"):
    """A poll, or how it stands.

    Attributes:
        question: What is asked.
        options: The answers, in order; votes name them by their place, from 0.
        platform_id: Of the poll: what votes call ``poll_id``. Only the platform tells.
        anonymous: Nobody sees who voted for what.
        multiple: More than one answer may be chosen.
        closed: No more votes are taken.
    """

    question: str
    options: tuple[PollOption, ...] = ()
    platform_id: str | None = None
    anonymous: bool = False
    multiple: bool = False
    closed: bool = False


class Dice(Value, frozen=True, kw_only=True, tag_field="kind", tag="dice"):
    """A thrown die, dart or slot machine.

    Attributes:
        emoji: Which of them, as an emoji.
        value: What chance decided, as the platform counts it; only the platform tells.
    """

    emoji: str
    value: int | None = None


InboundContent: TypeAlias = (
    Text
    | Image
    | Video
    | Audio
    | Document
    | Sticker
    | Location
    | Contacts
    | Reaction
    | Choice
    | Form
    | Order
    | Story
    | Share
    | Poll
    | PollVote
    | Dice
    | CallPermission
    | Payment
    | Unsupported
    | Other
)

OutboundContent: TypeAlias = (
    Text
    | Image
    | Video
    | Audio
    | Document
    | Sticker
    | Location
    | Contacts
    | Reaction
    | Poll
    | Dice
    | Template
    | Buttons
    | ListMenu
    | Link
    | Flow
    | Product
    | Products
    | Catalog
    | Carousel
    | LocationRequest
    | ContactRequest
    | AddressRequest
    | Typing
    | Read
    | Edit
    | Delete
    | Raw
)

Content: TypeAlias = InboundContent | OutboundContent
"""Any content: an echo may carry what only we can send."""
