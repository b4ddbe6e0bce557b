"""The parts of a message as the Send API takes them.

Source: Meta for Developers, Messenger Platform, "Send API reference", "Quick replies" and a page
per template; Instagram Platform, "Messaging API".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal, TypeAlias

from gateway.api import Audio, Button, Card, Document, Image, Media, Sticker, Video

Body: TypeAlias = dict[str, Any]
"""JSON as the Send API takes it."""

FileType: TypeAlias = Literal["image", "video", "audio", "file"]


def text(words: str) -> Body:
    """Return a text."""
    return {"text": words}


def file_type(content: Image | Video | Audio | Document | Sticker) -> FileType:
    """Return what a file is sent as; a sticker is a picture."""
    match content:
        case Image() | Sticker():
            return "image"
        case Video():
            return "video"
        case Audio():
            return "audio"
        case Document():
            return "file"


def attachment(kind: str, media: Media) -> Body:
    """Return a file: by the platform's id, by address, or (no payload) as part of the form."""
    if media.platform_id:
        payload = {"attachment_id": media.platform_id}
    elif media.stored_id:
        payload = {}
    else:
        payload = {"url": str(media.url)}
    return {"attachment": {"type": kind, "payload": payload}}


def quick_replies(words: str, choices: Iterable[tuple[str, str]]) -> Body:
    """Return a text with quick replies: titles and what a tap brings back."""
    replies = [
        {"content_type": "text", "title": title, "payload": payload} for title, payload in choices
    ]
    return {"text": words, "quick_replies": replies}


def phone_request(words: str) -> Body:
    """Return a text with a quick reply that sends the contact's own number."""
    return {"text": words, "quick_replies": [{"content_type": "user_phone_number"}]}


def postback(title: str, payload: str) -> Body:
    """Return a button that brings something back."""
    return {"type": "postback", "title": title, "payload": payload}


def web_url(title: str, url: str) -> Body:
    """Return a button that opens an address."""
    return {"type": "web_url", "title": title, "url": url}


def postbacks(buttons: Iterable[Button]) -> list[Body]:
    """Return reply buttons."""
    return [postback(each.title, each.id) for each in buttons]


def buttons(words: str, found: Sequence[Body]) -> Body:
    """Return a text with one to three buttons."""
    return _template({"template_type": "button", "text": words, "buttons": list(found)})


def generic(elements: Sequence[Body]) -> Body:
    """Return cards side by side."""
    return _template({"template_type": "generic", "elements": list(elements)})


def media(shown: Card, file: Media) -> Body:
    """Return a picture or a film with the buttons of a card below it."""
    named = {"attachment_id": file.platform_id or file.stored_id} if not file.url else None
    element: Body = {"media_type": shown.media_format, **(named or {"url": file.url})}
    if tapped := _tapped(shown):
        element["buttons"] = tapped
    return _template({"template_type": "media", "elements": [element]})


def products(ids: Sequence[str]) -> Body:
    """Return products of a catalogue."""
    return _template({"template_type": "product", "elements": [{"id": each} for each in ids]})


def card(shown: Card) -> Body:
    """Return one card of a carousel; without a title its text is the title."""
    title = shown.title or shown.text
    found: Body = {"title": title}
    if shown.title and shown.text:
        found["subtitle"] = shown.text
    if shown.media is not None:
        found["image_url"] = shown.media.url
    if shown.link and not shown.link_title:
        found["default_action"] = {"type": "web_url", "url": shown.link}
    if tapped := _tapped(shown):
        found["buttons"] = tapped
    return found


def _tapped(shown: Card) -> list[Body]:
    """Return the buttons of a card, the one that opens its link first."""
    tapped = postbacks(shown.buttons)
    if shown.link and shown.link_title:
        tapped = [web_url(shown.link_title, shown.link), *tapped]
    return tapped


def _template(payload: Body) -> Body:
    return {"attachment": {"type": "template", "payload": payload}}
