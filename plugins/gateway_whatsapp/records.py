"""Templates as the Graph API tells them. Pure.

Whatever Meta adds tomorrow must not keep a template from being known: what is new is left out.

Source: Meta for Developers, WhatsApp Business Platform, "Template components".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from gateway.api import (
    CodeApp,
    DefinedButton,
    DefinedCard,
    DefinedHeader,
    Offer,
    TemplateDefinition,
    TemplateRecord,
)
from gateway_whatsapp.definitions import BUTTONS

FIELDS: Final = (
    "id,name,language,status,category,parameter_format,components,quality_score,rejected_reason,"
    "message_send_ttl_seconds"
)
"""What is asked of every template."""

_OURS: Final = {theirs: ours for ours, theirs in BUTTONS.items()}
_CATEGORIES: Final = ("marketing", "utility", "authentication")
_FORMATS: Final = ("text", "image", "video", "gif", "document", "location", "product")


def record(node: Mapping[str, Any], *, at: int) -> TemplateRecord | None:
    """Return a template as the platform has it, or None where it is not told what it is.

    Args:
        node: Of the Graph API.
        at: Now, in milliseconds since 1970.
    """
    name, language = node.get("name"), node.get("language")
    category = str(node.get("category", "")).lower()
    if not (isinstance(name, str) and isinstance(language, str) and category in _CATEGORIES):
        return None
    score = node.get("quality_score")
    quality = score.get("score") if isinstance(score, Mapping) else None
    reason = node.get("rejected_reason")
    return TemplateRecord(
        definition=_definition(name, language, category, node),
        platform_id=str(node.get("id", "")),
        status=str(node.get("status", "unknown")).lower(),
        quality=str(quality or "unknown").lower(),
        reason=None if reason in (None, "", "NONE") else str(reason),
        named=str(node.get("parameter_format", "")).upper() == "NAMED",
        updated_at=at,
    )


def _definition(
    name: str, language: str, category: Any, node: Mapping[str, Any]
) -> TemplateDefinition:
    parts = _parts(node.get("components"))
    body, footer = parts.get("BODY", {}), parts.get("FOOTER", {})
    offer = parts.get("LIMITED_TIME_OFFER", {}).get("limited_time_offer")
    header = parts.get("HEADER")
    return TemplateDefinition(
        name=name,
        language=language,
        category=category,
        body=_str(body.get("text")) or "",
        examples=_examples(body, "body"),
        header=_read_header(header) if header else None,
        footer=_str(footer.get("text")),
        buttons=_read_buttons(parts.get("BUTTONS", {})),
        cards=tuple(_read_card(each) for each in _dicts(parts.get("CAROUSEL", {}).get("cards"))),
        offer=_read_offer(offer) if isinstance(offer, Mapping) else None,
        call_permission="CALL_PERMISSION_REQUEST" in parts,
        security_recommendation=bool(body.get("add_security_recommendation")),
        code_minutes=_int(footer.get("code_expiration_minutes")),
        ttl_seconds=_int(node.get("message_send_ttl_seconds")),
    )


def _parts(components: Any) -> dict[str, Mapping[str, Any]]:
    return {str(each.get("type", "")).upper(): each for each in _dicts(components)}


def _read_header(part: Mapping[str, Any]) -> DefinedHeader | None:
    shown = str(part.get("format", "TEXT")).lower()
    if shown not in _FORMATS:
        return None
    handles = (part.get("example") or {}).get("header_handle") or [None]
    return DefinedHeader(
        format=shown,  # type: ignore[arg-type] # one of them, see above
        text=_str(part.get("text")),
        example=next(iter(_examples(part, "header").values()), None),
        handle=_str(handles[0]),
    )


def _read_card(card: Mapping[str, Any]) -> DefinedCard:
    parts = _parts(card.get("components"))
    body = parts.get("BODY", {})
    header = _read_header(parts["HEADER"]) if "HEADER" in parts else None
    return DefinedCard(
        header=header or DefinedHeader(format="image"),
        body=_str(body.get("text")),
        examples=_examples(body, "body"),
        buttons=_read_buttons(parts.get("BUTTONS", {})),
    )


def _read_offer(offer: Mapping[str, Any]) -> Offer:
    return Offer(text=_str(offer.get("text")) or "", expires=bool(offer.get("has_expiration")))


def _examples(part: Mapping[str, Any], kind: str) -> dict[str, str]:
    example = part.get("example")
    if not isinstance(example, Mapping):
        return {}
    named = _dicts(example.get(f"{kind}_text_named_params"))
    if named:
        return {str(each.get("param_name")): str(each.get("example")) for each in named}
    given = example.get(f"{kind}_text")
    if isinstance(given, list) and given and isinstance(given[0], list):
        given = given[0]
    values = [given] if isinstance(given, str) else given if isinstance(given, list) else []
    return {str(number): str(each) for number, each in enumerate(values, 1)}


def _read_buttons(part: Mapping[str, Any]) -> tuple[DefinedButton, ...]:
    return tuple(_read_button(each) for each in _dicts(part.get("buttons")))


def _read_button(button: Mapping[str, Any]) -> DefinedButton:
    example = button.get("example")
    by_name = button.get("flow_id") is None and button.get("flow_name") is not None
    code = str(button.get("otp_type", "")).lower()
    action = str(button.get("flow_action", "navigate")).lower()
    return DefinedButton(
        type=_OURS.get(str(button.get("type", "")).upper(), "other"),  # type: ignore[arg-type]
        text=_str(button.get("text")),
        url=_str(button.get("url")),
        example=_str(example[0] if isinstance(example, list) and example else example),
        phone_number=_str(button.get("phone_number")),
        flow=_str(button.get("flow_name") if by_name else button.get("flow_id")),
        flow_by="name" if by_name else "id",
        flow_action="data_exchange" if action == "data_exchange" else "navigate",
        screen=_str(button.get("navigate_screen")),
        code=code if code in ("copy_code", "one_tap", "zero_tap") else None,  # type: ignore[arg-type]
        autofill_text=_str(button.get("autofill_text")),
        apps=tuple(_read_app(each) for each in _dicts(button.get("supported_apps"))),
        zero_tap_terms_accepted=bool(button.get("zero_tap_terms_accepted")),
        ttl_minutes=_int(button.get("ttl_minutes")),
    )


def _read_app(app: Mapping[str, Any]) -> CodeApp:
    return CodeApp(
        package_name=str(app.get("package_name", "")),
        signature_hash=str(app.get("signature_hash", "")),
    )


def _dicts(value: Any) -> list[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def _str(value: Any) -> str | None:
    return None if value is None else str(value)


def _int(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
