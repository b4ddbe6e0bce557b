"""What a template becomes: its components, each with the parameters that fill it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from gateway.api import (
    CurrencyParameter,
    DateParameter,
    LocationParameter,
    MediaParameter,
    Parameter,
    ProductParameter,
    Template,
    TemplateButton,
    TemplateCard,
    TextParameter,
)
from gateway_whatsapp.bodies import Body
from gateway_whatsapp.interactive import header_file, product_items

_FORBIDDEN: Final = re.compile(r" *[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029][\s]*| {5,}")
"""What a parameter may not hold: line breaks, tabs, more than four spaces in a row."""

_UNUSED_TOKEN: Final = "unused"  # noqa: S105 - the platform's own default, no secret
_SUB_TYPES: Final = {"products": "mpm"}


def cleaned(text: str) -> str:
    """Return a parameter's text as the platform takes it: forbidden white space is one space."""
    # Nearly every text is one line without long gaps, and seeing that costs a tenth.
    if text.isprintable() and "     " not in text:
        return text
    return _FORBIDDEN.sub(" ", text)


def is_clean(content: Template) -> bool:
    """Whether no parameter of a template had to be cleaned."""
    parameters = [content.header, *content.body]
    for card in content.cards:
        parameters += [card.header, *card.body]
    return all(text == cleaned(text) for each in parameters if (text := words(each)) is not None)


def words(parameter: Parameter | None) -> str | None:
    """Return the text a parameter shows, if it shows any."""
    match parameter:
        case TextParameter(text=text):
            return text
        case CurrencyParameter(fallback=text) | DateParameter(fallback=text):
            return text
        case _:
            return None


def template(content: Template) -> Body:
    """Return the body of a template."""
    components = _components(content)
    if content.offer_expires_at is not None:
        offer = {"expiration_time_ms": content.offer_expires_at}
        components.append(_component("limited_time_offer", offer))
    if content.tap_target:
        target = {"url": content.tap_target.url, "title": content.tap_target.title}
        components.append(_component("tap_target_configuration", [target]))
    if content.cards:
        cards = [
            {"card_index": number, "components": _components(each)}
            for number, each in enumerate(content.cards)
        ]
        components.append({"type": "carousel", "cards": cards})
    language = {"code": content.language}
    filled = {"components": components} if components else {}
    return {
        "type": "template",
        "template": {"name": content.name, "language": language, **filled},
    }


def _component(kind: str, value: object) -> Body:
    return {"type": kind, "parameters": [{"type": kind, kind: value}]}


def _components(part: Template | TemplateCard) -> list[Body]:
    found: list[Body] = []
    if part.header:
        found.append({"type": "header", "parameters": [_parameter(part.header)]})
    if part.body:
        found.append({"type": "body", "parameters": [_parameter(each) for each in part.body]})
    return found + _buttons(part.buttons)


def _parameter(parameter: Parameter) -> Body:
    match parameter:
        case TextParameter(text=text, name=name):
            return {"type": "text", **_name(name), "text": cleaned(text)}
        case CurrencyParameter(code=code, amount_1000=amount, fallback=text, name=name):
            money = {"fallback_value": cleaned(text), "code": code, "amount_1000": amount}
            return {"type": "currency", **_name(name), "currency": money}
        case DateParameter(fallback=text, name=name):
            date = {"fallback_value": cleaned(text)}
            return {"type": "date_time", **_name(name), "date_time": date}
        case MediaParameter(format=form, media=media):
            return {"type": form, form: header_file(form, media)}
        case LocationParameter(latitude=latitude, longitude=longitude, name=name, address=address):
            place = {"latitude": str(latitude), "longitude": str(longitude)}
            more = {"name": name, "address": address}
            place |= {key: each for key, each in more.items() if each is not None}
            return {"type": "location", "location": place}
        case ProductParameter(catalog_id=catalog_id, product_id=product_id):
            product = {"product_retailer_id": product_id, "catalog_id": catalog_id}
            return {"type": "product", "product": product}


def _name(name: str | None) -> Body:
    return {"parameter_name": name} if name else {}


def _buttons(buttons: Sequence[TemplateButton]) -> list[Body]:
    return [
        {
            "type": "button",
            "sub_type": _SUB_TYPES.get(each.type, each.type),
            "index": str(each.index),
            **({"parameters": parameters} if (parameters := _of_button(each)) else {}),
        }
        for each in buttons
    ]


def _of_button(button: TemplateButton) -> list[Body]:  # noqa: PLR0911 - one for each type
    match button.type:
        case "quick_reply":
            return [{"type": "payload", "payload": button.payload}]
        case "url":
            return [{"type": "text", "text": button.text}]
        case "copy_code":
            return [{"type": "coupon_code", "coupon_code": button.text}]
        case "flow":
            data = {"flow_action_data": button.data} if button.data else {}
            return [_action({"flow_token": button.token or _UNUSED_TOKEN, **data})]
        case "catalog":
            return [_action(_thumbnail(button))] if button.product_id else []
        case "products":
            sections = [
                {"title": each.title, "product_items": product_items(each.product_ids)}
                for each in button.sections
            ]
            return [_action({**_thumbnail(button), "sections": sections})]
        case "voice_call":
            return _call(button)


def _action(action: Body) -> Body:
    return {"type": "action", "action": action}


def _thumbnail(button: TemplateButton) -> Body:
    return {"thumbnail_product_retailer_id": button.product_id}


def _call(button: TemplateButton) -> list[Body]:
    found: list[Body] = []
    if button.ttl_minutes is not None:
        found.append({"type": "ttl_minutes", "ttl_minutes": button.ttl_minutes})
    if button.payload:
        found.append({"type": "payload", "payload": button.payload})
    return found
