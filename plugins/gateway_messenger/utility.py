"""Utility templates: what may be sent to a person who has not written for long.

Source: Meta for Developers, Messenger Platform, "Utility messages": components as WhatsApp's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from gateway.api import (
    CurrencyParameter,
    DateParameter,
    MediaParameter,
    Parameter,
    Problem,
    Template,
    TextParameter,
)
from gateway_meta import sendable
from gateway_meta.bodies import Body

UTILITY: Final = "UTILITY"


def template(content: Template) -> Body:
    """Return the message of a template that passed the check."""
    components: list[Body] = []
    if content.header is not None:
        components.append({"type": "header", "parameters": [_parameter(content.header)]})
    if content.body:
        components.append(
            {"type": "body", "parameters": [_parameter(each) for each in content.body]}
        )
    components += [
        {
            "type": "button",
            "sub_type": "url",
            "index": str(each.index),
            "parameters": [{"type": "text", "text": str(each.text)}],
        }
        for each in content.buttons
    ]
    found: Body = {"name": content.name, "language": {"code": content.language}}
    if components:
        found["components"] = components
    return {"template": found}


def _parameter(given: Parameter) -> Body:
    if isinstance(given, MediaParameter):
        return {"type": "image", "image": {"link": given.media.url}}
    name, words = _words(given) or (None, "")
    return {"type": "text", **({"parameter_name": name} if name else {}), "text": words}


def _words(given: Parameter) -> tuple[str | None, str] | None:
    """Return the name and the words of a parameter; None for one that has none."""
    match given:
        case TextParameter():
            return given.name, given.text
        case CurrencyParameter() | DateParameter():
            return given.name, given.fallback
        case _:
            return None


def problems(content: Template, where: str = "$.content") -> Iterator[Problem]:
    """Yield what keeps a template from being sent on Messenger.

    Args:
        content: What is to be sent.
        where: Where it stands in the message.
    """
    yield from _header(content.header, f"{where}.header")
    yield from _body(content.body, f"{where}.body")
    for number, button in enumerate(content.buttons):
        path = f"{where}.buttons[{number}]"
        if button.type != "url":
            told = f'must be "url", is {button.type!r}: Messenger\'s templates have no other kind'
            yield Problem(path=f"{path}.type", explanation=told)
        elif button.text is None:
            yield Problem(path=f"{path}.text", explanation="is missing: the end of the address")
        if not 0 <= button.index <= 9:
            yield Problem(path=f"{path}.index", explanation="must be from 0 to 9", limit=9)
    for name in ("cards", "offer_expires_at", "tap_target"):
        if getattr(content, name):
            told = "is not part of Messenger's templates"
            yield Problem(path=f"{where}.{name}", explanation=told)
    if content.category not in (None, "utility"):
        told = f'must be "utility": Messenger has no {content.category} templates'
        yield Problem(path=f"{where}.category", explanation=told)


def _header(header: Parameter | None, path: str) -> Iterator[Problem]:
    if isinstance(header, MediaParameter):
        if header.format != "image":
            told = 'must be "image": Messenger\'s templates show pictures only'
            yield Problem(path=f"{path}.format", explanation=told)
        elif header.media.url:
            yield from sendable.address(header.media.url, f"{path}.media.url")
        else:
            yield Problem(path=f"{path}.media.url", explanation="is missing")
    elif header is not None and not isinstance(header, TextParameter):
        yield Problem(path=f"{path}.type", explanation='must be "text" or "media"')


def _body(body: Sequence[Parameter], where: str) -> Iterator[Problem]:
    named = []
    for number, each in enumerate(body):
        path = f"{where}[{number}]"
        found = _words(each)
        if found is None:
            yield Problem(path=f"{path}.type", explanation="must have words")
            continue
        named.append(bool(found[0]))
        if not found[1].strip():
            yield Problem(path=f"{path}.text", explanation="must not be blank")
        if named[-1] != named[0]:
            told = "must be given for all parameters or none"
            yield Problem(path=f"{path}.name", explanation=told)
