"""What buttons, lists, links, cards and requests become."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import msgspec

from gateway.api import (
    Buttons,
    Card,
    Carousel,
    ContactRequest,
    Header,
    Link,
    ListMenu,
    LocationRequest,
    MediaHeader,
    Section,
    TextHeader,
)
from gateway_telegram import formatting, keyboards, media
from gateway_telegram.formatting import Body
from gateway_telegram.media import Part
from gateway_telegram.settings import TelegramSettings
from gateway_telegram.words import Words, joined, marked

Interactive: TypeAlias = Buttons | ListMenu | Link | Carousel | LocationRequest | ContactRequest


def parts(content: Interactive, settings: TelegramSettings) -> list[Part]:
    """Return the calls of something to choose from, or to give."""
    match content:
        case Buttons(buttons=buttons):
            return [_below(content.header, words(content), keyboards.choices(buttons))]
        case Link(title=title, url=url):
            keyboard = keyboards.choices((), links=((title, url),))
            return [_below(content.header, words(content), keyboard)]
        case ListMenu(sections=sections):
            rows = [row for section in sections for row in section.rows]
            return [_below(None, words(content), keyboards.menu(rows))]
        case Carousel(cards=cards, text=text):
            first = [_below(None, Words(text), {})] if text else []
            return [*first, *(_card(each) for each in cards)]
        case LocationRequest(text=text):
            key = keyboards.request(settings.location_button, "request_location")
            return [_below(None, Words(text), key)]
        case ContactRequest(text=text):
            key = keyboards.request(settings.contact_button, "request_contact")
            return [_below(None, Words(text), key)]


def words(content: Buttons | Link | ListMenu) -> Words:
    """Return header, text and footer as one text; of a list, its rows as far as they tell more."""
    if isinstance(content, ListMenu):
        header, inside = content.header or "", [_section(each) for each in content.sections]
    else:
        header, inside = _title(content.header), []
    return joined(
        marked(header, "bold"),
        Words(content.text),
        *inside,
        marked(content.footer or "", "italic"),
    )


def card_words(card: Card) -> Words:
    """Return what a card says."""
    return joined(marked(card.title or "", "bold"), Words(card.text or ""), between="\n")


def downgraded(content: Interactive) -> list[str]:
    """Return what is shown otherwise than it was asked for."""
    match content:
        case ListMenu():
            return ["a list became a text with buttons"]
        case Carousel():
            return ["a carousel became a message for each card"]
        case Buttons() | Link() if content.footer or isinstance(content.header, TextHeader):
            return ["header and footer became lines of the text"]
        case _:
            return []


def _title(header: Header | None) -> str:
    return header.text if isinstance(header, TextHeader) else ""


def _section(section: Section) -> Words:
    """Return what of a section the buttons do not say."""
    lines = [f"{row.title}: {row.description}" for row in section.rows if row.description]
    return joined(
        marked(section.title or "", "bold"), *(Words(each) for each in lines), between="\n"
    )


def _below(header: Header | None, said: Words, keyboard: Body) -> Part:
    if isinstance(header, MediaHeader):
        part = media.under_header(header, said)
    else:
        part = Part("sendMessage", formatting.text(said))
    return msgspec.structs.replace(part, body={**part.body, **keyboard})


def _card(card: Card) -> Part:
    links = tuple(_links(card))
    keyboard = keyboards.choices(card.buttons, links=links) if card.buttons or links else {}
    if card.media is None:
        return _below(None, card_words(card), keyboard)
    return _below(
        MediaHeader(format=card.media_format, media=card.media), card_words(card), keyboard
    )


def _links(card: Card) -> Iterator[tuple[str, str]]:
    if card.link:
        yield card.link_title or card.link, card.link
