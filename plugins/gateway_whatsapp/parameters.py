"""Whether the parameters of a template can be sent; whether they fit it, its definition says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from gateway.api import (
    CurrencyParameter,
    DateParameter,
    LocationParameter,
    MediaParameter,
    Parameter,
    Problem,
    ProductParameter,
    Template,
    TemplateButton,
    TextParameter,
)
from gateway_whatsapp import links

_CONTENT: Final = "$.content"
_NAME: Final = re.compile(r"[a-z0-9_]{1,512}")
_LONGEST_COUPON: Final = 20
_LAST_BUTTON: Final = 9
_LONGEST_CALL: Final = 43_200
"""Minutes: 30 days."""
_LONGEST_PAYLOAD_OF_CALL: Final = 512


def problems(content: Template) -> Iterator[Problem]:
    """Yield what is wrong with a template's parameters."""
    if content.name.strip() and not _NAME.fullmatch(content.name):
        told = "must be of a-z, 0-9 and _"
        yield Problem(path=f"{_CONTENT}.name", explanation=told)
    yield from _part(content.header, content.body, content.buttons, _CONTENT)
    if len(content.cards) == 1:
        told = "has 1 item, 2 at least"
        yield Problem(path=f"{_CONTENT}.cards", explanation=told, limit=2)
    if content.tap_target:
        yield from links.address(content.tap_target.url, f"{_CONTENT}.tap_target.url")
    for number, card in enumerate(content.cards):
        path = f"{_CONTENT}.cards[{number}]"
        yield from _part(card.header, card.body, card.buttons, path)
    if content.offer_expires_at is not None and content.offer_expires_at <= 0:
        told = "must be milliseconds since 1970"
        yield Problem(path=f"{_CONTENT}.offer_expires_at", explanation=told)


def _part(
    header: Parameter | None,
    body: Sequence[Parameter],
    buttons: Sequence[TemplateButton],
    path: str,
) -> Iterator[Problem]:
    if header:
        yield from _header(header, f"{path}.header")
    for number, each in enumerate(body):
        yield from _in_body(each, f"{path}.body[{number}]")
    yield from _names(body, f"{path}.body")
    yield from _indexes(buttons, f"{path}.buttons")
    for number, button in enumerate(buttons):
        yield from _button(button, f"{path}.buttons[{number}]")


def _header(parameter: Parameter, path: str) -> Iterator[Problem]:
    match parameter:
        case MediaParameter(format=form, media=file):
            yield from links.media(file, form, f"{path}.media")
        case ProductParameter():
            yield from _given(parameter, ("catalog_id", "product_id"), path)
        case LocationParameter():
            yield from links.place(parameter, path)
        case TextParameter() | CurrencyParameter() | DateParameter():
            yield from _worded(parameter, path)


def _given(value: object, names: Sequence[str], path: str) -> Iterator[Problem]:
    for name in names:
        if not getattr(value, name):
            yield Problem(path=f"{path}.{name}", explanation="must not be empty")


def _in_body(parameter: Parameter, path: str) -> Iterator[Problem]:
    match parameter:
        case MediaParameter() | LocationParameter() | ProductParameter():
            yield Problem(
                path=path, explanation="must be a text, money or a date: nothing else fills a body"
            )
        case _:
            yield from _worded(parameter, path)


def _worded(
    parameter: TextParameter | CurrencyParameter | DateParameter, path: str
) -> Iterator[Problem]:
    if parameter.name is not None and not _NAME.fullmatch(parameter.name):
        yield Problem(path=f"{path}.name", explanation="must be of a-z, 0-9 and _")


def _names(body: Sequence[Parameter], path: str) -> Iterator[Problem]:
    names = [getattr(each, "name", None) for each in body]
    given = [each for each in names if each is not None]
    if given and len(given) < len(names):
        missing = names.index(None)
        told = "is missing: parameters have all names or none"
        yield Problem(path=f"{path}[{missing}].name", explanation=told)
    for number, name in enumerate(names):
        if name is not None and name in names[:number]:
            told = f"must be unique, {name!r} is there already"
            yield Problem(path=f"{path}[{number}].name", explanation=told)


def _indexes(buttons: Sequence[TemplateButton], path: str) -> Iterator[Problem]:
    indexes = [each.index for each in buttons]
    for number, index in enumerate(indexes):
        if not 0 <= index <= _LAST_BUTTON:
            told = f"is {index}, must be from 0 to {_LAST_BUTTON}"
            yield Problem(path=f"{path}[{number}].index", explanation=told, limit=_LAST_BUTTON)
        elif index in indexes[:number]:
            told = f"must be unique, {index} is there already"
            yield Problem(path=f"{path}[{number}].index", explanation=told)


def _button(button: TemplateButton, path: str) -> Iterator[Problem]:
    for name in _NEEDED.get(button.type, ()):
        if not getattr(button, name):
            told = f"is missing: a button of type {button.type} needs it"
            yield Problem(path=f"{path}.{name}", explanation=told)
    if button.type == "copy_code" and button.text and len(button.text) > _LONGEST_COUPON:
        told = f"has {len(button.text)} characters, {_LONGEST_COUPON} at most"
        yield Problem(path=f"{path}.text", explanation=told, limit=_LONGEST_COUPON)
    most = _LONGEST_PAYLOAD_OF_CALL
    if button.type == "voice_call" and button.payload and len(button.payload) > most:
        told = f"has {len(button.payload)} characters, {most} at most"
        yield Problem(path=f"{path}.payload", explanation=told, limit=most)
    for number, section in enumerate(button.sections):
        yield from _given(section, ("product_ids",), f"{path}.sections[{number}]")
    if button.ttl_minutes is not None and not 1 <= button.ttl_minutes <= _LONGEST_CALL:
        told = f"is {button.ttl_minutes}, must be from 1 to {_LONGEST_CALL}"
        yield Problem(path=f"{path}.ttl_minutes", explanation=told, limit=_LONGEST_CALL)


_NEEDED: Final = {
    "quick_reply": ("payload",),
    "url": ("text",),
    "copy_code": ("text",),
    "products": ("product_id", "sections"),
}
"""What a button of each type cannot be sent without."""
