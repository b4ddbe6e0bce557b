"""What hands a template in: its definition as the Graph API takes it. Pure.

Source: Meta for Developers, WhatsApp Business Platform, "Template components".
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from gateway.api import (
    DefinedButton,
    DefinedCard,
    DefinedHeader,
    TemplateDefinition,
)
from gateway_whatsapp.bodies import Body

VARIABLE: Final = re.compile(r"\{\{\s*(\w+)\s*\}\}")

BUTTONS: Final = MappingProxyType(
    {
        "quick_reply": "QUICK_REPLY",
        "url": "URL",
        "phone_number": "PHONE_NUMBER",
        "copy_code": "COPY_CODE",
        "one_time_code": "OTP",
        "flow": "FLOW",
        "catalog": "CATALOG",
        "products": "MPM",
        "product": "SPM",
        "voice_call": "VOICE_CALL",
        "contact_request": "REQUEST_CONTACT_INFO",
        "order_details": "ORDER_DETAILS",
    }
)


def variables(text: str | None) -> list[str]:
    """Return the variables of a text, each once; numbers in their order, names as they come."""
    names = list(dict.fromkeys(VARIABLE.findall(text or "")))
    return sorted(names, key=int) if all(each.isdecimal() for each in names) else names


def is_named(definition: TemplateDefinition) -> bool:
    """Whether a template's variables have names."""
    header = definition.header.text if definition.header else None
    texts = [definition.body, header, *(each.body for each in definition.cards)]
    return any(not each.isdecimal() for text in texts for each in variables(text))


def created(definition: TemplateDefinition, handles: Mapping[str, str]) -> Body:
    """Return what creates a template.

    Args:
        definition: What it shall be.
        handles: Of uploaded samples, by the id that they have in our media store.
    """
    return {
        "name": definition.name,
        "language": definition.language,
        "category": definition.category.upper(),
        "parameter_format": "NAMED" if is_named(definition) else "POSITIONAL",
        **edited(definition, handles),
    }


def edited(definition: TemplateDefinition, handles: Mapping[str, str]) -> Body:
    """Return what gives a template new components; see ``created``."""
    ttl = definition.ttl_seconds
    more = {} if ttl is None else {"message_send_ttl_seconds": ttl}
    return {"components": _components(definition, handles), **more}


def _components(definition: TemplateDefinition, handles: Mapping[str, str]) -> list[Body]:
    found: list[Body] = []
    if definition.header:
        found.append(_header(definition.header, handles))
    if definition.offer:
        offer = {"text": definition.offer.text, "has_expiration": definition.offer.expires}
        found.append({"type": "LIMITED_TIME_OFFER", "limited_time_offer": offer})
    found.append(_body(definition))
    if definition.footer:
        found.append({"type": "FOOTER", "text": definition.footer})
    elif definition.code_minutes is not None:
        found.append({"type": "FOOTER", "code_expiration_minutes": definition.code_minutes})
    if definition.call_permission:
        found.append({"type": "CALL_PERMISSION_REQUEST"})
    if definition.buttons:
        found.append(_buttons(definition.buttons))
    if definition.cards:
        cards = [{"components": _of_card(each, handles)} for each in definition.cards]
        found.append({"type": "CAROUSEL", "cards": cards})
    return found


def _of_card(card: DefinedCard, handles: Mapping[str, str]) -> list[Body]:
    found = [_header(card.header, handles)]
    if card.body:
        found.append(_text("BODY", card.body, card.examples))
    if card.buttons:
        found.append(_buttons(card.buttons))
    return found


def _header(header: DefinedHeader, handles: Mapping[str, str]) -> Body:
    found: Body = {"type": "HEADER", "format": header.format.upper()}
    if header.format == "text":
        names = variables(header.text)
        examples = dict.fromkeys(names, header.example or "")
        return {**_text("HEADER", header.text or "", examples), **found}
    stored = header.media.stored_id if header.media else None
    handle = header.handle or handles.get(stored or "")
    return {**found, **({"example": {"header_handle": [handle]}} if handle else {})}


def _body(definition: TemplateDefinition) -> Body:
    if definition.category == "authentication":
        return {"type": "BODY", "add_security_recommendation": definition.security_recommendation}
    return _text("BODY", definition.body, definition.examples)


def _text(kind: str, text: str, examples: Mapping[str, str]) -> Body:
    found: Body = {"type": kind, "text": text}
    names, part = variables(text), kind.lower()
    if not names:
        return found
    if any(not each.isdecimal() for each in names):
        given = [{"param_name": each, "example": examples.get(each, "")} for each in names]
        return {**found, "example": {f"{part}_text_named_params": given}}
    values = [examples.get(each, "") for each in names]
    return {**found, "example": {f"{part}_text": [values] if part == "body" else values}}


def _buttons(buttons: Sequence[DefinedButton]) -> Body:
    return {"type": "BUTTONS", "buttons": [_button(each) for each in buttons]}


def _button(button: DefinedButton) -> Body:  # noqa: PLR0911 - one for each kind
    words = {"text": button.text} if button.text else {}
    found: Body = {"type": BUTTONS.get(button.type, button.type.upper()), **words}
    match button.type:
        case "url":
            example = {"example": [button.example]} if button.example else {}
            return {**found, "url": button.url, **example}
        case "phone_number":
            return {**found, "phone_number": button.phone_number}
        case "copy_code":
            return {**found, "example": button.example}
        case "one_time_code":
            return {**found, **_code(button)}
        case "flow":
            screen = {"navigate_screen": button.screen} if button.screen else {}
            named = {f"flow_{button.flow_by}": button.flow, "flow_action": button.flow_action}
            return {**found, **named, **screen}
        case "voice_call" if button.ttl_minutes is not None:
            return {**found, "ttl_minutes": button.ttl_minutes}
        case _:
            return found


def _code(button: DefinedButton) -> Body:
    apps = [
        {"package_name": each.package_name, "signature_hash": each.signature_hash}
        for each in button.apps
    ]
    return {
        "otp_type": (button.code or "copy_code").upper(),
        **({"autofill_text": button.autofill_text} if button.autofill_text else {}),
        **({"supported_apps": apps} if apps else {}),
        **({"zero_tap_terms_accepted": True} if button.zero_tap_terms_accepted else {}),
    }
