"""What the platform would refuse in a new template. Pure.

Source: Meta for Developers, WhatsApp Business Platform, "Message templates", "Template components"
and "Authentication templates".
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from gateway.api import (
    DefinedButton,
    DefinedCard,
    DefinedHeader,
    Problem,
    TemplateDefinition,
)
from gateway_whatsapp.definitions import VARIABLE, is_named, variables

_NAME: Final = re.compile(r"[a-z0-9_]{1,512}")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(_[A-Z]{2})?")
_VARIABLE_NAME: Final = re.compile(r"[a-z][a-z0-9_]*|[1-9][0-9]*")
_MOST: Final = {"url": 2, "phone_number": 1, "copy_code": 1, "flow": 1, "one_time_code": 1}
_LABELLED: Final = {"quick_reply", "url", "phone_number", "flow", "catalog", "products", "product"}
_SECONDS: Final = {
    "authentication": (30, 900),
    "utility": (30, 43_200),
    "marketing": (43_200, 2_592_000),
}
_LONGEST_BODY: Final = 1024
_LONGEST_OFFER: Final = 600
_LONGEST_LABEL: Final = 25
_LONGEST_CALL: Final = 43_200
"""Minutes: 30 days."""
_FILES: Final = {"image", "video", "gif", "document"}


def problems(definition: TemplateDefinition) -> Iterator[Problem]:
    """Yield what is wrong with a definition; paths begin with ``$``."""
    if not _NAME.fullmatch(definition.name):
        yield Problem(path="$.name", explanation="must be of a-z, 0-9 and _, 512 at most")
    if not _LANGUAGE.fullmatch(definition.language):
        yield Problem(path="$.language", explanation="must be a code such as es, es_MX or pt_PT")
    yield from _ttl(definition)
    if definition.category == "authentication":
        yield from _authentication(definition)
        return
    yield from _worded(definition)
    if definition.header:
        yield from _header(definition.header, "$.header")
    yield from _buttons(definition.buttons, "$.buttons")
    if definition.cards:
        yield from _cards(definition.cards)
    yield from _marketing(definition)


def _marketing(definition: TemplateDefinition) -> Iterator[Problem]:
    """Yield what is wrong with what marketing alone may have."""
    header, offer = definition.header, definition.offer
    moving = header is not None and header.format == "gif"
    if definition.category != "marketing":
        if definition.cards or offer:
            told = f"must be marketing for {'cards' if definition.cards else 'an offer'}"
            yield Problem(path="$.category", explanation=told)
        if moving:
            yield Problem(path="$.header.format", explanation="is gif, for marketing only")
    if offer is None:
        return
    if not 1 <= len(offer.text) <= 16:
        yield _long("$.offer.text", offer.text, 16)
    if definition.footer is not None:
        yield Problem(path="$.footer", explanation="must not be given: an offer has none")
    if header and header.format not in ("image", "video"):
        told = f"is {header.format}, must be image or video above an offer"
        yield Problem(path="$.header.format", explanation=told)


def _ttl(definition: TemplateDefinition) -> Iterator[Problem]:
    least, most = _SECONDS[definition.category]
    given = definition.ttl_seconds
    unlimited = given == -1 and definition.category != "marketing"
    if given is not None and not (least <= given <= most or unlimited):
        told = f"is {given}, must be from {least} to {most} for {definition.category}"
        yield Problem(path="$.ttl_seconds", explanation=told, limit=most)


def _authentication(definition: TemplateDefinition) -> Iterator[Problem]:
    for name in ("body", "header", "footer", "cards", "offer"):
        if getattr(definition, name):
            told = "must not be given: authentication templates have the platform's own words"
            yield Problem(path=f"$.{name}", explanation=told)
    minutes = definition.code_minutes
    if minutes is not None and not 1 <= minutes <= 90:
        told = f"is {minutes}, must be from 1 to 90"
        yield Problem(path="$.code_minutes", explanation=told, limit=90)
    if [each.type for each in definition.buttons] != ["one_time_code"]:
        told = "must be one button of type one_time_code"
        yield Problem(path="$.buttons", explanation=told)
        return
    yield from _code(definition.buttons[0], "$.buttons[0]")


def _code(button: DefinedButton, path: str) -> Iterator[Problem]:
    for name in ("text", "autofill_text"):
        if len(label := getattr(button, name) or "") > _LONGEST_LABEL:
            yield _long(f"{path}.{name}", label, _LONGEST_LABEL)
    if button.code is None:
        told = "is missing: copy_code, one_tap or zero_tap"
        yield Problem(path=f"{path}.code", explanation=told)
    if button.code in ("one_tap", "zero_tap") and not button.apps:
        told = f"is missing: {button.code} needs the apps that may take the code"
        yield Problem(path=f"{path}.apps", explanation=told)
    if button.code == "zero_tap" and not button.zero_tap_terms_accepted:
        told = "must be true: the platform wants its terms for zero-tap codes accepted"
        yield Problem(path=f"{path}.zero_tap_terms_accepted", explanation=told)


def _worded(definition: TemplateDefinition) -> Iterator[Problem]:
    for name in ("code_minutes", "security_recommendation"):
        if getattr(definition, name):
            yield Problem(path=f"$.{name}", explanation="is for authentication only")
    most = _LONGEST_OFFER if definition.offer else _LONGEST_BODY
    yield from _text(definition.body, definition.examples, "$.body", "$.examples", most=most)
    header = definition.header.text if definition.header else None
    if is_named(definition):
        for name in (*variables(definition.body), *variables(header)):
            if name.isdecimal():
                told = f"has {{{{{name}}}}}: variables have all names or all numbers"
                yield Problem(path="$.body", explanation=told)
    if definition.footer is not None:
        if not 1 <= len(definition.footer) <= 60:
            yield _long("$.footer", definition.footer, 60)
        if variables(definition.footer):
            yield Problem(path="$.footer", explanation="must have no variables")


def _text(
    text: str, examples: Mapping[str, str], path: str, examples_path: str, *, most: int
) -> Iterator[Problem]:
    if not text.strip():
        yield Problem(path=path, explanation="is missing")
        return
    if len(text) > most:
        yield _long(path, text, most)
    names = variables(text)
    yield from _variables(text, names, path)
    for name in names:
        if not examples.get(name, "").strip():
            told = f"lacks an example for {{{{{name}}}}}: reviewers want to see one"
            yield Problem(path=examples_path, explanation=told)
    for name in examples.keys() - set(names):
        told = f"has {name!r}, which is no variable of the text"
        yield Problem(path=examples_path, explanation=told)


def _variables(text: str, names: Sequence[str], path: str) -> Iterator[Problem]:
    yield from _named(names, path)
    if not names:
        return
    if VARIABLE.match(text.strip()) or text.rstrip().endswith("}}"):
        yield Problem(path=path, explanation="must not begin or end with a variable")
    if len(VARIABLE.sub("", text).split()) < 2 * len(names) + 1:
        told = f"has too few words for {len(names)} variables: twice as many and one at least"
        yield Problem(path=path, explanation=told)


def _named(names: Sequence[str], path: str) -> Iterator[Problem]:
    """Yield what is wrong with the names or numbers of a text's variables."""
    for name in names:
        if not _VARIABLE_NAME.fullmatch(name):
            told = f"has {{{{{name}}}}}: names are of a-z, 0-9 and _"
            yield Problem(path=path, explanation=told)
    numbers = [str(number) for number in range(1, len(names) + 1)]
    if all(each.isdecimal() for each in names) and names != numbers:
        told = f"has {', '.join(names)}: variables are numbered {{{{1}}}}, {{{{2}}}} … without gaps"
        yield Problem(path=path, explanation=told)


def _header(header: DefinedHeader, path: str) -> Iterator[Problem]:
    if header.format == "text":
        text = header.text or ""
        if not text.strip() or len(text) > 60:
            yield _long(f"{path}.text", text, 60)
        names = variables(text)
        if len(names) > 1:
            told = f"has {len(names)} variables, 1 at most"
            yield Problem(path=f"{path}.text", explanation=told, limit=1)
        else:
            yield from _named(names, f"{path}.text")
        if names and not header.example:
            told = f"is missing: an example for {{{{{names[0]}}}}}"
            yield Problem(path=f"{path}.example", explanation=told)
    elif header.format in _FILES and not (
        header.handle or (header.media and header.media.stored_id)
    ):
        told = "is missing: a sample file of our media store (stored_id), or a handle"
        yield Problem(path=f"{path}.media", explanation=told)


def _buttons(buttons: Sequence[DefinedButton], path: str) -> Iterator[Problem]:
    if len(buttons) > 10:
        told = f"has {len(buttons)} buttons, 10 at most"
        yield Problem(path=path, explanation=told, limit=10)
    for kind, count in Counter(each.type for each in buttons).items():
        most = _MOST.get(kind, 10)
        if count > most:
            told = f"has {count} of type {kind}, {most} at most"
            yield Problem(path=path, explanation=told, limit=most)
    replies = [place for place, each in enumerate(buttons) if each.type == "quick_reply"]
    if replies and replies[-1] - replies[0] >= len(replies):
        told = "must have its quick replies together, not among others"
        yield Problem(path=path, explanation=told)
    for place, button in enumerate(buttons):
        yield from _button(button, f"{path}[{place}]")


def _button(button: DefinedButton, path: str) -> Iterator[Problem]:
    if button.type in ("one_time_code", "other"):
        told = "is for authentication only" if button.type == "one_time_code" else "is no kind"
        yield Problem(path=f"{path}.type", explanation=told)
    label = button.text or ""
    if len(label) > _LONGEST_LABEL or (button.type in _LABELLED and not label.strip()):
        yield _long(f"{path}.text", label, _LONGEST_LABEL)
    match button.type:
        case "url":
            yield from _address(button, path)
        case "phone_number":
            yield from _given(button.phone_number, f"{path}.phone_number", 20)
        case "copy_code":
            yield from _given(button.example, f"{path}.example", 20)
        case "flow":
            yield from _given(button.flow, f"{path}.flow", None)
        case "voice_call" if button.ttl_minutes is not None:
            if not 1 <= button.ttl_minutes <= _LONGEST_CALL:
                told = f"is {button.ttl_minutes}, must be from 1 to {_LONGEST_CALL}"
                yield Problem(path=f"{path}.ttl_minutes", explanation=told, limit=_LONGEST_CALL)
        case _:
            return


def _given(value: str | None, path: str, most: int | None) -> Iterator[Problem]:
    if not value or (most is not None and len(value) > most):
        yield _long(path, value or "", most)


def _address(button: DefinedButton, path: str) -> Iterator[Problem]:
    url = button.url or ""
    if not url.startswith(("http://", "https://")):
        yield Problem(path=f"{path}.url", explanation="must begin with http:// or https://")
    if len(url) > 2000:
        yield _long(f"{path}.url", url, 2000)
    names = variables(url)
    if len(names) > 1 or (names and not url.endswith("}}")):
        yield Problem(path=f"{path}.url", explanation="may have one variable, at its end")
    if names and not button.example:
        told = "is missing: the whole address with the variable filled"
        yield Problem(path=f"{path}.example", explanation=told)


def _cards(cards: Sequence[DefinedCard]) -> Iterator[Problem]:
    if not 2 <= len(cards) <= 10:
        told = f"has {len(cards)} cards, must have from 2 to 10"
        yield Problem(path="$.cards", explanation=told, limit=10)
    shapes = {
        (each.header.format, bool(each.body), tuple(b.type for b in each.buttons)) for each in cards
    }
    if len(shapes) > 1:
        told = (
            "must all have the same kind of header, the same kinds of buttons, and a body or none"
        )
        yield Problem(path="$.cards", explanation=told)
    for place, card in enumerate(cards):
        path = f"$.cards[{place}]"
        if card.header.format not in ("image", "video", "product"):
            told = f"is {card.header.format}, must be image, video or product"
            yield Problem(path=f"{path}.header.format", explanation=told)
        yield from _header(card.header, f"{path}.header")
        if card.body:
            yield from _text(card.body, card.examples, f"{path}.body", f"{path}.examples", most=160)
        if not 1 <= len(card.buttons) <= 2:
            told = f"has {len(card.buttons)} buttons, must have 1 or 2"
            yield Problem(path=f"{path}.buttons", explanation=told, limit=2)
        yield from _buttons(card.buttons, f"{path}.buttons")


def _long(path: str, text: str, most: int | None) -> Problem:
    if not text.strip():
        return Problem(path=path, explanation="is missing")
    told = f"has {len(text)} characters, {most} at most"
    return Problem(path=path, explanation=told, limit=most)
