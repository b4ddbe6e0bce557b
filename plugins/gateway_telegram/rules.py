"""What the table cannot say: addresses, fields that need each other, ids that must be messages.

Source: Telegram Bot API; see ``limits`` for the sections.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from gateway.api import (
    Audio,
    Buttons,
    Carousel,
    ContactRequest,
    Contacts,
    Delete,
    Dice,
    Document,
    Edit,
    Image,
    Link,
    ListMenu,
    Location,
    LocationRequest,
    OutboundMessage,
    Problem,
    Raw,
    Reaction,
    Read,
    Sticker,
    Text,
    Video,
    kind_of,
)
from gateway_telegram import addressing, cards, file_rules, interactive
from gateway_telegram.formatting import bare
from gateway_telegram.limits import (
    CAPABILITIES,
    CUSTOM_EMOJI,
    DICE,
    LONGEST_CAPTION,
    LONGEST_TEXT,
    REACTIONS,
)
from gateway_telegram.outbound import METHOD
from gateway_telegram.places import is_business, spot
from gateway_telegram.settings import TelegramSettings
from gateway_telegram.words import length

_CONTENT: Final = "$.content"
_METHOD: Final = re.compile(r"[A-Za-z]{3,64}")
_OF_THE_SETUP: Final = frozenset({"setwebhook", "deletewebhook", "getupdates", "logout", "close"})
_WEB: Final = re.compile(r"(?:https?|tg)://[^\s/]+\S*", re.IGNORECASE)


def problems(message: OutboundMessage, settings: TelegramSettings) -> Iterator[Problem]:
    """Yield what keeps a message from being sent, beyond what the table says."""
    if isinstance(message.content, Raw):
        yield from _raw(message.content)
        return
    yield from _addressed(message)
    if message.to_group is not None and not CAPABILITIES[kind_of(message.content)].groups:
        told = f"Telegram does not carry {kind_of(message.content)} to groups"
        yield Problem(path=f"{_CONTENT}.kind", explanation=told)
    yield from _changing(message)
    yield from _content(message, settings)


def _addressed(message: OutboundMessage) -> Iterator[Problem]:
    if (message.to is None) == (message.to_group is None):
        fault = "is missing" if message.to is None else "is too much"
        told = f"{fault}: give to for a person, or to_group for a group or channel"
        yield Problem(path="$.to", explanation=told)
    elif message.to is not None and not addressing.PERSON.fullmatch(message.to):
        told = "must be the chat id of a person, digits only (5100000001)"
        yield Problem(path="$.to", explanation=told)
    elif message.to_group is not None and not addressing.GROUP.fullmatch(message.to_group):
        told = "must be the id of a group or channel (-1001…), or its @name"
        yield Problem(path="$.to_group", explanation=told)
    if message.thread is not None and not addressing.THREAD.fullmatch(message.thread):
        told = "must be the number of a topic, as `message.thread` had it"
        yield Problem(path="$.thread", explanation=told)
    if addressing.guest(message) is not None and not _is_guests(message):
        told = "must get a text of 4096 characters at most: a guest query is answered once"
        yield Problem(path="$.via", explanation=told)
    if is_business(message.via) and kind_of(message.content) in (
        "location_request",
        "contact_request",
    ):
        told = "must not be given: a business connection has no keyboards in place of the phone's"
        yield Problem(path="$.via", explanation=told)


def _is_guests(message: OutboundMessage) -> bool:
    content = message.content
    return isinstance(content, Text) and length(content.text) <= LONGEST_TEXT


def _raw(content: Raw) -> Iterator[Problem]:
    method = content.body.get(METHOD)
    path = f"{_CONTENT}.body.{METHOD}"
    if not isinstance(method, str) or not _METHOD.fullmatch(method):
        yield Problem(path=path, explanation="must name a method of the Bot API (sendMessage)")
    elif method.lower() in _OF_THE_SETUP:
        yield Problem(
            path=path, explanation=f"must not be {method}, which would change how the bot is set up"
        )


def _changing(message: OutboundMessage) -> Iterator[Problem]:
    """What is done to a message needs one that is there."""
    match message.content:
        case Reaction(to=to) | Edit(to=to) | Delete(to=to) | Read(to=to):
            known = spot(to)
            if known is None:
                told = "must be the platform id of a message (CHAT:MESSAGE)"
                yield Problem(path=f"{_CONTENT}.to", explanation=told)
            elif isinstance(message.content, Read) and not (known.via or is_business(message.via)):
                told = "needs a business connection: bots have no other read marks"
                yield Problem(path="$.via", explanation=told)
            elif isinstance(message.content, Reaction) and (known.via or is_business(message.via)):
                told = "must be sent without via: a business connection takes no reactions"
                yield Problem(path=f"{_CONTENT}.to", explanation=told)
        case _:
            return


def _content(message: OutboundMessage, settings: TelegramSettings) -> Iterator[Problem]:  # noqa: C901 - a line for each kind
    match message.content:
        case Image() | Video() | Audio() | Document() | Sticker() as content:
            yield from file_rules.of_content(content, settings)
        case Location() as content:
            yield from _place(content)
        case Contacts() as content:
            yield from _cards(content)
        case Dice(emoji=emoji):
            if bare(emoji) not in DICE:
                told = f"must be one of {' '.join(sorted(DICE))}"
                yield Problem(path=f"{_CONTENT}.emoji", explanation=told)
        case Reaction(emoji=str(emoji)) if emoji:
            custom = emoji.removeprefix(CUSTOM_EMOJI)
            if not (bare(emoji) in REACTIONS or (custom != emoji and custom.isdecimal())):
                told = "must be one of the emoji that Telegram takes as a reaction"
                yield Problem(path=f"{_CONTENT}.emoji", explanation=told)
        case Buttons() | Link() | ListMenu() as content:
            yield from _composed(content, settings)
        case Carousel() as content:
            yield from _carousel(content, settings)
        case LocationRequest(text=text) | ContactRequest(text=text):
            yield from _fitting(text, LONGEST_TEXT, "text")
        case Edit(text=text, caption=below):
            yield from _fitting(text, LONGEST_CAPTION if below else LONGEST_TEXT, "text")
        case _:
            return


def _place(content: Location) -> Iterator[Problem]:
    bounds = (
        ("latitude", content.latitude, -90, 90),
        ("longitude", content.longitude, -180, 180),
        ("live_seconds", content.live_seconds, 60, 86_400),
        ("accuracy_meters", content.accuracy_meters, 0, 1500),
    )
    for name, value, least, most in bounds:
        if value is not None and not least <= value <= most:
            told = f"is {value}, must be from {least} to {most}"
            yield Problem(path=f"{_CONTENT}.{name}", explanation=told, limit=most)


def _cards(content: Contacts) -> Iterator[Problem]:
    for number, card in enumerate(content.contacts):
        path = f"{_CONTENT}.contacts[{number}]"
        if not cards.named(card):
            yield Problem(path=f"{path}.name", explanation="is missing")
        if card.phones and not card.phones[0].number.strip():
            yield Problem(path=f"{path}.phones[0].number", explanation="must not be blank")


def _composed(content: Buttons | Link | ListMenu, settings: TelegramSettings) -> Iterator[Problem]:
    header = None if isinstance(content, ListMenu) else content.header
    most = LONGEST_TEXT
    if header is not None and header.__struct_config__.tag == "media":
        most = LONGEST_CAPTION
    yield from _fitting(interactive.words(content).text, most, "text")
    yield from file_rules.of_header(header, f"{_CONTENT}.header.media", settings)
    if isinstance(content, Link) and not _WEB.fullmatch(content.url):
        told = "must begin with http://, https:// or tg:// and a host"
        yield Problem(path=f"{_CONTENT}.url", explanation=told)
    if isinstance(content, ListMenu) and not any(each.rows for each in content.sections):
        yield Problem(path=f"{_CONTENT}.sections", explanation="has no rows, 1 at least", limit=1)


def _carousel(content: Carousel, settings: TelegramSettings) -> Iterator[Problem]:
    yield from _fitting(content.text or "", LONGEST_TEXT, "text")
    for number, card in enumerate(content.cards):
        path = f"{_CONTENT}.cards[{number}]"
        if card.product_id or card.catalog_id:
            yield Problem(
                path=f"{path}.product_id",
                explanation="must not be given: Telegram has no catalogues",
            )
        elif not interactive.card_words(card).text and card.media is None:
            yield Problem(path=path, explanation="needs words or a file")
        if card.media is not None:
            kind = "photo" if card.media_format == "image" else card.media_format
            yield from file_rules.of_media(card.media, kind, f"{path}.media", settings)
        yield from _fitting(
            interactive.card_words(card).text, LONGEST_CAPTION, f"cards[{number}].text"
        )
        if card.link is not None and not _WEB.fullmatch(card.link):
            told = "must begin with http://, https:// or tg:// and a host"
            yield Problem(path=f"{path}.link", explanation=told)


def _fitting(words: str, most: int, field: str) -> Iterator[Problem]:
    """A text that is not split must fit, counted as Telegram's clients do."""
    size = length(words)
    if size > most:
        told = f"becomes {size} characters in all, as Telegram counts; {most} at most"
        yield Problem(path=f"{_CONTENT}.{field}", explanation=told, limit=most)
