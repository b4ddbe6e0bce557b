"""What a content becomes on Meta's chats: messages in order, and what is shown otherwise.

Neither chat has captions, headers or footers: what WhatsApp puts into one message goes out here
as a file and a text after it, or as lines of the text. Whatever is shown otherwise is told.
"""

from __future__ import annotations

from typing import Final

import msgspec

from gateway.api import (
    Audio,
    Buttons,
    Card,
    Carousel,
    ContactRequest,
    Contacts,
    Document,
    Header,
    Image,
    Link,
    ListMenu,
    Location,
    MediaHeader,
    NotCarried,
    OutboundContent,
    Poll,
    Product,
    Products,
    Sticker,
    Text,
    TextHeader,
    Video,
    caption_of,
    kind_of,
)
from gateway_meta import bodies, menus, plain
from gateway_meta.bodies import Body
from gateway_meta.splitting import Measure, pieces

TEMPLATE_BUTTONS: Final = 3
TEMPLATE_TEXT: Final = 640
"""Longest text with buttons below it, in characters."""

HEARTS: Final = frozenset({"❤️", "❤"})


class Style(msgspec.Struct, frozen=True, kw_only=True):
    """How a channel's messages differ from the other's.

    Attributes:
        text: How long one text may be.
        heart: There is a heart to send as a sticker.
        metadata: Messages carry a reference of ours, which their echo gives back.
        typed: Every message says why it may be sent (``messaging_type``).
        media_template: A picture or a film can have buttons below it.
    """

    text: Measure
    heart: bool = False
    metadata: bool = False
    typed: bool = False
    media_template: bool = False


class Shown(msgspec.Struct, frozen=True):
    """What a contact will see.

    Attributes:
        messages: In order.
        told: What is otherwise than it was asked for, one phrase each.
        stored_id: The file of ours that is sent along with the first of them.
    """

    messages: list[Body]
    told: list[str] = []
    stored_id: str | None = None


def shown(content: OutboundContent, style: Style) -> Shown:  # noqa: C901, PLR0911, PLR0912 - a line for each kind
    """Return the messages of a content.

    Raises:
        NotCarried: Neither chat has anything like it.
    """
    match content:
        case Text():
            lost = plain.lost(content)
            told = [f"shown plain: {', '.join(lost)}"] if lost else []
            return _texts(plain.written(content), style, told)
        case Image() | Video() | Audio() | Document() | Sticker():
            return _file(content, style)
        case Location():
            told = ["a place became a text with a link to the map"]
            if content.live_seconds is not None:
                told.append("a live place is sent as a fixed one")
            return _texts(plain.place(content), style, told)
        case Contacts():
            return _texts(plain.cards(content), style, ["cards became a text"])
        case Poll():
            return _texts(plain.poll(content), style, ["a poll became a numbered text"])
        case Buttons():
            return _buttons(content, style)
        case ListMenu():
            return _menu(content, style)
        case Link():
            return _with_header(content, _linked(content, style))
        case Product():
            said = plain.lines(content.text, content.footer)
            return _before(said, bodies.products([content.product_id]), style)
        case Products():
            ids = [each for section in content.sections for each in section.product_ids]
            said = plain.lines(content.header, content.text, content.footer)
            return _before(said, bodies.products(ids), style)
        case Carousel():
            return _carousel(content, style)
        case ContactRequest(text=text):
            return Shown([bodies.phone_request(text)])
        case _:
            raise NotCarried(f"Meta's chats do not carry {kind_of(content)}")


def in_lines(content: Buttons | Link) -> str:
    """Return a text with what stood above and below it."""
    above = content.header.text if isinstance(content.header, TextHeader) else None
    return plain.lines(above, content.text, content.footer)


def is_template(content: Buttons) -> bool:
    """Whether buttons stand below the text for good; else they are quick replies."""
    return len(content.buttons) <= TEMPLATE_BUTTONS and len(in_lines(content)) <= TEMPLATE_TEXT


def _texts(words: str, style: Style, told: list[str]) -> Shown:
    parts = pieces(words, style.text)
    return Shown([bodies.text(each) for each in parts], [*told, *_counted(len(parts))])


def _file(content: Image | Video | Audio | Document | Sticker, style: Style) -> Shown:
    if isinstance(content, Sticker) and style.heart and content.emoji in HEARTS:
        return Shown([{"attachment": {"type": "like_heart"}}])
    media = content.media
    messages = [bodies.attachment(bodies.file_type(content), media)]
    told = []
    match content:
        case Sticker():
            told.append("a sticker is sent as a picture")
        case Video(animation=True) | Video(round=True):
            told.append("sent as a plain video")
        case _:
            pass
    if not isinstance(content, Sticker) and content.caption:
        caption = caption_of(content)
        messages += [bodies.text(each) for each in pieces(plain.written(caption), style.text)]
        told.append("the caption follows as a text")
        if lost := plain.lost(caption):
            told.append(f"shown plain: {', '.join(lost)}")
    stored_id = None if media.platform_id else media.stored_id
    return Shown(messages, told, stored_id)


def _buttons(content: Buttons, style: Style) -> Shown:
    words = in_lines(content)
    if is_template(content):
        return _with_header(
            content, Shown([bodies.buttons(words, bodies.postbacks(content.buttons))])
        )
    choices = [(each.title, each.id) for each in content.buttons]
    told = [f"{len(choices)} buttons became quick replies"]
    return _with_header(content, _asked(words, choices, style, told))


def _linked(content: Link, style: Style) -> Shown:
    """Return a text with the button below its end."""
    *first, last = pieces(in_lines(content), style.text)
    if len(last) > TEMPLATE_TEXT:
        *more, last = pieces(last, Measure(TEMPLATE_TEXT, "characters"))
        first += more
    button = bodies.buttons(last, [bodies.web_url(content.title, content.url)])
    return Shown([*(bodies.text(each) for each in first), button], _counted(len(first) + 1))


def _counted(messages: int) -> list[str]:
    return [f"a long text is sent as {messages} messages"] if messages > 1 else []


def _menu(content: ListMenu, style: Style) -> Shown:
    words = plain.lines(content.header, content.text, content.footer)
    told = menus.told(content)
    if menus.is_short(content):
        return _asked(words, menus.choices(content), style, told)
    texts = _texts(words, style, told)
    return Shown([*texts.messages, bodies.generic(menus.cards(content))], texts.told)


def _asked(words: str, choices: list[tuple[str, str]], style: Style, told: list[str]) -> Shown:
    """Return a text with quick replies below its end."""
    *first, last = pieces(words, style.text)
    messages = [*(bodies.text(each) for each in first), bodies.quick_replies(last, choices)]
    return Shown(messages, [*told, *_counted(len(messages))])


def _with_header(content: Buttons | Link, found: Shown) -> Shown:
    """Return messages with the header's file before them."""
    header: Header | None = content.header
    told = list(found.told)
    if isinstance(header, TextHeader) or content.footer:
        told.append("header and footer are lines of the text")
    if not isinstance(header, MediaHeader):
        return Shown(found.messages, told)
    kind = "file" if header.format == "document" else header.format
    file = bodies.attachment(kind, header.media)
    told.append("the header's file goes before the text")
    stored_id = None if header.media.platform_id else header.media.stored_id
    return Shown([file, *found.messages], told, stored_id)


def _before(words: str, body: Body, style: Style) -> Shown:
    if not words:
        return Shown([body])
    texts = _texts(words, style, ["the text goes before the cards"])
    return Shown([*texts.messages, body], texts.told)


def media_card(content: Carousel) -> Card | None:
    """Return the one card of nothing but a file and buttons, which is a media template."""
    if len(content.cards) != 1:
        return None
    (card,) = content.cards
    bare = not (card.title or card.text or card.product_id)
    return card if bare and card.media is not None else None


def _carousel(content: Carousel, style: Style) -> Shown:
    said = content.text or ""
    ids = [each.product_id for each in content.cards if each.product_id]
    if style.media_template and (card := media_card(content)) and card.media is not None:
        return _before(said, bodies.media(card, card.media), style)
    if not ids:
        cards = bodies.generic([bodies.card(each) for each in content.cards])
        return _before(said, cards, style)
    found = _before(said, bodies.products(ids), style)
    return Shown(found.messages, [*found.told, "products are shown as the catalogue has them"])
