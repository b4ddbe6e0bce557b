"""What a message becomes: calls of the Bot API begin here.

The token stands in every address of the Bot API, so it is no part of a call: ``delivery`` puts it
in.
"""

from __future__ import annotations

from typing import Final, TypeAlias

from gateway.api import (
    AddressRequest,
    Audio,
    Buttons,
    Call,
    Carousel,
    Catalog,
    ContactRequest,
    Contacts,
    Delete,
    Dice,
    Document,
    Edit,
    Flow,
    Image,
    Link,
    ListMenu,
    Location,
    LocationRequest,
    NotCarried,
    OutboundMessage,
    Poll,
    Product,
    Products,
    Raw,
    Reaction,
    Read,
    Rendered,
    Sticker,
    Template,
    Text,
    Typing,
    Video,
    kind_of,
)
from gateway_telegram import addressing, changes, formatting, interactive, media, plain
from gateway_telegram.media import Part
from gateway_telegram.settings import TelegramSettings
from gateway_telegram.words import Words

METHOD: Final = "method"
"""Names the method of a raw content, as it does in answers to webhooks."""

_Shown: TypeAlias = plain.Plain | media.File | interactive.Interactive


def render(message: OutboundMessage, settings: TelegramSettings) -> Rendered:
    """Turn a message that passed the check into calls; see ``Channel.render``.

    Source: Telegram Bot API, "Available methods".
    """
    match message.content:
        case Raw(body=body):
            rest = {name: value for name, value in body.items() if name != METHOD}
            return Rendered(calls=(_call(Part(str(body[METHOD]), rest)),))
        case Typing():
            return Rendered(calls=(_call(changes.typing(message)),))
        case Reaction() | Edit() | Delete() | Read() as content:
            lost = _lost(content) if isinstance(content, Edit) else None
            return Rendered(calls=(_call(changes.part(content, message)),), downgraded=lost)
        case Template() | Flow() | Product() | Products() | Catalog() as content:
            raise NotCarried(f"Telegram does not carry {kind_of(content)}")
        case content:
            return _shown(content, message, settings)


def _shown(content: _Shown, message: OutboundMessage, settings: TelegramSettings) -> Rendered:
    """Return the calls of what the contact will see."""
    told = [*_downgraded(content), *addressing.unquoted(message)]
    query = addressing.guest(message)
    if query is not None:
        return Rendered(calls=(_answered(query, content),), downgraded="; ".join(told) or None)
    where = addressing.where(message)
    calls = []
    for number, part in enumerate(_parts(content, settings)):
        # Only the first part answers; the others follow it.
        quoted = addressing.quoted(message) if number == 0 else {}
        calls.append(_call(Part(part.method, {**where, **part.body, **quoted}, part.files)))
    return Rendered(calls=tuple(calls), downgraded="; ".join(told) or None)


def _call(part: Part) -> Call:
    return Call(method="POST", path=f"/{part.method}", body=part.body, files=part.files)


def _parts(content: _Shown, settings: TelegramSettings) -> list[Part]:
    match content:
        case Text() | Location() | Contacts() | Poll() | Dice() | AddressRequest():
            return plain.parts(content)
        case Image() | Video() | Audio() | Document() | Sticker():
            return media.parts(content)
        case Buttons() | ListMenu() | Link() | Carousel() | LocationRequest() | ContactRequest():
            return interactive.parts(content, settings)


def _downgraded(content: _Shown) -> list[str]:
    match content:
        case Text() | Location() | Contacts() | Poll() | Dice() | AddressRequest():
            return list(plain.downgraded(content))
        case Image() | Video() | Audio() | Document() | Sticker():
            return media.downgraded(content)
        case Buttons() | ListMenu() | Link() | Carousel() | LocationRequest() | ContactRequest():
            return interactive.downgraded(content)


def _lost(content: Edit) -> str | None:
    lost = formatting.lost(Words(content.text, content.spans))
    return f"shown plain: {', '.join(lost)}" if lost else None


def _answered(query: str, content: _Shown) -> Call:
    """Return the one answer that a guest query takes.

    Source: Telegram Bot API, "answerGuestQuery".
    """
    if not isinstance(content, Text):
        raise NotCarried("a guest query is answered with a text")
    said = formatting.text(Words(content.text, content.spans), preview=content.preview)
    said["message_text"] = said.pop("text")
    result = {
        "type": "article",
        "id": "answer",
        "title": content.text[:64],
        "input_message_content": said,
    }
    return _call(Part("answerGuestQuery", {"guest_query_id": query, "result": result}))
