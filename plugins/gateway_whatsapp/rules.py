"""What the table of limits cannot say: who can be written to, what goes together, what is unique.

Every rule yields the problems it finds and never raises.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from gateway.api import (
    AddressRequest,
    Audio,
    Buttons,
    Carousel,
    Contacts,
    Document,
    Flow,
    Header,
    Image,
    Link,
    ListMenu,
    Location,
    LocationParameter,
    MediaHeader,
    OutboundMessage,
    Poll,
    Problem,
    ProductParameter,
    Raw,
    Reaction,
    Read,
    Sticker,
    Template,
    Text,
    Typing,
    Video,
    caption_of,
    kind_of,
)
from gateway_whatsapp import bodies, carousels, links, parameters, plain
from gateway_whatsapp.limits import (
    CAPABILITIES,
    LONGEST_CAPTION,
    LONGEST_TEXT,
    NATIVE_BUTTONS,
)
from gateway_whatsapp.outbound import BUSINESS_SCOPED

_CONTENT: Final = "$.content"
_PHONE: Final = re.compile(r"\+?[1-9][0-9]{4,14}")
_LONGEST_ROW_ID: Final = 200
_LONGEST_EMOJI: Final = 16
"""Characters: a family or a flag is made of many."""
_EMOJI: Final = re.compile(
    # What is shown as a picture by itself, and what makes one of the character before it.
    "[\U0001f000-\U0001faff\u231a\u231b\u23e9-\u23ec\u23f0\u23f3\u25fd\u25fe\u2614\u2615\u2648-\u2653"
    "\u267f\u2693\u26a1\u26aa\u26ab\u26bd\u26be\u26c4\u26c5\u26ce\u26d4\u26ea\u26f2\u26f3\u26f5\u26fa"
    "\u26fd\u2705\u270a\u270b\u2728\u274c\u274e\u2753-\u2755\u2757\u2795-\u2797\u27b0\u27bf\u2b1b\u2b1c"
    "\u2b50\u2b55\ufe0f\u20e3]"
)


def problems(message: OutboundMessage) -> Iterator[Problem]:
    """Yield what is wrong with a message whose kind is carried."""
    yield from _recipient(message)
    yield from _content(message)
    if message.to_group is not None:
        yield from _in_group(message)


def _recipient(message: OutboundMessage) -> Iterator[Problem]:
    if message.to is not None and message.to_group is not None:
        yield Problem(path="$.to_group", explanation="is too much: give either to or to_group")
    elif message.to_group is not None:
        if not message.to_group.strip():
            yield Problem(path="$.to_group", explanation="must not be blank")
    elif isinstance(message.content, Read | Typing | Raw):
        return  # they name a message, or say themselves where they go
    elif message.to is None:
        yield Problem(path="$.to", explanation="is missing: give to, or to_group for a group")
    elif not (_PHONE.fullmatch(message.to) or BUSINESS_SCOPED.fullmatch(message.to)):
        told = (
            "must be a phone number with country code, digits only (+34600000000), or a "
            "business-scoped user id (ES.1349…)"
        )
        yield Problem(path="$.to", explanation=told)
    elif _is_code(message.content) and not _PHONE.fullmatch(message.to):
        told = "must be a phone number: the platform sends one-time codes to no user id"
        yield Problem(path="$.to", explanation=told)


def _is_code(content: object) -> bool:
    return isinstance(content, Template) and content.category == "authentication"


def _in_group(message: OutboundMessage) -> Iterator[Problem]:
    kind = kind_of(message.content)
    if not CAPABILITIES[kind].groups:
        carried = ", ".join(sorted(name for name, each in CAPABILITIES.items() if each.groups))
        told = f"WhatsApp does not carry {kind} to groups; it carries {carried}"
        yield Problem(path=f"{_CONTENT}.kind", explanation=told)
    if isinstance(message.content, Template):
        for name in ("buttons", "cards", "offer_expires_at"):
            if getattr(message.content, name):
                yield Problem(path=f"{_CONTENT}.{name}", explanation="cannot be sent to a group")
        if isinstance(message.content.header, LocationParameter | ProductParameter):
            told = "cannot be sent to a group: its templates have text or a file there"
            yield Problem(path=f"{_CONTENT}.header", explanation=told)


def _content(message: OutboundMessage) -> Iterator[Problem]:
    """Yield what is wrong inside, kind by kind; most kinds need no more than the table."""
    match message.content:
        case Text() as content:
            yield from _long(plain.marked(content), "text")
        case Image() | Video() | Audio() | Document() | Sticker() as content:
            yield from _file(content)
        case Location() as content:
            yield from links.place(content, _CONTENT)
        case Contacts() as content:
            yield from _cards(content)
        case Reaction(emoji=str(emoji)):
            yield from _emoji(emoji)
        case Template() as content:
            yield from parameters.problems(content)
        case Poll() as content:
            yield from _long(plain.numbered_poll(content), "options")
        case content:
            yield from _interactive(content)


def _interactive(content: object) -> Iterator[Problem]:
    match content:
        case Buttons():
            yield from _header(content.header)
            yield from _buttons(content)
        case ListMenu():
            yield from _list(content)
        case Link():
            yield from _header(content.header)
            yield from links.address(content.url, f"{_CONTENT}.url")
        case Flow():
            yield from _header(content.header)
            yield from _flow(content)
        case Carousel():
            yield from _carousel(content)
        case AddressRequest(country=country):
            if country != "IN":
                told = f"must be IN: WhatsApp asks for addresses in India only, not in {country!r}"
                yield Problem(path=f"{_CONTENT}.country", explanation=told)
        case _:
            return


def _long(words: str, name: str, *, most: int = LONGEST_TEXT) -> Iterator[Problem]:
    """A text that was put together must fit as well."""
    if len(words) > most:
        told = f"becomes a text of {len(words)} characters, {most} at most"
        yield Problem(path=f"{_CONTENT}.{name}", explanation=told, limit=most)


def _file(content: Image | Video | Audio | Document | Sticker) -> Iterator[Problem]:
    yield from links.media(content.media, links.carried_as(content), f"{_CONTENT}.media")
    if isinstance(content, Image | Video | Document) and content.spans:
        words = plain.marked(caption_of(content))
        yield from _long(words, "caption", most=LONGEST_CAPTION)
    if isinstance(content, Audio):
        yield from _long(plain.marked(caption_of(content)), "caption")
        if content.voice and links.mime_type(content.media) not in ("", "audio/ogg"):
            told = f"must be audio/ogg for a voice message, is {content.media.mime_type}"
            yield Problem(path=f"{_CONTENT}.media.mime_type", explanation=told)


def _cards(content: Contacts) -> Iterator[Problem]:
    for number, card in enumerate(content.contacts):
        if not bodies.called(card).strip():
            yield Problem(path=f"{_CONTENT}.contacts[{number}].name", explanation="is missing")


def _emoji(emoji: str) -> Iterator[Problem]:
    # The platform takes anything, and tells later, as a failed status, that it is none.
    if len(emoji) > _LONGEST_EMOJI or any(each.isalpha() or each.isspace() for each in emoji):
        told = "must be one emoji, or not given to take the reaction away"
        yield Problem(path=f"{_CONTENT}.emoji", explanation=told)


def _header(header: Header | None) -> Iterator[Problem]:
    if isinstance(header, MediaHeader):
        yield from links.media(header.media, header.format, f"{_CONTENT}.header.media")


def _buttons(content: Buttons) -> Iterator[Problem]:
    path = f"{_CONTENT}.buttons"
    yield from _unique([each.id for each in content.buttons], path, "id")
    yield from _unique([each.title for each in content.buttons], path, "title")
    if len(content.buttons) <= NATIVE_BUTTONS:
        return
    if isinstance(content.header, MediaHeader):
        told = f"must be text with more than {NATIVE_BUTTONS} buttons, for they become a list"
        yield Problem(path=f"{_CONTENT}.header", explanation=told, limit=NATIVE_BUTTONS)
    for number, button in enumerate(content.buttons):
        if len(button.id) > _LONGEST_ROW_ID:
            told = (
                f"has {len(button.id)} characters, {_LONGEST_ROW_ID} at most with more than "
                f"{NATIVE_BUTTONS} buttons, for they become a list"
            )
            yield Problem(path=f"{path}[{number}].id", explanation=told, limit=_LONGEST_ROW_ID)


def _list(content: ListMenu) -> Iterator[Problem]:
    for number, section in enumerate(content.sections):
        if section.title is None and len(content.sections) > 1:
            path = f"{_CONTENT}.sections[{number}].title"
            yield Problem(path=path, explanation="is missing: there are several sections")
    places = [
        (f"{_CONTENT}.sections[{number}].rows[{place}].id", row.id)
        for number, section in enumerate(content.sections)
        for place, row in enumerate(section.rows)
    ]
    yield from _repeated(places)


def _flow(content: Flow) -> Iterator[Problem]:
    if _EMOJI.search(content.title):
        yield Problem(path=f"{_CONTENT}.title", explanation="must be without emoji")
    if content.action == "data_exchange":
        for name in ("screen", "data"):
            if getattr(content, name):
                told = "cannot be given with data_exchange: the endpoint decides"
                yield Problem(path=f"{_CONTENT}.{name}", explanation=told)
    elif content.data and not content.screen:
        yield Problem(path=f"{_CONTENT}.screen", explanation="is missing: data belongs to a screen")


def _carousel(content: Carousel) -> Iterator[Problem]:
    for number, card in enumerate(content.cards):
        path = f"{_CONTENT}.cards[{number}]"
        if card.media:
            yield from links.media(card.media, card.media_format, f"{path}.media")
        if card.link is not None:
            yield from links.address(card.link, f"{path}.link")
    places = [
        (f"{_CONTENT}.cards[{number}].buttons[{place}].id", button.id)
        for number, card in enumerate(content.cards)
        for place, button in enumerate(card.buttons)
    ]
    yield from _repeated(places)
    if carousels.fits(content):
        return
    for number, card in enumerate(content.cards):
        if not (card.title or card.text or card.link or card.buttons):
            told = "has no words, and this carousel can be sent as a numbered text only"
            yield Problem(path=f"{_CONTENT}.cards[{number}]", explanation=told)
    yield from _long(plain.numbered_cards(content), "cards")


def _unique(values: Sequence[str], path: str, name: str) -> Iterator[Problem]:
    yield from _repeated([(f"{path}[{i}].{name}", each) for i, each in enumerate(values)])


def _repeated(places: Sequence[tuple[str, str]]) -> Iterator[Problem]:
    """Every place but the first of a value that stands several times is a problem."""
    seen: Counter[str] = Counter()
    for path, value in places:
        seen[value] += 1
        if seen[value] > 1:
            yield Problem(path=path, explanation=f"must be unique, {value!r} is there already")
