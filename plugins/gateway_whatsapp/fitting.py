"""Whether what is to be sent fits the template as the platform has it. Pure.

Told before anything is queued, with the part that is missing or too much; the platform would
answer 132000, 132005, 132012 or 131008 for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from gateway.api import (
    CurrencyParameter,
    DateParameter,
    DefinedButton,
    DefinedCard,
    DefinedHeader,
    LocationParameter,
    MediaParameter,
    Parameter,
    Problem,
    ProductParameter,
    Template,
    TemplateButton,
    TemplateCard,
    TemplateRecord,
    TextParameter,
)
from gateway_whatsapp.definitions import VARIABLE, variables
from gateway_whatsapp.limits import LONGEST_BODY_OF_CARD
from gateway_whatsapp.templates import cleaned, words

_LONGEST_FILLED: Final = 1024
_LONGEST_HEADER: Final = 60
_LONGEST_CODE: Final = 15
_SENT_AS: Final = {"one_time_code": "url"}
_NEEDS_PARAMETER: Final = {
    "copy_code": "the code to copy",
    "flow": "to be named, with a token or without",
    "one_time_code": "the code",
    "products": "the products that it shows",
    "order_details": "the order, which only `raw` can carry",
}
_STATES: Final = {
    "pending": "is still under review",
    "rejected": "was rejected",
    "paused": "is paused because of its quality",
    "disabled": "is disabled for good; make a new one",
    "in_appeal": "was rejected, and an appeal is open",
    "pending_deletion": "is being deleted",
    "deleted": "was deleted",
    "limit_exceeded": "cannot be used: the account has too many templates",
    "archived": "is archived",
}


def unsendable(record: TemplateRecord) -> str | None:
    """Return why a template cannot be sent now, or None where it can."""
    if record.sendable:
        return None
    state = _STATES.get(record.status, f"has the status {record.status}")
    why = f" ({record.reason})" if record.reason else ""
    return f"{state}{why}"


def problems(
    template: Template, record: TemplateRecord, path: str, *, marketing: bool
) -> Iterator[Problem]:
    """Yield what keeps a template from being sent as it is filled.

    Args:
        template: With its parameters.
        record: What the platform has.
        path: Where the template stands in the message.
        marketing: Marketing goes through the Marketing Messages API.
    """
    if why := unsendable(record):
        told = f"template {template.name!r} ({template.language}) {why}"
        yield Problem(path=f"{path}.name", explanation=told)
        return
    defined = record.definition
    if defined.header and defined.header.format == "gif" and not marketing:
        told = "is a gif, which needs the account's `marketing_messages`"
        yield Problem(path=f"{path}.header", explanation=told)
    body = defined.body
    if defined.category == "authentication":
        yield from _code(template, path)
        body = body or "{{1}}"
    yield from _header(template.header, defined.header, f"{path}.header", named=record.named)
    yield from _texts(template.body, body, f"{path}.body", "body", named=record.named)
    yield from _buttons(template.buttons, defined.buttons, f"{path}.buttons")
    yield from _cards(template.cards, record, f"{path}.cards")
    yield from _offer(template, record, path)


def _code(template: Template, path: str) -> Iterator[Problem]:
    """Yield where a one-time code is too long: it stands in the body and on the button."""
    codes = [(f"{path}.body[{at}].text", words(each)) for at, each in enumerate(template.body)]
    codes += [(f"{path}.buttons[{at}].text", each.text) for at, each in enumerate(template.buttons)]
    for where, text in codes:
        if text and len(text) > _LONGEST_CODE:
            told = f"has {len(text)} characters, {_LONGEST_CODE} at most for a one-time code"
            yield Problem(path=where, explanation=told, limit=_LONGEST_CODE)


def _header(
    given: Parameter | None, defined: DefinedHeader | None, path: str, *, named: bool
) -> Iterator[Problem]:
    wanted = _wanted(defined)
    if given is None:
        if wanted:
            yield Problem(path=path, explanation=f"is missing: the template's header {wanted}")
    elif wanted is None:
        told = "has no variable" if defined else "is not there"
        yield Problem(path=path, explanation=f"must not be given: the template's header {told}")
    elif defined and not _suits(given, defined.format):
        yield Problem(path=path, explanation=f"does not fit: the template's header {wanted}")
    elif defined and defined.format == "text":
        yield from _line(given, defined.text or "", path, named=named)


def _line(given: Parameter, text: str, path: str, *, named: bool) -> Iterator[Problem]:
    """Yield what is wrong with the parameter of a header's one variable."""
    (variable,) = variables(text)
    name = _name(given)
    if named and name != variable:
        what = "is missing" if name is None else f"{name!r} is no variable of the template's header"
        yield Problem(path=f"{path}.name", explanation=f"{what}: the variable is {variable!r}")
    elif not named and name is not None:
        told = "must not be given: the template's variables are numbered"
        yield Problem(path=f"{path}.name", explanation=told)
    else:
        yield from _length(text, {variable: given}, path, _LONGEST_HEADER)


def _wanted(defined: DefinedHeader | None) -> str | None:
    """Return what a header needs at sending time, in words; None for nothing."""
    match defined.format if defined else None:
        case None:
            return None
        case "text":
            names = variables(defined.text if defined else None)
            return f"has the variable {_shown(names[0])}" if names else None
        case shown:
            return f"is a {shown}: give a parameter of that kind"


def _suits(given: Parameter, shown: str) -> bool:
    match given:
        case MediaParameter(format=form):
            return form == shown
        case LocationParameter():
            return shown == "location"
        case ProductParameter():
            return shown == "product"
        case TextParameter() | CurrencyParameter() | DateParameter():
            return shown == "text"


def _texts(
    given: Sequence[Parameter],
    text: str,
    path: str,
    part: str,
    *,
    named: bool,
    most: int = _LONGEST_FILLED,
) -> Iterator[Problem]:
    names = variables(text)
    values = dict(zip(names, given, strict=False))
    if named:
        yield from _by_name(given, names, path, part)
        values = {str(name): each for each in given if (name := _name(each)) in names}
    else:
        yield from _by_place(given, names, path, part)
    if len(values) == len(names):
        yield from _length(text, values, path, most)


def _by_place(
    given: Sequence[Parameter], names: Sequence[str], path: str, part: str
) -> Iterator[Problem]:
    for place, name in enumerate(names):
        if place >= len(given):
            told = f"is missing: the template's {part} has the variable {_shown(name)}"
            yield Problem(path=f"{path}[{place}]", explanation=told)
        elif _name(given[place]) is not None:
            told = "must not be given: the template's variables are numbered"
            yield Problem(path=f"{path}[{place}].name", explanation=told)
    for place in range(len(names), len(given)):
        told = f"is too much: the template's {part} has {len(names)} variables"
        yield Problem(path=f"{path}[{place}]", explanation=told, limit=len(names))


def _by_name(
    given: Sequence[Parameter], names: Sequence[str], path: str, part: str
) -> Iterator[Problem]:
    for place, each in enumerate(given):
        name = _name(each)
        if name is None:
            told = f"is missing: the template's variables have names: {', '.join(names)}"
            yield Problem(path=f"{path}[{place}].name", explanation=told)
        elif name not in names:
            known = ", ".join(names) or "none"
            told = f"{name!r} is no variable of the template's {part}; it has {known}"
            yield Problem(path=f"{path}[{place}].name", explanation=told)
    if any(_name(each) is None for each in given):
        return
    for name in names:
        if name not in [_name(each) for each in given]:
            told = f"lacks a parameter named {name!r}: the template's {part} has {_shown(name)}"
            yield Problem(path=path, explanation=told)


def _length(text: str, values: dict[str, Parameter], path: str, most: int) -> Iterator[Problem]:
    filled = VARIABLE.sub(lambda found: cleaned(words(values.get(found[1])) or ""), text)
    if len(filled) > most:
        told = f"makes a text of {len(filled)} characters, {most} at most"
        yield Problem(path=path, explanation=told, limit=most)


def _buttons(
    given: Sequence[TemplateButton], defined: Sequence[DefinedButton], path: str
) -> Iterator[Problem]:
    for place, button in enumerate(given):
        here = f"{path}[{place}]"
        if button.index >= len(defined):
            told = f"is {button.index}: the template has {len(defined)} buttons, counted from 0"
            yield Problem(path=f"{here}.index", explanation=told, limit=len(defined) - 1)
            continue
        meant = defined[button.index]
        kind = _SENT_AS.get(meant.type, meant.type)
        if meant.type != "other" and button.type != kind:
            told = f"is {button.type}: button {button.index} of the template is {kind}"
            yield Problem(path=f"{here}.type", explanation=told)
        elif meant.type == "url" and not variables(meant.url):
            told = "must not be given: the address of this button has no variable"
            yield Problem(path=here, explanation=told)
    filled = {each.index for each in given}
    for index, meant in enumerate(defined):
        if index not in filled and (needed := _needed(meant)):
            shown = f" ({meant.text!r})" if meant.text else ""
            told = f"lacks one with index {index}: button {index}{shown} needs {needed}"
            yield Problem(path=path, explanation=told)


def _needed(button: DefinedButton) -> str | None:
    if button.type == "url":
        return "the end of its address" if variables(button.url) else None
    return _NEEDS_PARAMETER.get(button.type)


def _cards(given: Sequence[TemplateCard], record: TemplateRecord, path: str) -> Iterator[Problem]:
    defined = record.definition.cards
    if told := _miscounted(len(given), defined):
        limit = 10 if _are_products(defined) else len(defined)
        yield Problem(path=path, explanation=told, limit=limit)
        return
    for place, card in enumerate(given):
        here = f"{path}[{place}]"
        meant = defined[min(place, len(defined) - 1)]  # cards of a template are all of one form
        yield from _header(card.header, meant.header, f"{here}.header", named=record.named)
        yield from _texts(
            card.body,
            meant.body or "",
            f"{here}.body",
            "card",
            named=record.named,
            most=LONGEST_BODY_OF_CARD,
        )
        yield from _buttons(card.buttons, meant.buttons, f"{here}.buttons")


def _miscounted(given: int, defined: Sequence[DefinedCard]) -> str | None:
    """Return why there are too few cards or too many, or None.

    Two cards with products stand for up to ten; cards with pictures are as many as were defined.
    """
    if _are_products(defined):
        return None if 2 <= given <= 10 else f"has {given} cards, must have from 2 to 10"
    return None if given == len(defined) else f"has {given} cards, the template has {len(defined)}"


def _are_products(defined: Sequence[DefinedCard]) -> bool:
    return bool(defined) and defined[0].header.format == "product"


def _offer(template: Template, record: TemplateRecord, path: str) -> Iterator[Problem]:
    offer = record.definition.offer
    here = f"{path}.offer_expires_at"
    if offer and offer.expires and template.offer_expires_at is None:
        yield Problem(path=here, explanation="is missing: the template counts down to it")
    elif template.offer_expires_at is not None and not (offer and offer.expires):
        told = "must not be given: the template does not count down"
        yield Problem(path=here, explanation=told)


def _name(parameter: Parameter) -> str | None:
    match parameter:
        case TextParameter(name=name) | CurrencyParameter(name=name) | DateParameter(name=name):
            return name
        case _:
            return None


def _shown(name: str) -> str:
    return f"{{{{{name}}}}}"
