"""A message template with its variables filled, as it is sent; how it is defined is ``template``."""

from __future__ import annotations

from typing import Literal, TypeAlias

from gateway.model.media import Media
from gateway.model.value import Json, Value


class TextParameter(Value, frozen=True, kw_only=True, tag_field="type", tag="text"):
    """Fills a variable with words.

    Attributes:
        text: What is put in its place.
        name: Of the variable, in a template that names them; None where they are counted.
    """

    text: str
    name: str | None = None


class MediaParameter(Value, frozen=True, kw_only=True, tag_field="type", tag="media"):
    """Fills a media header.

    Attributes:
        format: What the template's header is; ``gif`` is a film without sound that begins by
            itself.
        media: The file: ``stored_id``, ``platform_id`` or ``url``.
    """

    format: Literal["image", "video", "gif", "document"]
    media: Media


class LocationParameter(Value, frozen=True, kw_only=True, tag_field="type", tag="location"):
    """Fills a location header.

    Attributes:
        latitude: Degrees, -90 to 90.
        longitude: Degrees, -180 to 180.
        name: Of the place.
        address: In one line.
    """

    latitude: float
    longitude: float
    name: str | None = None
    address: str | None = None


class CurrencyParameter(Value, frozen=True, kw_only=True, tag_field="type", tag="currency"):
    """Fills a variable with money.

    Attributes:
        code: Of the currency, ISO 4217.
        amount_1000: The amount times 1 000: 12340 for 12.34.
        fallback: The amount written out, as in ``€12.34``: shown where the platform does not write
            it itself.
        name: Of the variable, in a template that names them; None where they are counted.
    """

    code: str
    amount_1000: int
    fallback: str
    name: str | None = None


class DateParameter(Value, frozen=True, kw_only=True, tag_field="type", tag="date_time"):
    """Fills a variable with a date that is already written out.

    Attributes:
        fallback: The date as it is shown.
        name: Of the variable, in a template that names them; None where they are counted.
    """

    fallback: str
    name: str | None = None


class ProductParameter(Value, frozen=True, kw_only=True, tag_field="type", tag="product"):
    """Fills a product header.

    Attributes:
        catalog_id: The platform's id of the catalogue.
        product_id: The product's number in the catalogue, given by its owner.
    """

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
    """Products under a title.

    Attributes:
        title: Above the products.
        product_ids: Of the products, in order, as in ``product_id``.
    """

    title: str
    product_ids: tuple[str, ...]


class TemplateButton(Value, frozen=True, kw_only=True):
    """What a template's button needs at sending time.

    Attributes:
        index: Which button, from 0.
        type: Its kind in the template.
        text: End of the address of a ``url``, the one-time code, or the code of a ``copy_code``.
        payload: What comes back when a quick reply is tapped.
        token: Of a ``flow``: comes back with the answer.
        data: Of a ``flow``: what its first screen is given.
        product_id: Of a ``catalog`` or ``products``: the product whose picture is shown.
        sections: Of ``products``: what it shows.
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
    """Where a tap on a template's picture leads.

    Attributes:
        url: The page that opens.
        title: What is shown of the page.
    """

    url: str
    title: str


class TemplateCard(Value, frozen=True, kw_only=True):
    """One card of a carousel template.

    Attributes:
        header: Fills the card's picture or film.
        body: Fill the variables of the card's text, as of a template.
        buttons: What the card's buttons need; ``index`` counts those of this card.
    """

    header: Parameter | None = None
    body: tuple[Parameter, ...] = ()
    buttons: tuple[TemplateButton, ...] = ()


class Template(Value, frozen=True, kw_only=True, tag_field="kind", tag="template"):
    """A message template of the platform with its variables filled.

    Attributes:
        name: Of the template, as the platform has it.
        language: Which of its languages, as in ``pt_PT``.
        category: What the platform files it under, where the caller knows; some platforms take
            marketing by another way.
        header: Fills what stands above the text; None where nothing there is to be filled.
        body: Fill the variables of the text: in the order of their numbers, or each by its name.
        buttons: What its buttons need; one that needs nothing is left out.
        cards: Fill its cards, in the template's order.
        offer_expires_at: Milliseconds since 1970: until when a limited-time offer counts down.
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
