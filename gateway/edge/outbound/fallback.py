"""The template that goes in place of a message, with its variables filled from it."""

from __future__ import annotations

from typing import Any, Final

from gateway.model.outbound import OutboundMessage
from gateway.model.outbox import FieldProblem, Refused
from gateway.model.template_content import Template
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


def refusal(filled: FilledTemplate) -> Refused:
    """Return the refusal of a message that does not say what its fallback needs."""
    problems = tuple(
        FieldProblem(
            path=_place_of(name),
            explanation=f"is missing: the fallback needs it ({path.removeprefix('$.')}), or a default",
        )
        for path, name in filled.missing
    )
    named = ", ".join(each.path.removeprefix("$.") for each in problems)
    told = f"The window is closed, and the fallback's variables need {named}."
    return Refused(reason="fallback_incomplete", explanation=told, problems=problems)


def _place_of(name: str) -> str:
    """Return the field of a message that a value comes from; see ``_values``."""
    match name.partition("."):
        case ("message", _, _):
            return "$.content.text"
        case ("contact", _, "address"):
            return "$.to"
        case ("metadata", _, _):
            return f"$.{name}"
        case _:
            return f"$.metadata.{name}"


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
