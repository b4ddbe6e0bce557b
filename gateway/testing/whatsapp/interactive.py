"""What an interactive message may look like, type by type: pure.

Source: Meta, "Interactive messages" and the page of each type, October 2026.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from gateway.testing.whatsapp.errors import invalid, missing
from gateway.testing.whatsapp.shape import (
    Object,
    address,
    different,
    maybe_words,
    one_of,
    part,
    rows,
    words,
)

CheckMedia: TypeAlias = Callable[[Object, str], None]

_HEADERS: Final = ("document", "image", "text", "video")
_NO_HEADER: Final = {
    "address_message",
    "call_permission_request",
    "carousel",
    "catalog_message",
    "location_request_message",
    "product",
    "request_contact_info",
}
_TEXT_HEADER: Final = {"list", "product_list"}
_NAMED: Final = {
    "address_message": "address_message",
    "call_permission_request": "call_permission_request",
    "catalog_message": "catalog_message",
    "cta_url": "cta_url",
    "flow": "flow",
    "location_request_message": "send_location",
    "request_contact_info": "request_contact_info",
    "voice_call": "voice_call",
}
"""What ``action.name`` must be."""


def check_interactive(value: Object, check_media: CheckMedia) -> None:
    """Check the object ``interactive`` of a message.

    Args:
        value: It.
        check_media: Checks how a file is named.

    Raises:
        GraphError: 131008 or 131009.
    """
    kind = one_of(value, "type", "interactive", _ACTIONS)
    _header(value, kind, check_media)
    if kind != "product":  # the one type that shows well without words of its own
        body = part(value, "body", "interactive")
        words(body, "text", "interactive.body", at_most=4096 if kind == "list" else 1024)
    if value.get("footer") is not None:
        words(part(value, "footer", "interactive"), "text", "interactive.footer", at_most=60)
    action = part(value, "action", "interactive")
    if kind in _NAMED:
        one_of(action, "name", "interactive.action", (_NAMED[kind],))
    if kind == "carousel":
        _carousel(action, check_media)
    else:
        _ACTIONS[kind](action)


def _header(value: Object, kind: str, check_media: CheckMedia) -> None:
    if value.get("header") is None:
        if kind == "product_list":
            raise missing("interactive: header is missing")
        return
    header = part(value, "header", "interactive")
    if kind in _NO_HEADER:
        raise invalid(f"interactive: header is not allowed in messages of type {kind}")
    allowed = ("text",) if kind in _TEXT_HEADER else _HEADERS
    shown = one_of(header, "type", "interactive.header", allowed)
    if shown == "text":
        words(header, "text", "interactive.header", at_most=60)
    else:
        check_media(part(header, shown, "interactive.header"), f"interactive.header.{shown}")


def _buttons(action: Object, where: str = "action", *, at_most: int = 20) -> None:
    buttons = rows(action, "buttons", where, at_least=1, at_most=3)
    replies = []
    for each in buttons:
        one_of(each, "type", f"{where}.buttons", ("reply", "quick_reply"))
        reply = part(each, str(each["type"]), f"{where}.buttons")
        words(reply, "id", f"{where}.buttons.reply", at_most=256)
        words(reply, "title", f"{where}.buttons.reply", at_most=at_most)
        replies.append(reply)
    different((str(each["id"]) for each in replies), f"{where}.buttons.reply.id")
    different((str(each["title"]) for each in replies), f"{where}.buttons.reply.title")


def _list(action: Object) -> None:
    words(action, "button", "action", at_most=20)
    sections = rows(action, "sections", "action", at_least=1, at_most=10)
    found: list[str] = []
    for section in sections:
        if len(sections) > 1:
            words(section, "title", "action.sections", at_most=24)
        else:
            maybe_words(section, "title", "action.sections", at_most=24)
        for row in rows(section, "rows", "action.sections", at_least=1, at_most=10):
            found.append(words(row, "id", "action.sections.rows", at_most=200))
            words(row, "title", "action.sections.rows", at_most=24)
            maybe_words(row, "description", "action.sections.rows", at_most=72)
    if len(found) > 10:
        raise invalid("Total row count exceed max allowed count: 10")
    different(found, "action.sections.rows.id")


def _link(action: Object) -> None:
    parameters = part(action, "parameters", "action")
    words(parameters, "display_text", "action.parameters", at_most=20)
    address(parameters, "url", "action.parameters")


def _flow(action: Object) -> None:
    parameters = part(action, "parameters", "action")
    where = "action.parameters"
    one_of(parameters, "flow_message_version", where, ("3",))
    if bool(parameters.get("flow_id")) == bool(parameters.get("flow_name")):
        raise invalid(f"{where}: exactly one of flow_id and flow_name is required")
    words(parameters, "flow_cta", where, at_most=30)
    chosen = parameters.get("flow_action", "navigate")
    one_of({"flow_action": chosen}, "flow_action", where, ("navigate", "data_exchange"))
    mode = parameters.get("mode", "published")
    one_of({"mode": mode}, "mode", where, ("draft", "published"))
    payload = parameters.get("flow_action_payload")
    if chosen == "data_exchange" and payload is not None:
        raise invalid(f"{where}: flow_action_payload is not allowed with data_exchange")
    if payload is not None:
        words(part(parameters, "flow_action_payload", where), "screen", where, at_most=200)


def _product(action: Object) -> None:
    words(action, "catalog_id", "action", at_most=100)
    words(action, "product_retailer_id", "action", at_most=100)


def _product_list(action: Object) -> None:
    words(action, "catalog_id", "action", at_most=100)
    sections = rows(action, "sections", "action", at_least=1, at_most=10)
    count = 0
    for section in sections:
        if len(sections) > 1:
            words(section, "title", "action.sections", at_most=24)
        for item in rows(section, "product_items", "action.sections", at_least=1, at_most=30):
            words(item, "product_retailer_id", "action.sections.product_items", at_most=100)
            count += 1
    if count > 30:
        raise invalid("action.sections: at most 30 products")


def _address(action: Object) -> None:
    parameters = part(action, "parameters", "action")
    if words(parameters, "country", "action.parameters", at_most=2) != "IN":
        raise invalid("action.parameters: addresses can be asked for in India only")


def _call(action: Object) -> None:
    if action.get("parameters") is None:
        return
    parameters = part(action, "parameters", "action")
    maybe_words(parameters, "display_text", "action.parameters", at_most=20)
    if not 1 <= int(parameters.get("ttl_minutes", 1)) <= 43200:
        raise invalid("action.parameters: ttl_minutes must be between 1 and 43200")


def _nothing_more(_action: Object) -> None:
    """Take what has no rules further."""


def _carousel(action: Object, check_media: CheckMedia) -> None:
    cards = rows(action, "cards", "action", at_least=2, at_most=10)
    shapes = set()
    for number, card in enumerate(cards):
        where = f"action.cards[{number}]"
        if card.get("card_index") != number:
            raise invalid(f"{where}: card_index must be {number}")
        shapes.add(_card(card, where, check_media))
    if len(shapes) > 1:
        raise invalid("action.cards: all cards must have the same components")


def _card(card: Object, where: str, check_media: CheckMedia) -> tuple[str, ...]:
    action = part(card, "action", where)
    if action.get("product_retailer_id"):
        _product(action)
        return ("product", str(action["catalog_id"]))
    header = part(card, "header", where)
    shown = one_of(header, "type", f"{where}.header", ("image", "video"))
    check_media(part(header, shown, f"{where}.header"), f"{where}.header")
    if card.get("body") is not None:
        words(part(card, "body", where), "text", f"{where}.body", at_most=160)
    if "buttons" in action:
        _buttons(action, f"{where}.action")
        return (shown, *(str(each["type"]) for each in action["buttons"]))
    _link(action)
    return (shown, "cta_url")


def _payment(action: Object) -> None:
    if not isinstance(action.get("parameters"), Mapping):
        raise missing("action: parameters is missing")


_ACTIONS: Final[dict[str, Callable[[Object], None]]] = {
    "address_message": _address,
    "button": _buttons,
    "call_permission_request": _nothing_more,
    "carousel": _nothing_more,
    "catalog_message": _nothing_more,
    "cta_url": _link,
    "flow": _flow,
    "list": _list,
    "location_request_message": _nothing_more,
    "order_details": _payment,
    "order_status": _payment,
    "product": _product,
    "product_list": _product_list,
    "request_contact_info": _nothing_more,
    "voice_call": _call,
}
