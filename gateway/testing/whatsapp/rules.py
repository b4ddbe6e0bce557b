"""What a message to the platform may look like, type by type: pure.

Source: Meta, "Send messages" and the page of each type, October 2026.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from gateway.testing.whatsapp.errors import GraphError, invalid, missing, refused, required
from gateway.testing.whatsapp.interactive import check_interactive
from gateway.testing.whatsapp.shape import (
    Object,
    address,
    coordinate,
    maybe_words,
    one_of,
    part,
    rows,
    words,
)

MEDIA: Final = ("audio", "document", "image", "sticker", "video")
MAXIMUM_TEXT: Final = 4096
MAXIMUM_CAPTION: Final = 1024
MAXIMUM_CALLBACK_DATA: Final = 512
_IN_GROUPS: Final = {*MEDIA, "text", "template", "reaction", "pin"}


def check(message: Object) -> str:
    """Return the type of a message whose shape is in order.

    Args:
        message: The body of ``POST /{phone_number_id}/messages``.

    Raises:
        GraphError: 100, 131008 or 131009; the details say what is wrong.
    """
    _envelope(message)
    kind = str(message.get("type", "text"))
    checked = _CHECKS.get(kind)
    if checked is None:
        allowed = ", ".join(sorted(_CHECKS)).upper()
        raise refused("type", f'must be one of {{{allowed}}} - got "{kind}".')
    if message.get("recipient_type") == "group" and kind not in _IN_GROUPS:
        raise invalid(f"Messages of type {kind} cannot be sent to groups")
    if kind not in message or message[kind] is None:
        raise required(kind)
    checked(message)
    return kind


def _envelope(message: Object) -> None:
    if message.get("messaging_product") != "whatsapp":
        raise required("messaging_product")
    if not message.get("to") and not message.get("recipient"):
        raise required("to")
    for name in ("to", "recipient"):
        if message.get(name) is not None and not isinstance(message[name], str):
            raise refused(name, "must be a string.")
    if message.get("recipient_type", "individual") not in {"individual", "group"}:
        raise refused("recipient_type", "must be one of {INDIVIDUAL, GROUP}.")
    data = message.get("biz_opaque_callback_data", "")
    if not isinstance(data, str) or len(data) > MAXIMUM_CALLBACK_DATA:
        raise refused(
            "biz_opaque_callback_data",
            f"must be at most {MAXIMUM_CALLBACK_DATA} characters long.",
        )
    if message.get("context") is not None:
        words(part(message, "context", "message"), "message_id", "context", at_most=256)


def _object(message: Object, name: str) -> Object:
    value = message[name]
    if not isinstance(value, Mapping):
        raise refused(name, "must be a JSON object.")
    return value


def _text(message: Object) -> None:
    text = _object(message, "text")
    if not text.get("body"):
        raise required("text['body']")
    if not isinstance(text["body"], str):
        raise refused("text['body']", "must be a string.")
    if len(text["body"]) > MAXIMUM_TEXT:
        raise refused("text['body']", f"must be at most {MAXIMUM_TEXT} characters long.")
    if not isinstance(text.get("preview_url", False), bool):
        raise refused("text['preview_url']", "must be a boolean.")


def media_reference(value: Object, where: str) -> None:
    """Check that a file is named by exactly one of ``id`` and ``link``."""
    named = [name for name in ("id", "link") if value.get(name)]
    if not named:
        raise missing(f"{where}: either id or link is required")
    if len(named) == 2:
        raise invalid(f"{where}: only one of id and link may be given")
    if "link" in named:
        address(value, "link", where, at_most=8192)
    elif not isinstance(value["id"], str) or not value["id"].isdecimal():
        raise invalid(f"{where}: id is not a media id")


def _media(kind: str) -> Callable[[Object], None]:
    def checked(message: Object) -> None:
        value = _object(message, kind)
        media_reference(value, kind)
        if kind in {"audio", "sticker"} and value.get("caption") is not None:
            raise invalid(f"{kind}: caption is not allowed")
        maybe_words(value, "caption", kind, at_most=MAXIMUM_CAPTION)
        if kind != "document" and value.get("filename") is not None:
            raise invalid(f"{kind}: filename is not allowed")
        if not isinstance(value.get("voice", False), bool):
            raise invalid(f"{kind}: voice must be a boolean")

    return checked


def _location(message: Object) -> None:
    value = _object(message, "location")
    coordinate(value, "latitude", "location", limit=90)
    coordinate(value, "longitude", "location", limit=180)
    if value.get("address") and not value.get("name"):
        raise missing("location: name is required with an address")


def _contacts(message: Object) -> None:
    for number, card in enumerate(rows(message, "contacts", "message", at_least=1, at_most=257)):
        where = f"contacts[{number}]"
        name = part(card, "name", where)
        words(name, "formatted_name", f"{where}.name", at_most=1024)
        parts = ("first_name", "last_name", "middle_name", "suffix", "prefix")
        if not any(name.get(each) for each in parts):
            raise missing(f"{where}.name: at least one of {', '.join(parts)} is required")
        for each in card.get("phones", ()):
            words(each, "phone", f"{where}.phones", at_most=64)


def _reaction(message: Object) -> None:
    value = _object(message, "reaction")
    words(value, "message_id", "reaction", at_most=256)
    if not isinstance(value.get("emoji"), str):
        raise missing("reaction: emoji is missing")
    if len(value["emoji"]) > 16:
        raise invalid("reaction: emoji is not a single emoji")


def _template(message: Object) -> None:
    value = _object(message, "template")
    words(value, "name", "template", at_most=512)
    words(part(value, "language", "template"), "code", "template.language", at_most=15)
    if value.get("components") is not None:
        rows(value, "components", "template", at_least=0, at_most=20)


def _interactive(message: Object) -> None:
    check_interactive(_object(message, "interactive"), media_reference)


def _pin(message: Object) -> None:
    if message.get("recipient_type") != "group":
        raise invalid("pin: only messages of groups can be pinned")
    value = _object(message, "pin")
    one_of(value, "type", "pin", ("pin", "unpin"))
    words(value, "message_id", "pin", at_most=256)


_CHECKS: Final[dict[str, Callable[[Object], None]]] = {
    "text": _text,
    **{kind: _media(kind) for kind in MEDIA},
    "location": _location,
    "contacts": _contacts,
    "reaction": _reaction,
    "template": _template,
    "interactive": _interactive,
    "pin": _pin,
}


def check_mark(call: Mapping[str, Any]) -> str:
    """Return the id of the message that is marked as read.

    Raises:
        GraphError: 100 or 131009.
    """
    if call.get("messaging_product") != "whatsapp":
        raise required("messaging_product")
    if call.get("status") != "read":
        raise refused("status", "must be one of {READ}.")
    if not isinstance(call.get("message_id"), str):
        raise required("message_id")
    typing = call.get("typing_indicator")
    if typing is not None and typing != {"type": "text"}:
        raise GraphError(131009, "typing_indicator: type must be text")
    return str(call["message_id"])
