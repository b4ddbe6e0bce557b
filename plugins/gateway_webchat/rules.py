"""What a table of limits cannot say about a message to a visitor."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from gateway.api import (
    Audio,
    Buttons,
    Card,
    Carousel,
    Document,
    Flow,
    Image,
    Link,
    ListMenu,
    Media,
    OutboundContent,
    OutboundMessage,
    Problem,
    Raw,
    Sticker,
    Video,
)
from gateway_webchat.settings import Field

_LONGEST_ID = 300


def problems(message: OutboundMessage) -> Iterator[Problem]:
    """Yield what keeps a message from being sent, beside the limits."""
    if message.to_group is not None:
        yield _problem(
            "$.to_group", "must not be given: a web chat has no groups; name the visitor in to"
        )
    elif not message.to or len(message.to) > _LONGEST_ID:
        yield _problem("$.to", f"must be the visitor's id, {_LONGEST_ID} characters at most")
    yield from _of_content(message.content)


def _of_content(  # noqa: PLR0911 - a line for each kind
    content: OutboundContent,
) -> Iterable[Problem]:
    match content:
        case Image() | Video() | Audio() | Document() | Sticker():
            return _file(content.media, "$.content.media")
        case Buttons():
            ids = [each.id for each in content.buttons]
            return (*_unique(ids, "$.content.buttons[{}].id"), *_header(content))
        case ListMenu(sections=sections):
            ids = [row.id for section in sections for row in section.rows]
            return _unique(ids, "$.content.sections")
        case Link():
            return (*_header(content), *_address(content.url, "$.content.url"))
        case Flow():
            return (*_header(content), *_fields(content.data))
        case Carousel():
            return _cards(content.cards)
        case Raw(body=body) if not isinstance(body.get("type"), str):
            return (_problem("$.content.body.type", "must be the type of the frame, a text"),)
        case _:
            return ()


def _problem(path: str, explanation: str) -> Problem:
    return Problem(path=path, explanation=explanation)


def _file(media: Media, path: str) -> Iterator[Problem]:
    if media.stored_id:
        return
    if media.url is None:
        yield _problem(path, "needs a stored_id or a url: a web chat has no files of its own")
    else:
        yield from _address(media.url, f"{path}.url")


def _address(url: str, path: str) -> Iterator[Problem]:
    if not url.lower().startswith(("http://", "https://")):
        yield _problem(path, "must begin with http:// or https://")


def _header(content: Buttons | Link | Flow) -> Iterator[Problem]:
    media = getattr(content.header, "media", None)
    if isinstance(media, Media):
        yield from _file(media, "$.content.header.media")


def _unique(ids: Sequence[str], path: str) -> Iterator[Problem]:
    for number, each in enumerate(ids):
        if each in ids[:number]:
            yield _problem(path.format(number), f"must be unique, {each!r} is there already")


def _cards(cards: Sequence[Card]) -> Iterator[Problem]:
    for number, card in enumerate(cards):
        yield from _card(card, f"$.content.cards[{number}]")


def _card(card: Card, path: str) -> Iterator[Problem]:
    if card.product_id or card.catalog_id:
        yield _problem(path, "must have no product: a web chat has no catalogues")
    elif not (card.title or card.text or card.media):
        yield _problem(path, "needs a title, a text or a picture")
    if card.media:
        yield from _file(card.media, f"{path}.media")
    if card.link is not None:
        yield from _address(card.link, f"{path}.link")


def _fields(data: dict[str, Any]) -> Iterable[Problem]:
    try:
        fields = msgspec.convert(data.get("fields"), tuple[Field, ...])
    except msgspec.ValidationError as error:
        wanted, _, at = str(error).partition(" - at `$")
        told = "must be a list of fields like those of the account's `form`"
        if at:
            told = f"must be as in the account's `form`: {wanted[:1].lower()}{wanted[1:]}"
        return (_problem(f"$.content.data.fields{at.removesuffix('`')}", told),)
    if not fields:
        return (_problem("$.content.data.fields", "has no fields, 1 at least"),)
    return tuple(_unique([each.name for each in fields], "$.content.data.fields[{}].name"))
