"""Contents that only our side sends. Import them from ``gateway.model.content``."""

from __future__ import annotations

from typing import Literal, TypeAlias

from gateway.model.media import Media
from gateway.model.span import Span
from gateway.model.template_content import ProductSection
from gateway.model.value import Json, Value


class TextHeader(Value, frozen=True, kw_only=True, tag_field="type", tag="text"):
    """A line above the body.

    Attributes:
        text: The line.
    """

    text: str


class MediaHeader(Value, frozen=True, kw_only=True, tag_field="type", tag="media"):
    """A file above the body.

    Attributes:
        format: What the file is.
        media: The file: ``stored_id``, ``platform_id`` or ``url``.
    """

    format: Literal["image", "video", "document"]
    media: Media


Header: TypeAlias = TextHeader | MediaHeader


class Button(Value, frozen=True, kw_only=True):
    """A reply button.

    Attributes:
        id: Ours: comes back as ``choice.id`` when it is tapped.
        title: What it shows.
    """

    id: str
    title: str


class Buttons(Value, frozen=True, kw_only=True, tag_field="kind", tag="buttons"):
    """A text with reply buttons.

    Attributes:
        text: The words above the buttons.
        buttons: In order; at least one.
        header: Above the text.
        footer: Small words below the text.
    """

    text: str
    buttons: tuple[Button, ...]
    header: Header | None = None
    footer: str | None = None


class Row(Value, frozen=True, kw_only=True):
    """A row of a list.

    Attributes:
        id: Ours: comes back as ``choice.id`` when it is chosen.
        title: What it shows.
        description: Smaller words below the title.
    """

    id: str
    title: str
    description: str | None = None


class Section(Value, frozen=True, kw_only=True):
    """Rows under a title.

    Attributes:
        rows: In order; at least one.
        title: Above the rows; platforms want one where there are several sections.
    """

    rows: tuple[Row, ...]
    title: str | None = None


class ListMenu(Value, frozen=True, kw_only=True, tag_field="kind", tag="list"):
    """A text with a menu.

    Attributes:
        text: The words above the button.
        button: What the button shows that opens the menu.
        sections: The rows to choose from; at least one section.
        header: A line above the text.
        footer: Small words below the text.
    """

    text: str
    button: str
    sections: tuple[Section, ...]
    header: str | None = None
    footer: str | None = None


class Link(Value, frozen=True, kw_only=True, tag_field="kind", tag="link"):
    """A text with one button that opens an address.

    Attributes:
        text: The words above the button.
        title: What the button shows.
        url: The address it opens, as in ``https://example.com/shop``.
        header: Above the text.
        footer: Small words below the text.
    """

    text: str
    title: str
    url: str
    header: Header | None = None
    footer: str | None = None


class Flow(Value, frozen=True, kw_only=True, tag_field="kind", tag="flow"):
    """A text with a button that opens a Flow.

    Attributes:
        text: The words above the button.
        title: What the button shows.
        flow: Id or name of the Flow.
        by: What ``flow`` is.
        token: Comes back with the answer; say which Flow it was, for the platform does not.
        action: ``navigate`` shows ``screen`` with ``data``; ``data_exchange`` asks the endpoint.
        screen: The Flow's first screen, for ``navigate``.
        data: What that screen is given, by the names it has for it. For web chat ``fields``: the
            form itself.
        draft: Open an unpublished Flow (for testers).
        header: Above the text.
        footer: Small words below the text.
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
    """One product of a catalogue.

    Attributes:
        catalog_id: The platform's id of the catalogue.
        product_id: The product's number in the catalogue, given by its owner; on Messenger and
            Instagram the platform's own id.
        text: Words above the product.
        footer: Small words below it.
    """

    catalog_id: str
    product_id: str
    text: str | None = None
    footer: str | None = None


class Products(Value, frozen=True, kw_only=True, tag_field="kind", tag="products"):
    """Several products of a catalogue.

    Attributes:
        catalog_id: The platform's id of the catalogue.
        header: A line above the text.
        text: The words above the products.
        sections: The products, under titles; at least one section.
        footer: Small words below the text.
    """

    catalog_id: str
    header: str
    text: str
    sections: tuple[ProductSection, ...]
    footer: str | None = None


class Catalog(Value, frozen=True, kw_only=True, tag_field="kind", tag="catalog"):
    """The whole catalogue, with a product as its picture.

    Attributes:
        text: The words above the button that opens the catalogue.
        thumbnail_product_id: The product whose picture is shown, as in ``product_id``; the platform
            chooses by default.
        footer: Small words below the text.
    """

    text: str
    thumbnail_product_id: str | None = None
    footer: str | None = None


class Card(Value, frozen=True, kw_only=True):
    """One card of a carousel: a picture with text and buttons, or a product.

    Attributes:
        title: Its first line.
        text: Below the title.
        media: Its picture or film: ``stored_id``, ``platform_id`` or ``url``.
        media_format: What ``media`` is.
        buttons: Reply buttons below it.
        link: An address that opens: by a button where there is a ``link_title``, else by a tap on
            the card, where the platform has that.
        link_title: What the button shows that opens ``link``.
        catalog_id: The platform's id of the catalogue, for a card that is a product.
        product_id: The product's number in that catalogue, as in ``product``.
    """

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
    """Cards side by side.

    Attributes:
        cards: In order; at least one.
        text: Words above the cards.
    """

    cards: tuple[Card, ...]
    text: str | None = None


class LocationRequest(Value, frozen=True, kw_only=True, tag_field="kind", tag="location_request"):
    """Asks where the contact is.

    Attributes:
        text: The words above the button that sends a place.
    """

    text: str


class ContactRequest(Value, frozen=True, kw_only=True, tag_field="kind", tag="contact_request"):
    """Asks for the contact's phone number.

    Attributes:
        text: The words above the button that sends the number.
    """

    text: str


class AddressRequest(Value, frozen=True, kw_only=True, tag_field="kind", tag="address_request"):
    """Asks for a postal address.

    Attributes:
        text: The words above the button that opens the form.
        country: ISO 3166-1 alpha-2: whose kind of address.
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
    """Shows that someone writes.

    Attributes:
        to: Platform id of the message being answered; some platforms want it.
    """

    to: str | None = None


class Read(Value, frozen=True, kw_only=True, tag_field="kind", tag="read"):
    """Tells the contact that their message was seen.

    Attributes:
        to: Platform id of the message; some platforms mark what came before it as well.
    """

    to: str


class Edit(Value, frozen=True, kw_only=True, tag_field="kind", tag="edit"):
    """Changes a message that we sent: ``text`` takes the place of what it said.

    Attributes:
        to: Platform id of the message.
        text: What it says from now on.
        spans: Of the text, as of a text that is sent.
        buttons: What stands below it from now on; without any, what stood there goes.
        caption: The words are those below a file, which stays.
    """

    to: str
    text: str
    spans: tuple[Span, ...] = ()
    buttons: tuple[Button, ...] = ()
    caption: bool = False


class Delete(Value, frozen=True, kw_only=True, tag_field="kind", tag="delete"):
    """Takes a message back.

    Attributes:
        to: Platform id of the message, one that we sent.
    """

    to: str


class Raw(Value, frozen=True, kw_only=True, tag_field="kind", tag="raw"):
    """The platform's own body, sent as it is: an escape hatch, validated only for being an object.

    Attributes:
        body: What the platform's API takes, in its own words; recipient and all.
    """

    body: dict[str, Json]
