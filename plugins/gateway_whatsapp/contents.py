"""What a message carries: the platform's payloads made into contents, one function per type."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, TypeVar

import msgspec

from gateway.api import (
    Audio,
    CallPermission,
    Choice,
    Document,
    Form,
    Image,
    InboundContent,
    ItemBroken,
    Json,
    Location,
    Media,
    Order,
    OrderItem,
    Other,
    Reaction,
    Sticker,
    Text,
    Unsupported,
    Video,
    plain_json,
)
from gateway_whatsapp import cards, payloads, wire
from gateway_whatsapp.source import Source, milliseconds

T = TypeVar("T")

_HEAD: Final = frozenset(
    {
        *("id", "timestamp", "type", "from", "from_user_id", "from_parent_user_id"),
        *("to", "to_user_id", "to_parent_user_id", "group_id", "context", "referral"),
    }
)
"""Keys of a message that are not its content."""


class _Missing(ItemBroken):
    """The payload that the type announces is not there."""


def content(message: wire.Message, source: Source) -> InboundContent:
    """Return the content of a message.

    Raises:
        ItemBroken: The payload is missing or wrong.
        NeedsRaw: The type has no form of ours and the item's bytes are not at hand.
    """
    kind = message.type or _kind(message)
    try:
        read = _READERS.get(kind)
        return read(message, source) if read else _other(message, kind, source)
    except _Missing:
        # The platform names the type and tells beside it why the rest could not be handed out.
        if errors := message.errors or source.errors:
            return _unsupported(errors[0], kind or None)
        raise


def _kind(message: wire.Message) -> str:
    """Return the type of a message that does not tell it, from the payload it has."""
    return next((each for each in _READERS if getattr(message, each, None)), "")


def _payload(found: T | None, kind: str) -> T:
    if found is None:
        raise _Missing(f".{kind}", "expected an object, it is missing")
    return found


def _text(message: wire.Message, _: Source) -> Text:
    return Text(text=_payload(message.text, "text").body)


def _media(file: payloads.File) -> Media:
    # Meta's own address for the file wants our token, so it is asked for anew when needed.
    return Media(
        platform_id=file.id or None,
        mime_type=file.mime_type,
        sha256=file.sha256,
        filename=file.filename,
    )


def _image(message: wire.Message, _: Source) -> Image:
    file = _payload(message.image, "image")
    return Image(media=_media(file), caption=file.caption)


def _video(message: wire.Message, _: Source) -> Video:
    file = _payload(message.video, "video")
    return Video(media=_media(file), caption=file.caption)


def _audio(message: wire.Message, _: Source) -> Audio:
    file = _payload(message.audio, "audio")
    return Audio(media=_media(file), caption=file.caption, voice=file.voice)


def _document(message: wire.Message, _: Source) -> Document:
    file = _payload(message.document, "document")
    return Document(media=_media(file), caption=file.caption)


def _sticker(message: wire.Message, _: Source) -> Sticker:
    file = _payload(message.sticker, "sticker")
    return Sticker(media=_media(file), animated=file.animated)


def _location(message: wire.Message, _: Source) -> Location:
    place = _payload(message.location, "location")
    return Location(
        latitude=place.latitude,
        longitude=place.longitude,
        name=place.name,
        address=place.address,
        url=place.url,
    )


def _button(message: wire.Message, _: Source) -> Choice:
    button = _payload(message.button, "button")
    tapped = button.payload or button.text
    if not tapped:
        raise ItemBroken(".button", "expected a payload or a text, got none")
    return Choice(source="template", id=tapped, title=button.text)


def _reaction(message: wire.Message, _: Source) -> Reaction:
    reaction = _payload(message.reaction, "reaction")
    return Reaction(to=reaction.message_id, emoji=reaction.emoji or None)


def _order(message: wire.Message, _: Source) -> Order:
    order = _payload(message.order, "order")
    return Order(
        items=tuple(_line(each, at) for at, each in enumerate(order.product_items)),
        catalog_id=order.catalog_id,
        text=order.text or None,
    )


def _line(item: payloads.Item, at: int) -> OrderItem:
    path = f".order.product_items[{at}]"
    price = item.item_price
    return OrderItem(
        product_id=item.product_retailer_id,
        quantity=_number(item.quantity, f"{path}.quantity"),
        price=None if price is None else _number(price, f"{path}.item_price"),
        currency=item.currency,
    )


def _number(value: payloads.Number, path: str) -> float:
    try:
        number = float(value)
    except (ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise ItemBroken(path, f"expected a number, got {str(value)[:40]!r}")
    return number


def _interactive(message: wire.Message, source: Source) -> InboundContent:
    reply = _payload(message.interactive, "interactive")
    match reply.type:
        case "button_reply":
            tapped = _payload(reply.button_reply, "interactive.button_reply")
            return Choice(source="button", id=tapped.id, title=tapped.title)
        case "list_reply":
            row = _payload(reply.list_reply, "interactive.list_reply")
            return Choice(source="list", id=row.id, title=row.title, description=row.description)
        case "nfm_reply":
            return _form(_payload(reply.nfm_reply, "interactive.nfm_reply"))
        case "call_permission_reply":
            return _call_permission(
                _payload(reply.call_permission_reply, "interactive.call_permission_reply")
            )
        case unknown:
            payload = msgspec.json.decode(source.raw)["interactive"]
            return Other(type=unknown or "interactive", data=plain_json(payload))


def _form(reply: payloads.FormReply) -> Form:
    return Form(name=reply.name, response=_answers(reply.response_json), text=reply.body)


def _answers(response: Json) -> dict[str, Json]:
    """Return the answers of a form; what is no JSON object is kept under ``response_json``."""
    answers = response
    if isinstance(response, str):
        try:
            answers = msgspec.json.decode(response)
        except (ValueError, RecursionError):
            answers = None
    if not isinstance(answers, dict):
        answers = {"response_json": response}
    found: dict[str, Json] = plain_json(answers)
    return found


def _call_permission(reply: payloads.CallReply) -> CallPermission:
    until = reply.expiration_timestamp
    path = ".interactive.call_permission_reply.expiration_timestamp"
    return CallPermission(
        granted=reply.response == "accept",
        expires_at=milliseconds(until, path) if until else None,
        permanent=reply.is_permanent,
        automatic=reply.response_source == "automatic",
    )


def _not_handed_out(message: wire.Message, source: Source) -> Unsupported:
    kind = message.unsupported.type if message.unsupported else None
    if kind is None and message.type not in ("unsupported", "unknown"):
        kind = message.type
    errors = message.errors or source.errors
    return _unsupported(errors[0], kind) if errors else Unsupported(type=kind)


def _unsupported(error: payloads.Error, kind: str | None) -> Unsupported:
    longer = error.error_data.details if error.error_data else error.details
    return Unsupported(
        type=kind, code=str(error.code), reason=longer or error.title or error.message
    )


def _other(message: wire.Message, kind: str, source: Source) -> Other:
    """Keep a message of a type that is new to us readable and whole."""
    if not kind:
        raise _Missing(".type", "expected the type of the message, it is missing")
    data = msgspec.json.decode(source.raw)
    return Other(
        type=kind,
        text=message.text.body if message.text else None,
        data=plain_json({key: data[key] for key in data if key not in _HEAD}),
    )


_READERS: Final[Mapping[str, Callable[[wire.Message, Source], InboundContent]]] = MappingProxyType(
    {
        "text": _text,
        "image": _image,
        "video": _video,
        "audio": _audio,
        "document": _document,
        "sticker": _sticker,
        "location": _location,
        "contacts": cards.contacts,
        "button": _button,
        "interactive": _interactive,
        "order": _order,
        "reaction": _reaction,
        "unsupported": _not_handed_out,
        "unknown": _not_handed_out,
        "ephemeral": _not_handed_out,
        "media_placeholder": _not_handed_out,
    }
)
