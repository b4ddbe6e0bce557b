"""What the table of limits cannot say: who can be written to, what goes together.

Every rule yields the problems it finds and never raises.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import msgspec

from gateway.api import (
    Audio,
    Buttons,
    Card,
    Carousel,
    Contacts,
    Document,
    Image,
    Link,
    ListMenu,
    Location,
    Media,
    MediaHeader,
    OutboundContent,
    OutboundMessage,
    Poll,
    Problem,
    Product,
    Products,
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
from gateway_meta import menus, plain, recipients, sendable
from gateway_meta.calls import EDGE, EDGES, MESSAGES
from gateway_meta.capabilities import WHOLE
from gateway_meta.rendering import (
    TEMPLATE_BUTTONS,
    TEMPLATE_TEXT,
    Style,
    in_lines,
    media_card,
    shown,
)
from gateway_meta.sendable import Files

FACEBOOK: Final = re.compile(r"https://([a-z0-9-]+\.)*facebook\.com/", re.IGNORECASE)
_CONTENT: Final = "$.content"


class Checks(msgspec.Struct, frozen=True, kw_only=True):
    """What a channel asks of a message beyond its table.

    Attributes:
        style: How its messages look.
        files: What files it takes.
        named: Recipients that are no person, by their prefix.
        split: A long text may be sent as several.
    """

    style: Style
    files: Files
    named: frozenset[str]
    split: bool = True

    def problems(self, message: OutboundMessage) -> Iterator[Problem]:
        """Yield what is wrong with a message whose kind is carried."""
        yield from recipients.problems(message, self.named)
        yield from self._content(message.content)

    def of_parts(self, message: OutboundMessage) -> Iterator[Problem]:
        """Yield what is wrong with how many messages it becomes, and who gets them.

        Args:
            message: Nothing else is wrong with it.
        """
        content = message.content
        stands_for = recipients.kind(message.to)
        if isinstance(content, Raw):
            return
        if isinstance(content, Reaction | Typing | Read | Template):
            if stands_for is not None:
                told = f"must be a contact's scoped id: {kind_of(content)} goes to people only"
                yield Problem(path="$.to", explanation=told)
            return
        if stands_for in recipients.REPLIES:
            parts = len(shown(content, self.style).messages)
            if parts > 1:
                told = f"is a {stands_for}, answered with one message; this becomes {parts}"
                yield Problem(path="$.to", explanation=told, limit=1)

    def _content(self, content: OutboundContent) -> Iterator[Problem]:  # noqa: C901, PLR0912 - a line for each kind
        match content:
            case Text():
                yield from self._long(plain.written(content), "text")
            case Image() | Video() | Audio() | Document() | Sticker():
                yield from self.files.problems(content.media, kind_of(content), f"{_CONTENT}.media")
                if not isinstance(content, Sticker):
                    yield from self._long(plain.written(caption_of(content)), "caption")
            case Location():
                yield from _place(content)
                yield from self._long(plain.place(content), "name")
            case Contacts():
                yield from _cards(content)
                yield from self._long(plain.cards(content), "contacts")
            case Poll():
                yield from self._long(plain.poll(content), "options")
            case Buttons() | Link():
                yield from self._header(content)
            case ListMenu():
                yield from _menu(content)
                said = plain.lines(content.header, content.text, content.footer)
                yield from self._long(said, "text")
            case Product():
                yield from self._long(plain.lines(content.text, content.footer), "text")
            case Products():
                yield from _products(content)
                said = plain.lines(content.header, content.text, content.footer)
                yield from self._long(said, "text")
            case Carousel():
                yield from self._cards(content)
                yield from self._long(content.text or "", "text")
            case Raw(body=body):
                if body.get(EDGE, MESSAGES) not in EDGES:
                    told = f"must be one of {', '.join(EDGES)}"
                    yield Problem(path=f"{_CONTENT}.body.{EDGE}", explanation=told)
            case _:
                return

    def _long(self, words: str, name: str) -> Iterator[Problem]:
        """A text that was put together must fit as well."""
        most = self.style.text.most * (WHOLE if self.split else 1)
        size = self.style.text.size(words)
        if size > most:
            told = f"becomes a text of {size} {self.style.text.unit}, {most} at most"
            yield Problem(path=f"{_CONTENT}.{name}", explanation=told, limit=most)

    def _cards(self, content: Carousel) -> Iterator[Problem]:
        card = media_card(content) if self.style.media_template else None
        if card is None or card.media is None:
            yield from _carousel(content)
        else:
            yield from self._media(card, card.media, f"{_CONTENT}.cards[0]")

    def _media(self, card: Card, file: Media, path: str) -> Iterator[Problem]:
        """A card of nothing but a file and buttons."""
        if file.url is None:
            yield from self.files.problems(file, card.media_format, f"{path}.media")
        elif not FACEBOOK.match(file.url):
            told = (
                "must be an address on facebook.com; give another file to us and name its stored_id"
            )
            yield Problem(path=f"{path}.media.url", explanation=told)
        if card.link is not None and not card.link_title:
            told = "is missing: a file has no tap target of its own"
            yield Problem(path=f"{path}.link_title", explanation=told)
        yield from _buttons(card, path)

    def _header(self, content: Buttons | Link) -> Iterator[Problem]:
        header, words = content.header, in_lines(content)
        if isinstance(header, MediaHeader):
            path = f"{_CONTENT}.header.media"
            yield from self.files.problems(header.media, header.format, path)
        yield from self._long(words, "text")
        if isinstance(content, Link):
            yield from sendable.address(content.url, f"{_CONTENT}.url")
            if not self.split and len(words) > TEMPLATE_TEXT:
                told = f"has {len(words)} characters in all, {TEMPLATE_TEXT} at most"
                yield Problem(path=f"{_CONTENT}.text", explanation=told, limit=TEMPLATE_TEXT)


def _place(content: Location) -> Iterator[Problem]:
    for name, most in (("latitude", 90), ("longitude", 180)):
        value = getattr(content, name)
        if not -most <= value <= most:
            told = f"is {value}, must be from -{most} to {most}"
            yield Problem(path=f"{_CONTENT}.{name}", explanation=told, limit=most)


def _cards(content: Contacts) -> Iterator[Problem]:
    for number, card in enumerate(content.contacts):
        if not plain.called(card).strip():
            yield Problem(path=f"{_CONTENT}.contacts[{number}].name", explanation="is missing")


def _menu(content: ListMenu) -> Iterator[Problem]:
    rows = len(menus.rows(content))
    if rows > menus.MOST_CARDS and not menus.is_short(content):
        told = (
            f"has {rows} rows, {menus.MOST_CARDS} at most with descriptions or titles over "
            f"{menus.LONGEST_REPLY} characters, for they become cards"
        )
        path = f"{_CONTENT}.sections[0].rows"
        yield Problem(path=path, explanation=told, limit=menus.MOST_CARDS)


def _products(content: Products) -> Iterator[Problem]:
    for number, section in enumerate(content.sections):
        for place, each in enumerate(section.product_ids):
            if not each.strip():
                path = f"{_CONTENT}.sections[{number}].product_ids[{place}]"
                yield Problem(path=path, explanation="must not be blank")


def _carousel(content: Carousel) -> Iterator[Problem]:
    ids = [bool(card.product_id) for card in content.cards]
    if all(ids):
        return
    for number, card in enumerate(content.cards):
        path = f"{_CONTENT}.cards[{number}]"
        if any(ids):
            if not card.product_id:
                told = "is missing: products and other cards do not go together"
                yield Problem(path=f"{path}.product_id", explanation=told)
            continue
        yield from _card(card, path)


def _card(card: Card, path: str) -> Iterator[Problem]:
    if not (card.title or card.text):
        yield Problem(path=f"{path}.title", explanation="is missing")
    elif not ((card.title and card.text) or card.media or card.buttons or _opens(card)):
        told = "needs a text, a picture or a button beside its title"
        yield Problem(path=path, explanation=told)
    if card.media is not None:
        yield from _picture(card, f"{path}.media")
    yield from _buttons(card, path)


def _buttons(card: Card, path: str) -> Iterator[Problem]:
    if card.link is not None:
        yield from sendable.address(card.link, f"{path}.link")
    elif card.link_title:
        yield Problem(path=f"{path}.link", explanation="is missing: link_title names a button")
    buttons = len(card.buttons) + _opens(card)
    if buttons > TEMPLATE_BUTTONS:
        told = f"has {buttons} buttons with its link, {TEMPLATE_BUTTONS} at most"
        yield Problem(path=f"{path}.buttons", explanation=told, limit=TEMPLATE_BUTTONS)


def _opens(card: Card) -> bool:
    return bool(card.link and card.link_title)


def _picture(card: Card, path: str) -> Iterator[Problem]:
    if card.media_format != "image":
        told = 'must be "image": cards show pictures only'
        yield Problem(path=f"{path}_format", explanation=told)
    if card.media is not None and not card.media.url:
        told = "is missing: cards show pictures by their address only"
        yield Problem(path=f"{path}.url", explanation=told)
    elif card.media is not None and card.media.url:
        yield from sendable.address(card.media.url, f"{path}.url")
