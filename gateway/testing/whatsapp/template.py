"""Message templates: what they are, what becomes of them, and whether a send fits one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

import msgspec

from gateway.testing.whatsapp.body import Notice
from gateway.testing.whatsapp.errors import GraphError
from gateway.testing.whatsapp.shape import Object

Component: TypeAlias = dict[str, Any]

VARIABLE: Final = re.compile(r"\{\{\s*(\w+)\s*\}\}")
MAXIMUM_HYDRATED: Final = {"BODY": 1024, "HEADER": 60}
MAXIMUM_CARD: Final = 160
_FORBIDDEN: Final = re.compile(r"[\n\t]| {5,}")
_MEDIA: Final = {"IMAGE", "VIDEO", "DOCUMENT", "LOCATION", "PRODUCT", "GIF"}


class Template(msgspec.Struct, kw_only=True):
    """One template in one language.

    The verbs change it and return what the platform posts about it.

    Attributes:
        business_account_id: Whose it is.
        id: Its id.
        name: Shared by its languages.
        language: As ``pt_PT``.
        category: MARKETING, UTILITY or AUTHENTICATION.
        components: As they were created.
        parameter_format: POSITIONAL or NAMED.
        status: APPROVED, PENDING, REJECTED, PAUSED, DISABLED …
        quality: GREEN, YELLOW, RED or UNKNOWN.
        rejected_reason: Why, when it is.
        approved_at_once: It is approved as soon as it is changed.
        paced: Sends are held until the platform is sure of the template's quality.
        edited_at: When each change was made.
        rated_at: Since when it has its quality, in seconds since 1970.
    """

    business_account_id: str
    id: str
    name: str
    language: str
    category: str
    components: list[Component]
    parameter_format: str = "POSITIONAL"
    status: str = "APPROVED"
    quality: str = "UNKNOWN"
    rejected_reason: str = "NONE"
    previous_category: str | None = None
    approved_at_once: bool = False
    paced: bool = False
    send_ttl_seconds: int | None = None
    edited_at: list[float] = []
    rated_at: int = 0

    def approved(self) -> Notice:
        """Pass the review."""
        return self._becomes("APPROVED")

    def rejected(self, reason: str = "INVALID_FORMAT") -> Notice:
        """Fail the review."""
        self.rejected_reason = reason
        return self._becomes("REJECTED", reason=reason)

    def paused(self, title: str = "FIRST_PAUSE") -> Notice:
        """Be stopped for some hours, for bad quality."""
        words = "Your template has been paused for 3 hours because it had issues."
        return self._becomes("PAUSED", other_info={"title": title, "description": words})

    def unpaused(self) -> Notice:
        """Be let go again."""
        more = {"title": "UNPAUSE", "description": "Your template is active again."}
        return self._becomes("APPROVED", other_info=more)

    def disabled(self) -> Notice:
        """Be stopped for good."""
        more = {"title": "DISABLED", "description": "Your template had issues too often."}
        return self._becomes("DISABLED", other_info=more)

    def rated(self, quality: str) -> Notice:
        """Get another quality: GREEN, YELLOW or RED."""
        previous, self.quality = self.quality, quality
        change = {"previous_quality_score": previous, "new_quality_score": quality}
        return self._notice("message_template_quality_update", change)

    def filed_under(self, category: str) -> Notice:
        """Get another category, decided by the platform."""
        previous, self.category = self.category, category
        self.previous_category = previous
        change = {"previous_category": previous, "new_category": category}
        return self._notice("template_category_update", change)

    def _becomes(self, status: str, *, reason: str = "NONE", **more: Any) -> Notice:
        self.status = status
        change = {
            "event": status,
            "message_template_category": self.category,
            "reason": reason,
            **more,
        }
        return self._notice("message_template_status_update", change)

    def _notice(self, field: str, change: dict[str, Any]) -> Notice:
        about = {
            "message_template_id": int(self.id),
            "message_template_name": self.name,
            "message_template_language": self.language,
        }
        return Notice(
            business_account_id=self.business_account_id, field=field, value={**about, **change}
        )

    def node(self) -> dict[str, Any]:
        """Return it as the Graph API shows it, with every field there is."""
        return {
            "id": self.id,
            "name": self.name,
            "language": self.language,
            "status": self.status,
            "category": self.category,
            "previous_category": self.previous_category,
            "parameter_format": self.parameter_format,
            "components": self.components,
            "quality_score": {"score": self.quality, "date": self.rated_at},
            "rejected_reason": self.rejected_reason,
            "message_send_ttl_seconds": self.send_ttl_seconds,
            "correct_category": None,
            "sub_category": None,
            "library_template_name": None,
            "cta_url_link_tracking_opted_out": False,
            "degrees_of_freedom_spec": None,
        }

    def component(self, kind: str) -> Component | None:
        """Return a part of it by its kind in capitals."""
        return next((each for each in self.components if _kind(each) == kind), None)


def text_template(
    name: str,
    body: str,
    *,
    language: str = "en_US",
    category: str = "UTILITY",
    **more: Any,
) -> dict[str, Any]:
    """Return what creates a template of one text, named variables recognised."""
    names = VARIABLE.findall(body)
    named = bool(names) and not all(each.isdecimal() for each in names)
    part: Component = {"type": "BODY", "text": body}
    if named:
        part["example"] = {
            "body_text_named_params": [{"param_name": each, "example": each} for each in names]
        }
    elif names:
        part["example"] = {"body_text": [[f"value {each}" for each in names]]}
    return {
        "name": name,
        "language": language,
        "category": category,
        "parameter_format": "NAMED" if named else "POSITIONAL",
        "components": [part, *more.pop("components", ())],
        **more,
    }


def stored(components: Sequence[Component], category: str) -> list[Component]:
    """Return components as the platform keeps them: codes get its own words and a link."""
    if category != "AUTHENTICATION":
        return list(components)
    kept = []
    for each in components:
        if _kind(each) == "BODY":
            kept.append({**each, "text": "*{{1}}* is your verification code."})
        elif _kind(each) == "BUTTONS":
            kept.append({**each, "buttons": [_code_link(button) for button in each["buttons"]]})
        else:
            kept.append(each)
    return kept


def _code_link(button: Component) -> Component:
    if _kind(button) != "OTP":
        return button
    url = f"https://www.whatsapp.com/otp/code/?otp_type={button.get('otp_type')}&code=otp{{{{1}}}}"
    return {"type": "URL", "text": button.get("text", "Copy code"), "url": url}


def usable(template: Template | None, name: str, language: str) -> Template:
    """Return a template that may be sent.

    Raises:
        GraphError: 132001 it does not exist or is not approved, 132015 paused, 132016 disabled.
    """
    if template is not None and template.status == "PAUSED":
        raise GraphError(132015, f"template {name} is paused because of its quality")
    if template is not None and template.status == "DISABLED":
        raise GraphError(132016, f"template {name} was disabled because of its quality")
    if template is None or template.status not in {"APPROVED", "FLAGGED"}:
        raise GraphError(132001, f"template name ({name}) does not exist in {language}")
    return template


def check_send(template: Template, send: Object) -> str:
    """Check what a send fills the template with.

    Returns:
        The body's words with every variable filled.

    Raises:
        GraphError: 132000 how many parameters, 132012 of what kind, 132005 too long, 131008
            missing, 131009 a Flow's button is not named, 132018 characters that are not allowed.
    """
    _check_cards(template, list(send.get("components") or ()))
    return _check_parts(template, send, MAXIMUM_HYDRATED["BODY"])


def _check_parts(template: Template, send: Object, at_most: int) -> str:
    given = list(send.get("components") or ())
    header = template.component("HEADER")
    if header is not None and header.get("format") in _MEDIA:
        _check_media_header(str(header["format"]), _of_kind(given, "header"))
    elif header is not None:
        line = str(header.get("text", ""))
        most = MAXIMUM_HYDRATED["HEADER"]
        _fill(template, "HEADER", line, _of_kind(given, "header"), at_most=most)
    elif _of_kind(given, "header"):
        raise GraphError(132000, "header: number of localizable_params (1) does not match (0)")
    _check_buttons(template, given)
    body = template.component("BODY") or {}
    text = str(body.get("text", ""))
    return _fill(template, "BODY", text, _of_kind(given, "body"), at_most=at_most)


def _check_cards(template: Template, given: Sequence[Object]) -> None:
    """Each card is filled as a template of its own would be; two with products stand for ten."""
    defined = (template.component("CAROUSEL") or {}).get("cards", [])
    cards = next((each.get("cards", ()) for each in given if _kind(each) == "CAROUSEL"), ())
    parts = [msgspec.structs.replace(template, components=each["components"]) for each in defined]
    products = any((each.component("HEADER") or {}).get("format") == "PRODUCT" for each in parts)
    if not (2 <= len(cards) <= 10 if products else len(cards) == len(parts)):
        raise GraphError(132012, f"carousel: {len(cards)} cards were received")
    for place, card in enumerate(cards):
        if card.get("card_index") != place:
            raise GraphError(132012, f"carousel: card_index must be {place}")
        _check_parts(parts[min(place, len(parts) - 1)], card, MAXIMUM_CARD)


def _kind(component: Object) -> str:
    return str(component.get("type", "")).upper()


def _of_kind(given: Sequence[Object], kind: str) -> list[Object]:
    found = [each for each in given if str(each.get("type", "")).lower() == kind]
    return [parameter for each in found for parameter in each.get("parameters") or ()]


def _fill(
    template: Template, part: str, text: str, parameters: Sequence[Object], *, at_most: int
) -> str:
    names = list(dict.fromkeys(VARIABLE.findall(text)))
    where = part.lower()
    if len(parameters) != len(names):
        raise GraphError(
            132000,
            f"{where}: number of localizable_params ({len(parameters)}) does not match the "
            f"expected number of params ({len(names)})",
        )
    if template.parameter_format == "NAMED":
        given = [str(each.get("parameter_name", "")) for each in parameters]
        if sorted(given) != sorted(names):
            raise GraphError(
                132012, f"{where}: parameter_name must be each of {', '.join(names)} once"
            )
    else:
        given = sorted(names, key=int)
    values = {name: _value(each, where) for name, each in zip(given, parameters, strict=True)}
    filled = VARIABLE.sub(lambda found: values[found[1]], text)
    if len(filled) > at_most:
        raise GraphError(132005, f"{where}: translated text has {len(filled)} characters")
    return filled


def _value(parameter: Object, where: str) -> str:
    match parameter.get("type"):
        case "text":
            value = parameter.get("text")
        case "currency" | "date_time" as kind:
            value = (parameter.get(kind) or {}).get("fallback_value")
        case other:
            raise GraphError(132012, f"{where}: Format mismatch, expected TEXT, received {other}")
    if not isinstance(value, str) or not value:
        raise GraphError(131008, f"{where}: Parameter of type text is missing text value")
    if _FORBIDDEN.search(value):
        raise GraphError(
            132018, "Param text cannot have new-line/tab characters or more than 4 spaces in a row"
        )
    return value


def _check_media_header(expected: str, parameters: Sequence[Object]) -> None:
    if len(parameters) != 1:
        raise GraphError(132012, f"header: Format mismatch, expected {expected}, received UNKNOWN")
    [parameter] = parameters
    received = str(parameter.get("type", "")).upper()
    if received != expected:
        raise GraphError(
            132012, f"header: Format mismatch, expected {expected}, received {received}"
        )
    value = parameter.get(received.lower())
    if not isinstance(value, Mapping) or not value:
        raise GraphError(131008, f"header: Parameter of type {received} is missing its value")


def _check_buttons(template: Template, given: Sequence[Object]) -> None:
    buttons = (template.component("BUTTONS") or {}).get("buttons", [])
    sent = {str(each.get("index")): each for each in given if _kind(each) == "BUTTON"}
    for index, button in enumerate(buttons):
        check = _BUTTONS.get(_kind(button))
        if check is not None:
            check(button, sent.get(str(index)), index)
    for place, each in sent.items():
        if not place.isdecimal() or int(place) >= len(buttons):
            raise GraphError(132000, f"button {place} does not exist in the template")
        _check_sub_type(_kind(buttons[int(place)]), str(each.get("sub_type", "")), place)


def _check_sub_type(kind: str, sub_type: str, index: str) -> None:
    expected = {"OTP": "url", "MPM": "mpm"}.get(kind, kind.lower())
    if sub_type.lower() != expected:
        raise GraphError(132012, f"button {index}: expected {expected}, received {sub_type}")


def _needs_text(button: Object, sent: Object | None, index: int) -> None:
    if _kind(button) == "URL" and "{{" not in str(button.get("url", "")):
        return
    parameters = list((sent or {}).get("parameters") or ())
    if len(parameters) != 1 or not parameters[0].get("text"):
        raise GraphError(
            131008, f"buttons: Button at index {index} of type Url requires a parameter"
        )


def _needs_coupon(_button: Object, sent: Object | None, index: int) -> None:
    parameters = list((sent or {}).get("parameters") or ())
    coupon = parameters[0].get("coupon_code") if parameters else None
    if not coupon or len(str(coupon)) > 20:
        raise GraphError(131008, f"buttons: Button at index {index} requires a coupon_code")


def _needs_name(_button: Object, sent: Object | None, index: int) -> None:
    if sent is None:
        raise GraphError(131009, f"buttons: Button at index {index} of type Flow is missing")


_BUTTONS: Final[dict[str, Callable[[Object, Object | None, int], None]]] = {
    "FLOW": _needs_name,
    "URL": _needs_text,
    "OTP": _needs_text,
    "COPY_CODE": _needs_coupon,
}
"""The buttons that cannot be sent without a parameter; the others may have one."""
