"""Contents that only our side sends. Import them from ``gateway.model.content``."""

from __future__ import annotations

from typing import Literal, TypeAlias

from gateway.model.media import Media
from gateway.model.span import Span
from gateway.model.value import Json, Value


class TextParameter(Value, frozen=True, kw_only=True, tag_field="type", tag="text"):
    """Fills a variable with words; ``name`` for named variables."""

    text: str
    name: str | None = None


class MediaParameter(Value, frozen=True, kw_only=True, tag_field="type", tag="media"):
    """Fills a media header; ``gif`` is a film without sound that begins by itself."""

    format: Literal["image", "video", "gif", "document"]
    media: Media


class LocationParameter(Value, frozen=True, kw_only=True, tag_field="type", tag="location"):
    """Fills a location header."""

    latitude: float
    longitude: float
    name: str | None = None
    address: str | None = None


class CurrencyParameter(Value, frozen=True, kw_only=True, tag_field="type", tag="currency"):
    """Fills a variable with money; ``amount_1000`` is the amount times 1 000."""

    code: str
    amount_1000: int
    fallback: str
    name: str | None = None


class DateParameter(Value, frozen=True, kw_only=True, tag_field="type", tag="date_time"):
    """Fills a variable with a date that is already written out."""

    fallback: str
    name: str | None = None


class ProductParameter(Value, frozen=True, kw_only=True, tag_field="type", tag="product"):
    """Fills a product header."""

    catalog_id: str
    product_id: str


Parameter: TypeAlias = (
    TextParameter
    | MediaParameter
    | LocationParameter
    | CurrencyParameter
    | DateParameter
    | ProductParameter
)


class ProductSection(Value, frozen=True, kw_only=True):
    """Products under a title."""

    title: str
    product_ids: tuple[str, ...]


class TemplateButton(Value, frozen=True, kw_only=True):
    """What a template's button needs at sending time.

    Attributes:
        index: Which button, from 0.
        type: Its kind.
        text: URL suffix, one-time code or coupon.
        payload: What comes back when a quick reply is tapped.
        token: Flow token.
        data: First screen's data of a Flow.
        product_id: Thumbnail or product.
        sections: What a button that shows products shows.
        ttl_minutes: How long a call button works.
    """

    index: int
    type: Literal["quick_reply", "url", "copy_code", "flow", "catalog", "products", "voice_call"]
    text: str | None = None
    payload: str | None = None
    token: str | None = None
    data: dict[str, Json] = {}
    product_id: str | None = None
    sections: tuple[ProductSection, ...] = ()
    ttl_minutes: int | None = None


class TapTarget(Value, frozen=True, kw_only=True):
    """Where a tap on a template's picture leads."""

    url: str
    title: str


class TemplateCard(Value, frozen=True, kw_only=True):
    """One card of a carousel template."""

    header: Parameter | None = None
    body: tuple[Parameter, ...] = ()
    buttons: tuple[TemplateButton, ...] = ()


class Template(Value, frozen=True, kw_only=True, tag_field="kind", tag="template"):
    """A message template of the platform with its variables filled.

    Attributes:
        category: What the platform files it under, where the caller knows; some platforms take
            marketing by another way.
        offer_expires_at: Milliseconds since 1970, for a limited-time offer.
        tap_target: Where a tap on the picture leads.
    """

    name: str
    language: str
    category: Literal["marketing", "utility", "authentication"] | None = None
    header: Parameter | None = None
    body: tuple[Parameter, ...] = ()
    buttons: tuple[TemplateButton, ...] = ()
    cards: tuple[TemplateCard, ...] = ()
    offer_expires_at: int | None = None
    tap_target: TapTarget | None = None


class TextHeader(Value, frozen=True, kw_only=True, tag_field="type", tag="text"):
    """A line above the body."""

    text: str


class MediaHeader(Value, frozen=True, kw_only=True, tag_field="type", tag="media"):
    """A file above the body."""

    format: Literal["image", "video", "document"]
    media: Media


Header: TypeAlias = TextHeader | MediaHeader


class Button(Value, frozen=True, kw_only=True):
    """A reply button; ``id`` comes back as ``choice.id``."""

    id: str
    title: str


class Buttons(Value, frozen=True, kw_only=True, tag_field="kind", tag="buttons"):
    """A text with reply buttons."""

    text: str
    buttons: tuple[Button, ...]
    header: Header | None = None
    footer: str | None = None


class Row(Value, frozen=True, kw_only=True):
    """A row of a list; ``id`` comes back as ``choice.id``."""

    id: str
    title: str
    description: str | None = None


class Section(Value, frozen=True, kw_only=True):
    """Rows under a title."""

    rows: tuple[Row, ...]
    title: str | None = None


class ListMenu(Value, frozen=True, kw_only=True, tag_field="kind", tag="list"):
    """A text with a menu that opens at ``button``."""

    text: str
    button: str
    sections: tuple[Section, ...]
    header: str | None = None
    footer: str | None = None


class Link(Value, frozen=True, kw_only=True, tag_field="kind", tag="link"):
    """A text with one button that opens an address."""

    text: str
    title: str
    url: str
    header: Header | None = None
    footer: str | None = None


class Flow(Value, frozen=True, kw_only=True, tag_field="kind", tag="flow"):
    """A text with a button that opens a Flow.

    Attributes:
        flow: Id or name of the Flow.
        by: What ``flow`` is.
        token: Comes back with the answer; say which Flow it was, for the platform does not.
        action: ``navigate`` shows ``screen`` with ``data``; ``data_exchange`` asks the endpoint.
        draft: Open an unpublished Flow (for testers).
    """

    text: str
    title: str
    flow: str
    by: Literal["id", "name"] = "id"
    token: str | None = None
    action: Literal["navigate", "data_exchange"] = "navigate"
    screen: str | None = None
    data: dict[str, Json] = {}
    draft: bool = False
    header: Header | None = None
    footer: str | None = None


class Product(Value, frozen=True, kw_only=True, tag_field="kind", tag="product"):
    """One product of a catalogue."""

    catalog_id: str
    product_id: str
    text: str | None = None
    footer: str | None = None


class Products(Value, frozen=True, kw_only=True, tag_field="kind", tag="products"):
    """Several products of a catalogue."""

    catalog_id: str
    header: str
    text: str
    sections: tuple[ProductSection, ...]
    footer: str | None = None


class Catalog(Value, frozen=True, kw_only=True, tag_field="kind", tag="catalog"):
    """The whole catalogue, with a product as its picture."""

    text: str
    thumbnail_product_id: str | None = None
    footer: str | None = None


class Card(Value, frozen=True, kw_only=True):
    """One card of a carousel: a picture with text and buttons, or a product."""

    title: str | None = None
    text: str | None = None
    media: Media | None = None
    media_format: Literal["image", "video"] = "image"
    buttons: tuple[Button, ...] = ()
    link: str | None = None
    link_title: str | None = None
    catalog_id: str | None = None
    product_id: str | None = None


class Carousel(Value, frozen=True, kw_only=True, tag_field="kind", tag="carousel"):
    """Cards side by side."""

    cards: tuple[Card, ...]
    text: str | None = None


class LocationRequest(Value, frozen=True, kw_only=True, tag_field="kind", tag="location_request"):
    """Asks where the contact is."""

    text: str


class ContactRequest(Value, frozen=True, kw_only=True, tag_field="kind", tag="contact_request"):
    """Asks for the contact's phone number."""

    text: str


class AddressRequest(Value, frozen=True, kw_only=True, tag_field="kind", tag="address_request"):
    """Asks for a postal address.

    Attributes:
        country: ISO 3166-1 alpha-2.
        values: What is known already, by field.
        errors: What was wrong last time, by field.
        saved: Addresses to choose from: their fields, by an id of ours.
    """

    text: str
    country: str
    values: dict[str, str] = {}
    errors: dict[str, str] = {}
    saved: dict[str, dict[str, str]] = {}


class Typing(Value, frozen=True, kw_only=True, tag_field="kind", tag="typing"):
    """Shows that someone writes; ``to`` is the platform id of the message being answered."""

    to: str | None = None


class Read(Value, frozen=True, kw_only=True, tag_field="kind", tag="read"):
    """Tells the contact that their message was seen; ``to`` is its platform id."""

    to: str


class Edit(Value, frozen=True, kw_only=True, tag_field="kind", tag="edit"):
    """Changes a message that we sent: ``text`` takes the place of what it said.

    Attributes:
        to: Platform id of the message.
        spans: As of a text.
        buttons: What stands below it from now on; without any, what stood there goes.
        caption: The words are those below a file, which stays.
    """

    to: str
    text: str
    spans: tuple[Span, ...] = ()
    buttons: tuple[Button, ...] = ()
    caption: bool = False


class Delete(Value, frozen=True, kw_only=True, tag_field="kind", tag="delete"):
    """Takes a message back; ``to`` is its platform id."""

    to: str


class Raw(Value, frozen=True, kw_only=True, tag_field="kind", tag="raw"):
    """The platform's own body, sent as it is: an escape hatch, validated only for being an object."""

    body: dict[str, Json]
