"""Plain text for what WhatsApp shows otherwise: marks for formatting, numbers for choices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from types import MappingProxyType
from typing import Final

from gateway.api import Card, Carousel, Poll, Span, Text

_MARKS: Final = MappingProxyType(
    {
        "bold": "*",
        "italic": "_",
        "strikethrough": "~",
        "code": "`",
        "pre": "```",
        "code_block": "```",
    }
)
_EVIDENT: Final = frozenset(
    {"mention", "command", "url", "hashtag", "cashtag", "email", "phone", "link"}
)
"""What the words themselves say; a link has its address written behind it."""


def marked(content: Text) -> str:
    """Return a text with WhatsApp's marks in it."""
    if not content.spans:
        return content.text
    opened: defaultdict[int, str] = defaultdict(str)
    closed: defaultdict[int, str] = defaultdict(str)
    for span in sorted(content.spans, key=lambda each: (each.offset, -each.length)):
        if not _is_shown(span, content.text):
            continue
        mark = _MARKS.get(span.type, "")
        address = f" ({span.value})" if span.type == "link" and span.value else ""
        opened[span.offset] += mark
        end = span.offset + span.length
        closed[end] = mark + address + closed[end]  # what opened last closes first
    return _woven(content.text, opened, closed)


def lost(content: Text) -> list[str]:
    """Return the formatting of a text that WhatsApp has no marks for."""
    return sorted({each.type for each in content.spans if not _is_shown(each, content.text)})


def _is_shown(span: Span, text: str) -> bool:
    inside = 0 <= span.offset < span.offset + span.length <= len(text)
    return inside and (span.type in _MARKS or span.type in _EVIDENT)


def _woven(text: str, opened: dict[int, str], closed: dict[int, str]) -> str:
    parts: list[str] = []
    before = 0
    for place in sorted({*opened, *closed}):
        parts += text[before:place], closed.get(place, ""), opened.get(place, "")
        before = place
    return "".join([*parts, text[before:]])


def numbered_poll(poll: Poll) -> str:
    """Return a poll as a text with numbered options."""
    return "\n".join([poll.question, "", *_numbered(each.text for each in poll.options)])


def numbered_cards(carousel: Carousel) -> str:
    """Return a carousel as a text with numbered cards; what a card says, its links, its buttons."""
    intro = [carousel.text] if carousel.text else []
    return "\n\n".join([*intro, *_numbered(_said(card) for card in carousel.cards)])


def _numbered(texts: Iterable[str]) -> list[str]:
    return [f"{number}. {text}" for number, text in enumerate(texts, 1)]


def _said(card: Card) -> str:
    link = f"{card.link_title}: {card.link}" if card.link and card.link_title else card.link
    buttons = " · ".join(each.title for each in card.buttons)
    return "\n".join(each for each in (card.title, card.text, link, buttons) if each)
