"""The documented shapes of interactive messages; see ``judge``."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from tests.plugins.whatsapp.judge import (
    File,
    Filled,
    Paper,
    Shape,
    Text20,
    Text24,
    Text60,
    Text72,
    Text1024,
    Text4096,
    Url,
)


class Said(Shape, kw_only=True):
    text: Text1024


class SaidInList(Shape, kw_only=True):
    text: Text4096


class Foot(Shape, kw_only=True):
    text: Text60


class Head(Shape, kw_only=True):
    type: Literal["text", "image", "video", "document"]
    text: Text60 | None = None
    image: File | None = None
    video: File | None = None
    document: Paper | None = None

    def __post_init__(self) -> None:
        self.one_of("text", "image", "video", "document")
        if getattr(self, self.type) is None:
            raise ValueError(f"a header of type {self.type} without one")


class TextHead(Shape, kw_only=True):
    type: Literal["text"]
    text: Text60


class ReplyIds(Shape, kw_only=True):
    id: Annotated[str, Meta(min_length=1, max_length=256)]
    title: Text20


class ReplyButton(Shape, kw_only=True):
    type: Literal["reply"]
    reply: ReplyIds


class ButtonAction(Shape, kw_only=True):
    buttons: Annotated[list[ReplyButton], Meta(min_length=1, max_length=3)]


class Base(Shape, tag_field="type", kw_only=True):
    footer: Foot | None = None


class ButtonMessage(Base, tag="button", kw_only=True):
    header: Head | None = None
    body: Said
    action: ButtonAction


class ListRow(Shape, kw_only=True):
    id: Annotated[str, Meta(min_length=1, max_length=200)]
    title: Text24
    description: Text72 | None = None


class ListSection(Shape, kw_only=True):
    title: Text24 | None = None
    rows: Annotated[list[ListRow], Meta(min_length=1, max_length=10)]


class ListAction(Shape, kw_only=True):
    button: Text20
    sections: Annotated[list[ListSection], Meta(min_length=1, max_length=10)]

    def __post_init__(self) -> None:
        rows = [row for each in self.sections for row in each.rows]
        if len(rows) > 10 or len({row.id for row in rows}) < len(rows):
            raise ValueError("ten rows with ids of their own at most")
        if len(self.sections) > 1 and not all(each.title for each in self.sections):
            raise ValueError("several sections have titles")


class ListMessage(Base, tag="list", kw_only=True):
    header: TextHead | None = None
    body: SaidInList
    action: ListAction


class OpenParameters(Shape, kw_only=True):
    display_text: Text20
    url: Url


class OpenAction(Shape, kw_only=True):
    name: Literal["cta_url"]
    parameters: OpenParameters


class OpenMessage(Base, tag="cta_url", kw_only=True):
    header: Head | None = None
    body: Said
    action: OpenAction


class FlowPayload(Shape, kw_only=True):
    screen: Filled
    data: Annotated[dict[str, Any], Meta(min_length=1)] | None = None


class FlowParameters(Shape, kw_only=True):
    flow_message_version: Literal["3"]
    flow_id: Filled | None = None
    flow_name: Filled | None = None
    flow_cta: Text20
    flow_token: Filled
    flow_action: Literal["navigate", "data_exchange"]
    flow_action_payload: FlowPayload | None = None
    mode: Literal["draft", "published"] = "published"

    def __post_init__(self) -> None:
        self.one_of("flow_id", "flow_name")
        if self.flow_action == "data_exchange" and self.flow_action_payload:
            raise ValueError("the endpoint gives screen and data")


class FlowAction(Shape, kw_only=True):
    name: Literal["flow"]
    parameters: FlowParameters


class FlowMessage(Base, tag="flow", kw_only=True):
    header: Head | None = None
    body: Said
    action: FlowAction


class ProductAction(Shape, kw_only=True):
    catalog_id: Filled
    product_retailer_id: Filled


class ProductMessage(Base, tag="product", kw_only=True):
    body: Said | None = None
    action: ProductAction


class Item(Shape, kw_only=True):
    product_retailer_id: str


class ItemSection(Shape, kw_only=True):
    title: Text24
    product_items: Annotated[list[Item], Meta(min_length=1, max_length=30)]


class ItemsAction(Shape, kw_only=True):
    catalog_id: Filled
    sections: Annotated[list[ItemSection], Meta(min_length=1, max_length=10)]

    def __post_init__(self) -> None:
        if sum(len(each.product_items) for each in self.sections) > 30:
            raise ValueError("30 products at most")


class ItemsMessage(Base, tag="product_list", kw_only=True):
    header: TextHead
    body: Said
    action: ItemsAction


class Thumbnail(Shape, kw_only=True):
    thumbnail_product_retailer_id: Filled


class CatalogAction(Shape, kw_only=True):
    name: Literal["catalog_message"]
    parameters: Thumbnail | None = None


class CatalogMessage(Base, tag="catalog_message", kw_only=True):
    body: Said
    action: CatalogAction


class LocationAction(Shape, kw_only=True):
    name: Literal["send_location"]


class LocationMessage(Shape, tag_field="type", tag="location_request_message", kw_only=True):
    body: Said
    action: LocationAction


class ContactAction(Shape, kw_only=True):
    name: Literal["request_contact_info"]


class ContactMessage(Shape, tag_field="type", tag="request_contact_info", kw_only=True):
    body: Said
    action: ContactAction


class SavedAddress(Shape, kw_only=True):
    id: str
    value: dict[str, str]


class AddressParameters(Shape, kw_only=True):
    country: Literal["IN"]
    values: dict[str, str] | None = None
    saved_addresses: list[SavedAddress] | None = None
    validation_errors: dict[str, str] | None = None


class AddressAction(Shape, kw_only=True):
    name: Literal["address_message"]
    parameters: AddressParameters


class AddressMessage(Base, tag="address_message", kw_only=True):
    body: Said
    action: AddressAction


class QuickReply(Shape, kw_only=True):
    id: Annotated[str, Meta(min_length=1, max_length=256)]
    title: Text20


class QuickButton(Shape, kw_only=True):
    type: Literal["quick_reply"]
    quick_reply: QuickReply


class QuickAction(Shape, kw_only=True):
    buttons: Annotated[list[QuickButton], Meta(min_length=1)]


class CardHead(Shape, tag_field="type", kw_only=True):
    pass


class ImageHead(CardHead, tag="image", kw_only=True):
    image: File


class VideoHead(CardHead, tag="video", kw_only=True):
    video: File


class CardWords(Shape, kw_only=True):
    text: Annotated[str, Meta(min_length=1, max_length=160)]


class MediaCard(Shape, tag_field="type", tag="cta_url", kw_only=True):
    card_index: Annotated[int, Meta(ge=0, le=9)]
    header: ImageHead | VideoHead
    body: CardWords | None = None
    action: dict[str, Any]

    def __post_init__(self) -> None:
        msgspec.convert(self.action, QuickAction if "buttons" in self.action else OpenAction)


class ProductCard(Shape, tag_field="type", tag="product", kw_only=True):
    card_index: Annotated[int, Meta(ge=0, le=9)]
    action: ProductAction


class CarouselAction(Shape, kw_only=True):
    cards: Annotated[list[MediaCard | ProductCard], Meta(min_length=2, max_length=10)]

    def __post_init__(self) -> None:
        if [each.card_index for each in self.cards] != list(range(len(self.cards))):
            raise ValueError("cards are counted from 0")
        if len({self.form(each) for each in self.cards}) > 1:
            raise ValueError("all cards have one form")

    @staticmethod
    def form(card: MediaCard | ProductCard) -> object:
        if isinstance(card, ProductCard):
            return card.action.catalog_id
        return type(card.header), len(card.action.get("buttons", ())), "name" in card.action


class CarouselMessage(Shape, tag_field="type", tag="carousel", kw_only=True):
    body: Said
    action: CarouselAction


Interactive = (
    ButtonMessage
    | ListMessage
    | OpenMessage
    | FlowMessage
    | ProductMessage
    | ItemsMessage
    | CatalogMessage
    | LocationMessage
    | ContactMessage
    | AddressMessage
    | CarouselMessage
)
