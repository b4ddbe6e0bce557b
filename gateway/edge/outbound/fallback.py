"""The template that goes in place of a message, with its variables filled from it."""

from __future__ import annotations

from typing import Any, Final

from gateway.model.outbound import OutboundMessage
from gateway.model.outbound_content import Template
from gateway.model.outbox import FieldProblem
from gateway.model.value import Json
from gateway.policy.template import FilledTemplate, TemplatePattern, read_template

KNOWN: Final = ("contact.*", "message.text", "metadata.*", "agent.*")
"""Names of values; see docs/filling.md."""


def mistakes(template: Template) -> tuple[FieldProblem, ...]:
    """Tell what is wrong with the places in a template's variables; to be asked when it is accepted."""
    match read_template(template, KNOWN):
        case TemplatePattern():
            return ()
        case found:
            return tuple(
                FieldProblem(
                    path=each.path.replace("$", "$.fallback.template", 1),
                    explanation=f"{each.explanation} (character {each.position})",
                )
                for each in found
            )


def filled(template: Template, message: OutboundMessage) -> FilledTemplate:
    """Fill a template for the contact of a message; what has mistakes is left as it is."""
    match read_template(template, KNOWN):
        case TemplatePattern() as pattern:
            return pattern.fill(_values(message))
        case _:
            return FilledTemplate(template=template)


def _values(message: OutboundMessage) -> dict[str, Json]:
    told = message.metadata
    text: Any = getattr(message.content, "text", None) or getattr(message.content, "caption", None)
    return {
        "contact": {"address": message.to, **_object(told.get("contact"))},
        "message": {"text": text},
        "metadata": told,
        "agent": _object(told.get("agent")),
    }


def _object(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}
