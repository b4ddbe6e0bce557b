"""The places in a message template's variables: read once, filled for each contact. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Final, TypeAlias

import msgspec

from gateway.model.template_content import (
    CurrencyParameter,
    DateParameter,
    Parameter,
    Template,
    TemplateButton,
    TemplateCard,
    TextParameter,
)
from gateway.policy.filling import Filled, Mistake, Pattern, Values, read
from gateway.policy.parameter import for_address, for_parameter

_Clean: TypeAlias = Callable[[str], str]
_Put: TypeAlias = Callable[[str, str, _Clean], str]
"""Takes a text's path, the text and how its values are cleaned; returns what to put there."""


class FieldMistake(msgspec.Struct, frozen=True, kw_only=True):
    """Why a template's variable cannot be read; ``path`` as in ``$.body[1].text``."""

    path: str
    position: int
    explanation: str


class FilledTemplate(msgspec.Struct, frozen=True, kw_only=True):
    """A template for one contact; ``missing`` as for a text, with the path that needs each."""

    template: Template
    missing: tuple[tuple[str, str], ...] = ()


class TemplatePattern(msgspec.Struct, frozen=True, kw_only=True):
    """A template whose variables were read."""

    template: Template
    patterns: dict[str, Pattern]

    def fill(self, values: Values) -> FilledTemplate:
        """Fill it for one contact, by the platform's rules; cannot fail."""
        missing: list[tuple[str, str]] = []

        def put(path: str, text: str, clean: _Clean) -> str:
            del text
            filled = _filled(self.patterns[path], values, clean)
            missing.extend((path, name) for name in filled.missing)
            return filled.text

        return FilledTemplate(template=_mapped(self.template, put), missing=tuple(missing))


def read_template(
    template: Template, known: Collection[str]
) -> TemplatePattern | tuple[FieldMistake, ...]:
    """Read the texts of a template's variables.

    Args:
        template: Its variables may have places: ``{{ contact.name }}``.
        known: As for ``read``.

    Returns:
        Every mistake, where there are any.
    """
    patterns: dict[str, Pattern] = {}
    mistakes: list[FieldMistake] = []

    def look(path: str, text: str, clean: _Clean) -> str:
        del clean
        match read(text, known):
            case Mistake(position=position, explanation=told):
                mistakes.append(FieldMistake(path=path, position=position, explanation=told))
            case Pattern() as pattern:
                patterns[path] = pattern
        return text

    _mapped(template, look)
    return tuple(mistakes) or TemplatePattern(template=template, patterns=patterns)


def _filled(pattern: Pattern, values: Values, clean: _Clean) -> Filled:
    filled = pattern.fill(values, clean=clean)
    if clean is for_parameter:  # the words around the values too; a link's are as its author wrote
        return Filled(text=for_parameter(filled.text), missing=filled.missing)
    return filled


_TEMPLATE: Final = "$"


def _mapped(template: Template, put: _Put) -> Template:
    header = template.header
    return msgspec.structs.replace(
        template,
        header=header and _parameter(header, f"{_TEMPLATE}.header", put),
        body=_parameters(template.body, f"{_TEMPLATE}.body", put),
        buttons=_buttons(template.buttons, f"{_TEMPLATE}.buttons", put),
        cards=tuple(_cards(template.cards, f"{_TEMPLATE}.cards", put)),
    )


def _cards(cards: tuple[TemplateCard, ...], path: str, put: _Put) -> Iterator[TemplateCard]:
    for number, card in enumerate(cards):
        here = f"{path}[{number}]"
        yield msgspec.structs.replace(
            card,
            header=card.header and _parameter(card.header, f"{here}.header", put),
            body=_parameters(card.body, f"{here}.body", put),
            buttons=_buttons(card.buttons, f"{here}.buttons", put),
        )


def _parameters(parameters: tuple[Parameter, ...], path: str, put: _Put) -> tuple[Parameter, ...]:
    return tuple(_parameter(each, f"{path}[{n}]", put) for n, each in enumerate(parameters))


def _parameter(parameter: Parameter, path: str, put: _Put) -> Parameter:
    match parameter:
        case TextParameter(text=text):
            return msgspec.structs.replace(parameter, text=put(f"{path}.text", text, for_parameter))
        case CurrencyParameter(fallback=text) | DateParameter(fallback=text):
            filled = put(f"{path}.fallback", text, for_parameter)
            return msgspec.structs.replace(parameter, fallback=filled)
        case _:
            return parameter


def _buttons(
    buttons: tuple[TemplateButton, ...], path: str, put: _Put
) -> tuple[TemplateButton, ...]:
    return tuple(_button(each, f"{path}[{n}]", put) for n, each in enumerate(buttons))


def _button(button: TemplateButton, path: str, put: _Put) -> TemplateButton:
    text, payload = button.text, button.payload
    if text is not None:
        clean = for_address if button.type == "url" else for_parameter
        text = put(f"{path}.text", text, clean)
    if payload is not None:
        payload = put(f"{path}.payload", payload, for_parameter)
    return msgspec.structs.replace(button, text=text, payload=payload)
