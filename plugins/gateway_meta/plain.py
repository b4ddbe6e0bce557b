"""Words for what Meta's chats have no form for: formatting, places, cards, polls."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlencode

from gateway.api import ContactCard, Contacts, Location, Poll, Span, Text

_EVIDENT: Final = frozenset(
    {"mention", "command", "url", "hashtag", "cashtag", "email", "phone", "link"}
)
"""What the words themselves say; a link has its address written behind it."""
_MAP: Final = "https://www.google.com/maps/search/"


def written(content: Text) -> str:
    """Return a text with the addresses of its links written behind their words."""
    behind: defaultdict[int, str] = defaultdict(str)
    for span in content.spans:
        if span.type == "link" and span.value and _is_inside(span, content.text):
            behind[span.offset + span.length] += f" ({span.value})"
    parts: list[str] = []
    before = 0
    for place in sorted(behind):
        parts += content.text[before:place], behind[place]
        before = place
    return "".join([*parts, content.text[before:]])


def lost(content: Text) -> list[str]:
    """Return the formatting that will not be seen."""
    return sorted({each.type for each in content.spans if each.type not in _EVIDENT})


def _is_inside(span: Span, text: str) -> bool:
    return 0 <= span.offset < span.offset + span.length <= len(text)


def place(content: Location) -> str:
    """Return a place as its name, its address and a link to the map."""
    found = f"{content.latitude:.6f},{content.longitude:.6f}"
    link = content.url or f"{_MAP}?{urlencode({'api': '1', 'query': found}, safe=',')}"
    return "\n".join(each for each in (content.name, content.address, link) if each)


def cards(content: Contacts) -> str:
    """Return contact cards as lines."""
    return "\n\n".join(_card(each) for each in content.contacts)


def called(card: ContactCard) -> str:
    """Return the name a card is shown under; empty where it has none."""
    parts = (card.prefix, card.first_name, card.middle_name, card.last_name, card.suffix)
    return card.name or " ".join(each for each in parts if each)


def _card(card: ContactCard) -> str:
    reached = [each.number for each in card.phones]
    reached += [each.value for each in (*card.emails, *card.urls)]
    return "\n".join(each for each in (called(card), card.company, *reached) if each)


def poll(content: Poll) -> str:
    """Return a poll as a text with numbered options."""
    return "\n".join([content.question, "", *numbered(each.text for each in content.options)])


def numbered(texts: Iterable[str]) -> list[str]:
    """Return texts with numbers before them."""
    return [f"{number}. {text}" for number, text in enumerate(texts, 1)]


def lines(*texts: str | None) -> str:
    """Return texts as paragraphs; what is not there is left out."""
    return "\n\n".join(each for each in texts if each)
