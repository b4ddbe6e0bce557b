"""What a template must look like to be created: pure.

Source: Meta, "Message templates" and "Template components", October 2026.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from gateway.testing.whatsapp.errors import GraphError
from gateway.testing.whatsapp.shape import Object
from gateway.testing.whatsapp.template import VARIABLE

CATEGORIES: Final = ("AUTHENTICATION", "MARKETING", "UTILITY")
_NAME: Final = re.compile(r"[a-z0-9_]{1,512}")
_FORMATS: Final = ("TEXT", "IMAGE", "VIDEO", "DOCUMENT", "LOCATION", "GIF", "PRODUCT")
_COMPONENTS: Final = {
    "HEADER",
    "BODY",
    "FOOTER",
    "BUTTONS",
    "CAROUSEL",
    "LIMITED_TIME_OFFER",
    "CALL_PERMISSION_REQUEST",
}
_MOST_BUTTONS: Final = {"QUICK_REPLY": 10, "URL": 2, "PHONE_NUMBER": 1, "COPY_CODE": 1, "FLOW": 1}
_MARKETING: Final = {"CAROUSEL", "LIMITED_TIME_OFFER"}
_ATTACHED: Final = {"IMAGE", "VIDEO", "DOCUMENT"}


def refuse(subcode: int, title: str, words: str) -> GraphError:
    """Return a refusal as the platform words those of templates: a subcode and words for people."""
    more = {
        "error_subcode": subcode,
        "is_transient": False,
        "error_user_title": title,
        "error_user_msg": words,
    }
    return GraphError(100, message="Invalid parameter", more=more)


def check_new(template: Object) -> None:
    """Check everything that creates a template.

    Raises:
        GraphError: 100, mostly with a subcode.
    """
    name = str(template.get("name", ""))
    if not _NAME.fullmatch(name):
        raise GraphError(100, message=f"Param name must match [a-z0-9_]{{1,512}} - got {name!r}")
    if template.get("category") not in CATEGORIES:
        allowed = ", ".join(CATEGORIES)
        raise GraphError(100, message=f"Param category must be one of {{{allowed}}}")
    if not template.get("language"):
        raise GraphError(100, message="The parameter language is required.")
    check_components(
        template.get("components"),
        named=template.get("parameter_format", "POSITIONAL").upper() == "NAMED",
        authentication=template["category"] == "AUTHENTICATION",
    )
    if template["category"] != "MARKETING" and _kinds(template["components"]) & _MARKETING:
        raise refuse(2388025, "Category is wrong", "Offers and carousels are for marketing.")


def check_components(components: Any, *, named: bool, authentication: bool) -> None:
    """Check the components of a template, new or edited."""
    if not isinstance(components, list) or not components:
        raise GraphError(100, message="The parameter components is required.")
    kinds = [str(each.get("type", "")).upper() for each in components]
    unknown = set(kinds) - _COMPONENTS
    if unknown:
        raise GraphError(100, message=f"Param components has unknown types {sorted(unknown)}")
    if "BODY" not in kinds:
        raise refuse(2388072, "Body is missing", "A template needs a body.")
    offer = "LIMITED_TIME_OFFER" in kinds
    if offer and "FOOTER" in kinds:
        raise refuse(2388073, "Footer is wrong", "An offer has no footer.")
    body_at_most = 600 if offer else 1024
    for kind, component in zip(kinds, components, strict=True):
        _component(kind, component, body_at_most, named=named, authentication=authentication)


def _component(
    kind: str, component: Object, body_at_most: int, *, named: bool, authentication: bool
) -> None:
    match kind:
        case "HEADER":
            _header(component, named=named)
        case "BODY" if not authentication:
            _text(component, "body", body_at_most, 2388072, named=named)
        case "FOOTER" if not authentication:
            _footer(component)
        case "BUTTONS":
            _buttons(component.get("buttons"))
        case "CAROUSEL":
            _cards(component.get("cards") or ())


def _kinds(components: Sequence[Object]) -> set[str]:
    return {str(each.get("type", "")).upper() for each in components}


def _cards(cards: Sequence[Object]) -> None:
    if not 2 <= len(cards) <= 10:
        raise refuse(2388060, "Cards are wrong", "A carousel has 2 to 10 cards.")
    if len({frozenset(_kinds(each.get("components") or ())) for each in cards}) > 1:
        raise refuse(2388060, "Cards are wrong", "All cards must have the same components.")


def _header(component: Object, *, named: bool) -> None:
    shown = str(component.get("format", "")).upper()
    if shown not in _FORMATS:
        raise refuse(2388047, "Header is wrong", f"format must be one of {', '.join(_FORMATS)}.")
    if shown == "TEXT":
        names = _text(component, "header", 60, 2388047, named=named)
        if len(names) > 1:
            raise refuse(2388047, "Header is wrong", "A header has one variable at most.")
    elif shown in _ATTACHED and not (component.get("example") or {}).get("header_handle"):
        raise refuse(2388047, "Header is wrong", "A media header needs example.header_handle.")


def _text(component: Object, part: str, at_most: int, subcode: int, *, named: bool) -> list[str]:
    text = component.get("text")
    if not isinstance(text, str) or not text:
        raise refuse(subcode, f"The {part} is wrong", f"The {part} needs a text.")
    if len(text) > at_most:
        raise refuse(2388040, "Too long", f"The {part} may have {at_most} characters.")
    names = list(dict.fromkeys(VARIABLE.findall(text)))
    if names:
        _variables(text, names, part, named=named)
        _examples(component, names, part, named=named)
    return names


def _variables(text: str, names: Sequence[str], part: str, *, named: bool) -> None:
    if part == "body" and (VARIABLE.match(text) or text.rstrip().endswith("}}")):
        raise refuse(
            2388299, "Variables", "Variables can't be at the start or end of the template."
        )
    if part == "body" and len(VARIABLE.sub("", text).split()) < 2 * len(names) + 1:
        raise refuse(2388293, "Variables", "Too many variables for the length of the text.")
    in_order = [str(number) for number in range(1, len(names) + 1)]
    if not named and sorted(names) != sorted(in_order):
        raise refuse(2388023, "Variables", "Variables must be numbered {{1}}, {{2}}, {{3}} …")
    if named and any(each.isdecimal() or each != each.lower() for each in names):
        raise refuse(2388023, "Variables", "Names have lower-case letters and underscores.")


def _examples(component: Object, names: Sequence[str], part: str, *, named: bool) -> None:
    example = component.get("example") or {}
    if named:
        given = len(example.get(f"{part}_text_named_params") or ())
    elif part == "body":
        given = len((example.get("body_text") or [[]])[0])
    else:
        given = len(example.get("header_text") or ())
    if given != len(names):
        raise refuse(2388043, "Examples are missing", f"The {part} needs {len(names)} examples.")


def _footer(component: Object) -> None:
    text = component.get("text")
    if not isinstance(text, str) or not 1 <= len(text) <= 60 or VARIABLE.search(text):
        raise refuse(2388073, "Footer is wrong", "A footer has 60 characters and no variables.")


def _buttons(buttons: Any) -> None:
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= 10:
        raise refuse(2388060, "Buttons are wrong", "A template has up to 10 buttons.")
    kinds = [str(each.get("type", "")).upper() for each in buttons]
    for kind, most in _MOST_BUTTONS.items():
        if kinds.count(kind) > most:
            raise refuse(2388060, "Buttons are wrong", f"A template has {most} {kind} at most.")
    for each in buttons:
        if "text" in each and not 1 <= len(str(each["text"])) <= 25:
            raise refuse(2388040, "Too long", "A button may have 25 characters.")
        if str(each.get("url", "")).count("{{") and not each.get("example"):
            raise refuse(2388043, "Examples are missing", "A button's address needs an example.")
    replies = [place for place, kind in enumerate(kinds) if kind == "QUICK_REPLY"]
    if replies and replies[-1] - replies[0] != len(replies) - 1:
        raise refuse(2388060, "Buttons are wrong", "Quick replies must stand together.")
