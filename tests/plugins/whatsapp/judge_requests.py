"""The documented shapes of whole requests and of templates; their parts are in ``judge``."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from gateway.api import Call
from tests.plugins.whatsapp.judge import (
    Captioned,
    File,
    Filled,
    Paper,
    Person,
    Place,
    Reacted,
    Shape,
    Sound,
    Url,
    Words,
)
from tests.plugins.whatsapp.judge_interactive import Interactive, ItemSection, ProductAction

CONTENTS = frozenset(
    [
        "text",
        "image",
        "video",
        "audio",
        "document",
        "sticker",
        "location",
        "contacts",
        "reaction",
        "interactive",
        "template",
    ]
)
IN_GROUPS = frozenset(["text", "image", "video", "audio", "document", "sticker", "template"])
Index = Annotated[str, Meta(pattern="^[0-9]$")]


def words(text: str) -> None:
    if not text.strip() or re.search(r"[\n\r\t\v\f]| {5}", text):
        raise ValueError(f"{text!r} is no parameter")


class Money(Shape, kw_only=True):
    fallback_value: str
    code: str
    amount_1000: int

    def __post_init__(self) -> None:
        words(self.fallback_value)


class Date(Shape, kw_only=True):
    fallback_value: str

    def __post_init__(self) -> None:
        words(self.fallback_value)


class HeadPlace(Shape, kw_only=True):
    latitude: str
    longitude: str
    name: str | None = None
    address: str | None = None


class Filling(Shape, kw_only=True):
    parameter_name: Annotated[str, Meta(pattern="^[a-z0-9_]+$")] | None = None


class TextFilling(Filling, tag_field="type", tag="text", kw_only=True):
    text: str

    def __post_init__(self) -> None:
        words(self.text)


class MoneyFilling(Filling, tag_field="type", tag="currency", kw_only=True):
    currency: Money


class DateFilling(Filling, tag_field="type", tag="date_time", kw_only=True):
    date_time: Date


class ImageFilling(Shape, tag_field="type", tag="image", kw_only=True):
    image: File


class VideoFilling(Shape, tag_field="type", tag="video", kw_only=True):
    video: File


class GifFilling(Shape, tag_field="type", tag="gif", kw_only=True):
    gif: File


class PaperFilling(Shape, tag_field="type", tag="document", kw_only=True):
    document: Paper


class PlaceFilling(Shape, tag_field="type", tag="location", kw_only=True):
    location: HeadPlace


class ProductFilling(Shape, tag_field="type", tag="product", kw_only=True):
    product: ProductAction


HeadFilling = (
    TextFilling
    | MoneyFilling
    | DateFilling
    | ImageFilling
    | VideoFilling
    | GifFilling
    | PaperFilling
    | PlaceFilling
    | ProductFilling
)


class Payload(Shape, tag_field="type", tag="payload", kw_only=True):
    payload: Filled


class Suffix(Shape, tag_field="type", tag="text", kw_only=True):
    text: Filled


class Coupon(Shape, tag_field="type", tag="coupon_code", kw_only=True):
    coupon_code: Annotated[str, Meta(min_length=1, max_length=20)]


class Minutes(Shape, tag_field="type", tag="ttl_minutes", kw_only=True):
    ttl_minutes: Annotated[int, Meta(ge=1, le=43200)]


class ButtonAction(Shape, kw_only=True):
    flow_token: Filled | None = None
    flow_action_data: dict[str, Any] | None = None
    thumbnail_product_retailer_id: Filled | None = None
    sections: Annotated[list[ItemSection], Meta(min_length=1, max_length=10)] | None = None


class Action(Shape, tag_field="type", tag="action", kw_only=True):
    action: ButtonAction


PARAMETERS: dict[str, list[type[Shape]]] = {
    "quick_reply": [Payload],
    "url": [Suffix],
    "copy_code": [Coupon],
    "flow": [Action],
    "catalog": [Action],
    "mpm": [Action],
    "voice_call": [Minutes, Payload],
}
WANTED = {
    "flow": {"flow_token"},
    "catalog": {"thumbnail_product_retailer_id"},
    "mpm": {"thumbnail_product_retailer_id", "sections"},
}


class HeadComponent(Shape, tag_field="type", tag="header", kw_only=True):
    parameters: Annotated[list[HeadFilling], Meta(min_length=1, max_length=1)]


class BodyComponent(Shape, tag_field="type", tag="body", kw_only=True):
    parameters: Annotated[list[TextFilling | MoneyFilling | DateFilling], Meta(min_length=1)]

    def __post_init__(self) -> None:
        if len({each.parameter_name is None for each in self.parameters}) > 1:
            raise ValueError("all names or none")


class ButtonComponent(Shape, tag_field="type", tag="button", kw_only=True):
    sub_type: Literal["quick_reply", "url", "copy_code", "flow", "catalog", "mpm", "voice_call"]
    index: Index
    parameters: tuple[Payload | Suffix | Coupon | Minutes | Action, ...] = ()

    def __post_init__(self) -> None:
        if not all(type(each) in PARAMETERS[self.sub_type] for each in self.parameters):
            raise ValueError(f"{self.parameters} on a button of type {self.sub_type}")
        if not self.parameters and self.sub_type not in ("catalog", "voice_call"):
            raise ValueError(f"a button of type {self.sub_type} without parameters")
        for each in self.parameters:
            if isinstance(each, Action):
                given = {
                    name for name in each.action.__struct_fields__ if getattr(each.action, name)
                }
                if not WANTED[self.sub_type] <= given:
                    raise ValueError(f"{given} on a button of type {self.sub_type}")


class Expiry(Shape, kw_only=True):
    expiration_time_ms: Annotated[int, Meta(gt=0)]


class OfferFilling(Shape, kw_only=True):
    type: Literal["limited_time_offer"]
    limited_time_offer: Expiry


class OfferComponent(Shape, tag_field="type", tag="limited_time_offer", kw_only=True):
    parameters: Annotated[list[OfferFilling], Meta(min_length=1, max_length=1)]


class Target(Shape, kw_only=True):
    url: Url
    title: Filled


class TargetFilling(Shape, kw_only=True):
    type: Literal["tap_target_configuration"]
    tap_target_configuration: Annotated[list[Target], Meta(min_length=1, max_length=1)]


class TargetComponent(Shape, tag_field="type", tag="tap_target_configuration", kw_only=True):
    parameters: Annotated[list[TargetFilling], Meta(min_length=1, max_length=1)]


class CardOfTemplate(Shape, kw_only=True):
    card_index: Annotated[int, Meta(ge=0, le=9)]
    components: list[HeadComponent | BodyComponent | ButtonComponent]


class CardsComponent(Shape, tag_field="type", tag="carousel", kw_only=True):
    cards: Annotated[list[CardOfTemplate], Meta(min_length=2, max_length=10)]


class Language(Shape, kw_only=True):
    code: Filled


class TemplateShape(Shape, kw_only=True):
    name: Annotated[str, Meta(pattern="^[a-z0-9_]{1,512}$")]
    language: Language
    components: (
        list[
            HeadComponent
            | BodyComponent
            | ButtonComponent
            | OfferComponent
            | TargetComponent
            | CardsComponent
        ]
        | None
    ) = None

    def __post_init__(self) -> None:
        buttons = [
            each.index for each in self.components or () if isinstance(each, ButtonComponent)
        ]
        if len(set(buttons)) < len(buttons):
            raise ValueError("two buttons of one index")


class Quoted(Shape, kw_only=True):
    message_id: str


class Request(Shape, kw_only=True):
    messaging_product: Literal["whatsapp"]
    recipient_type: Literal["individual", "group"]
    type: str
    to: str | None = None
    recipient: Annotated[str, Meta(pattern=r"^[A-Z]{2}\.[A-Za-z0-9.]{1,132}$")] | None = None
    context: Quoted | None = None
    biz_opaque_callback_data: Annotated[str, Meta(min_length=1, max_length=512)] | None = None
    product_policy: Literal["CLOUD_API_FALLBACK", "STRICT"] | None = None
    text: Words | None = None
    image: Captioned | None = None
    video: Captioned | None = None
    audio: Sound | None = None
    document: Paper | None = None
    sticker: File | None = None
    location: Place | None = None
    contacts: Annotated[list[Person], Meta(min_length=1, max_length=257)] | None = None
    reaction: Reacted | None = None
    interactive: Interactive | None = None
    template: TemplateShape | None = None

    def __post_init__(self) -> None:
        self.one_of("to", "recipient")
        self.one_of(*sorted(CONTENTS))
        if getattr(self, self.type, None) is None:
            raise ValueError(f"type {self.type} without its object")
        if self.recipient_type == "group":
            if self.type not in IN_GROUPS or self.to is None:
                raise ValueError(f"{self.type} does not go to groups")
        elif self.to is not None and not re.fullmatch(r"\+[1-9][0-9]{4,14}", self.to):
            raise ValueError(f"{self.to} is no phone number with plus and country code")


class Typing(Shape, kw_only=True):
    type: Literal["text"]


class Seen(Shape, kw_only=True):
    messaging_product: Literal["whatsapp"]
    status: Literal["read"]
    message_id: Filled
    typing_indicator: Typing | None = None


def judge(call: Call) -> None:
    """Raise when a call is not as Meta documents it."""
    found = re.fullmatch(r"/v26\.0/[0-9]+/(messages|marketing_messages)", call.path)
    if found is None or call.method != "POST" or call.query:
        raise ValueError(f"no address of Meta's: {call.method} {call.path} {call.query}")
    body = msgspec.json.decode(msgspec.json.encode(call.body))
    if "status" in body:
        msgspec.convert(body, Seen)
        return
    request = msgspec.convert(body, Request)
    if (found[1] == "messages") == (request.product_policy is not None):
        raise ValueError("product_policy belongs to marketing_messages, and to nothing else")
    if found[1] == "marketing_messages" and request.type != "template":
        raise ValueError("marketing_messages takes templates only")
