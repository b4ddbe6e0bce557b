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
    Template,
    Typing,
)
from gateway.model.span import Span
from gateway.model.value import Value


class Text(Value, frozen=True, kw_only=True, tag_field="kind", tag="text"):
    """Written words; on the way out ``preview`` asks the platform to show the first link."""

    text: str
    spans: tuple[Span, ...] = ()
    preview: bool = False


class Image(Value, frozen=True, kw_only=True, tag_field="kind", tag="image"):
    """A picture; ``spans`` are those of its caption, as of other files."""

    media: Media
    caption: str | None = None
    spans: tuple[Span, ...] = ()


class Video(Value, frozen=True, kw_only=True, tag_field="kind", tag="video"):
    """A film; ``animation`` for a silent loop (GIF), ``round`` for a video note."""

    media: Media
    caption: str | None = None
    spans: tuple[Span, ...] = ()
    animation: bool = False
    round: bool = False


class Audio(Value, frozen=True, kw_only=True, tag_field="kind", tag="audio"):
    """Sound; ``voice`` when it was recorded for this message."""

    media: Media
    caption: str | None = None
    spans: tuple[Span, ...] = ()
    voice: bool = False


class Document(Value, frozen=True, kw_only=True, tag_field="kind", tag="document"):
    """A file of any other type."""

    media: Media
    caption: str | None = None
    spans: tuple[Span, ...] = ()


class Sticker(Value, frozen=True, kw_only=True, tag_field="kind", tag="sticker"):
    """A sticker; ``emoji`` is the one it stands for."""

    media: Media
    animated: bool = False
    emoji: str | None = None


class Location(Value, frozen=True, kw_only=True, tag_field="kind", tag="location"):
    """A place.

    Attributes:
        latitude: Degrees, -90 to 90.
        longitude: Degrees, -180 to 180.
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
    """A phone number on a contact card; ``platform_id`` where it is known on the platform."""

    number: str
    type: str | None = None
    platform_id: str | None = None


class Labelled(Value, frozen=True, kw_only=True):
    """An email or web address on a contact card."""

    value: str
    type: str | None = None


class PostalAddress(Value, frozen=True, kw_only=True):
    """A postal address on a contact card."""

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
        name: As shown; may be missing.
        origin: Why it was sent: None for an ordinary share, ``request`` for the answer to a
            contact request (then the number is the contact's own).
        vcard: The whole card, where the platform sends it.
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
    """Shared contact cards."""

    contacts: tuple[ContactCard, ...]


class Reaction(Value, frozen=True, kw_only=True, tag_field="kind", tag="reaction"):
    """An emoji put on a message, or taken away when ``emoji`` is None."""

    to: str
    """Platform id of the message reacted to."""
    emoji: str | None = None


class PollOption(Value, frozen=True, kw_only=True):
    """One answer of a poll."""

    text: str
    votes: int | None = None


class Poll(Value, frozen=True, kw_only=True, tag_field="kind", tag="poll"):
    """A poll, or how it stands."""

    question: str
    options: tuple[PollOption, ...] = ()
    platform_id: str | None = None
    anonymous: bool = False
    multiple: bool = False
    closed: bool = False


class Dice(Value, frozen=True, kw_only=True, tag_field="kind", tag="dice"):
    """A thrown die, dart or slot machine; on the way out without ``value``, for chance decides."""

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
