"""The documented shapes of requests to the Send API, as types: strict about names and sizes.

Written from Meta's pages alone, so that the renderer is judged by somebody else.

Source: Meta for Developers, Messenger Platform, "Send API reference", "Quick replies", a page per
template, "Utility messages"; Instagram Platform, "Messaging API".
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from gateway.api import Call

Filled = Annotated[str, Meta(min_length=1)]
Text20 = Annotated[str, Meta(min_length=1, max_length=20)]
Text80 = Annotated[str, Meta(min_length=1, max_length=80)]
Text640 = Annotated[str, Meta(min_length=1, max_length=640)]
Payload = Annotated[str, Meta(min_length=1, max_length=1000)]
Url = Annotated[str, Meta(pattern="^https?://")]


class Shape(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Nothing may stand in a request that no page names."""

    def one_of(self, *names: str) -> None:
        given = [name for name in names if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"exactly one of {names}, not {given}")


class Recipient(Shape, kw_only=True):
    id: Annotated[str, Meta(pattern="^[0-9]+$")] | None = None
    user_ref: Filled | None = None
    post_id: Filled | None = None
    comment_id: Filled | None = None
    notification_messages_token: Filled | None = None

    def __post_init__(self) -> None:
        self.one_of(*self.__struct_fields__)


class WebButton(Shape, tag_field="type", tag="web_url", kw_only=True):
    title: Text20
    url: Url


class PostbackButton(Shape, tag_field="type", tag="postback", kw_only=True):
    title: Text20
    payload: Payload


Buttons = Annotated[list[WebButton | PostbackButton], Meta(min_length=1, max_length=3)]


class DefaultAction(Shape, kw_only=True):
    type: Literal["web_url"]
    url: Url


class Element(Shape, kw_only=True):
    title: Text80
    subtitle: Text80 | None = None
    image_url: Url | None = None
    default_action: DefaultAction | None = None
    buttons: Buttons | None = None

    def __post_init__(self) -> None:
        if not (self.subtitle or self.image_url or self.buttons):
            raise ValueError("an element needs more than its title")


class ProductElement(Shape, kw_only=True):
    id: Filled


class ButtonTemplate(Shape, tag_field="template_type", tag="button", kw_only=True):
    text: Text640
    buttons: Buttons


class GenericTemplate(Shape, tag_field="template_type", tag="generic", kw_only=True):
    elements: Annotated[list[Element], Meta(min_length=1, max_length=10)]


class ProductTemplate(Shape, tag_field="template_type", tag="product", kw_only=True):
    elements: Annotated[list[ProductElement], Meta(min_length=1, max_length=10)]


class MediaElement(Shape, kw_only=True):
    media_type: Literal["image", "video"]
    attachment_id: Filled | None = None
    url: Url | None = None
    buttons: Buttons | None = None

    def __post_init__(self) -> None:
        if bool(self.url) == bool(self.attachment_id):
            raise ValueError("a url or an attachment_id, and not both")


class MediaTemplate(Shape, tag_field="template_type", tag="media", kw_only=True):
    elements: Annotated[list[MediaElement], Meta(min_length=1, max_length=1)]


Template = ButtonTemplate | GenericTemplate | ProductTemplate | MediaTemplate


class File(Shape, kw_only=True):
    url: Url | None = None
    attachment_id: Filled | None = None

    def __post_init__(self) -> None:
        if self.url and self.attachment_id:
            raise ValueError("a url or an attachment_id, not both")


class Picture(Shape, tag_field="type", tag="image", kw_only=True):
    payload: File


class Film(Shape, tag_field="type", tag="video", kw_only=True):
    payload: File


class Sound(Shape, tag_field="type", tag="audio", kw_only=True):
    payload: File


class Paper(Shape, tag_field="type", tag="file", kw_only=True):
    payload: File


class Heart(Shape, tag_field="type", tag="like_heart", kw_only=True):
    pass


class Structured(Shape, tag_field="type", tag="template", kw_only=True):
    payload: Template


Attachment = Picture | Film | Sound | Paper | Heart | Structured


class QuickReply(Shape, kw_only=True):
    content_type: Literal["text", "user_phone_number", "user_email"]
    title: Text20 | None = None
    payload: Payload | None = None
    image_url: Url | None = None

    def __post_init__(self) -> None:
        if self.content_type == "text" and not (self.title and self.payload):
            raise ValueError("a quick reply of text has a title and a payload")
        if self.content_type != "text" and (self.title or self.payload):
            raise ValueError("what the platform fills in has no title of ours")


class Words(Shape, tag_field="type", tag="text", kw_only=True):
    text: Filled
    parameter_name: Annotated[str, Meta(pattern="^[a-z0-9_]+$")] | None = None


class HeadPicture(Shape, kw_only=True):
    link: Url


class Head(Shape, tag_field="type", tag="image", kw_only=True):
    image: HeadPicture


class HeaderPart(Shape, tag_field="type", tag="header", kw_only=True):
    parameters: Annotated[list[Words | Head], Meta(min_length=1, max_length=1)]


class BodyPart(Shape, tag_field="type", tag="body", kw_only=True):
    parameters: Annotated[list[Words], Meta(min_length=1)]


class ButtonPart(Shape, tag_field="type", tag="button", kw_only=True):
    sub_type: Literal["url"]
    index: Annotated[str, Meta(pattern="^[0-9]$")]
    parameters: Annotated[list[Words], Meta(min_length=1, max_length=1)]


class Language(Shape, kw_only=True):
    code: Filled


class Utility(Shape, kw_only=True):
    name: Filled
    language: Language
    components: list[HeaderPart | BodyPart | ButtonPart] = []


class Message(Shape, kw_only=True):
    text: Filled | None = None
    attachment: Attachment | None = None
    template: Utility | None = None
    quick_replies: Annotated[list[QuickReply], Meta(min_length=1, max_length=13)] | None = None
    metadata: Payload | None = None

    def __post_init__(self) -> None:
        self.one_of("text", "attachment", "template")
        if self.quick_replies and self.text is None:
            raise ValueError("quick replies go with a text here")


class Reply(Shape, kw_only=True):
    mid: Filled


class Reacted(Shape, kw_only=True):
    message_id: Filled
    reaction: Filled | None = None


class Request(Shape, kw_only=True):
    recipient: Recipient
    messaging_type: Literal["RESPONSE", "UPDATE", "MESSAGE_TAG", "UTILITY"] | None = None
    tag: Literal["HUMAN_AGENT"] | None = None
    message: Message | None = None
    sender_action: Literal["typing_on", "mark_seen", "react", "unreact"] | None = None
    payload: Reacted | None = None
    reply_to: Reply | None = None

    def __post_init__(self) -> None:
        self.one_of("message", "sender_action")
        if (self.tag is not None) != (self.messaging_type == "MESSAGE_TAG"):
            raise ValueError("a tag goes with messaging_type MESSAGE_TAG and nothing else")
        if self.sender_action and (self.messaging_type or self.reply_to):
            raise ValueError("a sender action goes alone")
        reacts = self.sender_action in ("react", "unreact")
        if reacts != (self.payload is not None):
            raise ValueError("reactions have a payload, nothing else has")
        if self.sender_action == "react" and self.payload and not self.payload.reaction:
            raise ValueError("a reaction needs an emoji")


PATH = re.compile(r"/v[0-9]+\.0/[0-9]+/messages")


def judge(call: Call, channel: Literal["messenger", "instagram"]) -> Request:
    """Return a call's request, if Meta's pages allow it; raise otherwise."""
    assert call.method == "POST"
    assert PATH.fullmatch(call.path), call.path
    request = msgspec.convert(call.body, Request)
    if call.files:
        _uploaded(call, request)
    elif request.message is not None:
        _named(request.message)
    if channel == "messenger":
        _messenger(request)
    else:
        _instagram(request)
    return request


def _payload(message: Message | None) -> Any:
    return getattr(message and message.attachment, "payload", None)


def _uploaded(call: Call, request: Request) -> None:
    assert set(call.files) == {"filedata"}
    payload = _payload(request.message)
    assert isinstance(payload, File)
    assert payload.url is None
    assert payload.attachment_id is None


def _named(message: Message) -> None:
    payload = _payload(message)
    if isinstance(payload, File):
        assert payload.url or payload.attachment_id, "nothing says which file"


def _messenger(request: Request) -> None:
    message = request.message
    if message is None:
        return
    if request.recipient.notification_messages_token is None:
        assert request.messaging_type is not None
    assert (message.template is not None) == (request.messaging_type == "UTILITY")
    assert len(message.text or "") <= 2000
    assert not isinstance(message.attachment, Heart)


def _instagram(request: Request) -> None:
    assert request.recipient.user_ref is None
    assert request.recipient.notification_messages_token is None
    assert request.messaging_type in (None, "MESSAGE_TAG")
    message = request.message
    if message is None:
        return
    assert len((message.text or "").encode()) <= 1000
    assert message.template is None
    assert message.metadata is None
    for reply in message.quick_replies or ():
        assert reply.content_type == "text"
