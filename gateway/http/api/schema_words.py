"""A JSON Schema's type in a few words of HTML, linked to the types it names."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any, Final

NAMES: Final = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "null": "null",
    "object": "object",
}
LIMITS: Final = {
    "string": ("minLength", "maxLength", " characters"),
    "integer": ("minimum", "maximum", ""),
    "number": ("minimum", "maximum", ""),
    "array": ("minItems", "maxItems", " items"),
}
"""Where a schema says how little and how much it allows, and of what."""


def anchor(name: str) -> str:
    """Return where a type stands on the page."""
    return f"type-{name}"


def link(name: str) -> str:
    """Return a link to a type."""
    return f'<a href="#{anchor(name)}">{escape(name)}</a>'


def type_words(shape: Mapping[str, Any]) -> str:  # noqa: PLR0911 - one for each form
    """Return what a schema allows, in words; null is left out, for it means absent."""
    match shape:
        case {"$ref": str(target)}:
            return link(target.rpartition("/")[2])
        case {"anyOf": [*options]}:
            return " or ".join(type_words(each) for each in options if each != {"type": "null"})
        case {"enum": [*values]}:
            return ", ".join(f"<code>{escape(str(each))}</code>" for each in values)
        case {"type": "array", "items": items}:
            return f"list of {type_words(items)}{_limits(shape)}"
        case {"type": "object", "additionalProperties": dict(values)} if values:
            return f"object of {type_words(values)}"
        case {"type": str(name)}:
            return f"{NAMES.get(name, name)}{_limits(shape)}"
        case _:
            return "any JSON"


def _limits(shape: Mapping[str, Any]) -> str:
    least_name, most_name, unit = LIMITS.get(shape["type"], ("", "", ""))
    match shape.get(least_name), shape.get(most_name):
        case (None, None):
            return ""
        case (None, most):
            return f", up to {most}{unit}"
        case (least, None):
            return f", {least} or more{unit}"
        case (least, most):
            return f", {least} to {most}{unit}"
