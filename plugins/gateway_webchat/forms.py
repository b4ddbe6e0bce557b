"""The form before the chat: what was filled in, checked again on our side."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Final, TypeAlias

from msgspec import Meta

from gateway_webchat.settings import Field

Answers: TypeAlias = Annotated[
    dict[Annotated[str, Meta(max_length=40)], Annotated[str, Meta(max_length=2000)] | bool],
    Meta(max_length=50),
]
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE: Final = re.compile(r"\+?[0-9][0-9 ().-]{5,24}")


class Unfilled(ValueError):
    """A field is missing or wrong; ``field`` is its name."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


def read(answers: dict[str, str | bool], fields: Sequence[Field]) -> dict[str, str]:
    """Return the answers by field, as text; what was not asked is passed over.

    Raises:
        Unfilled: A required one is missing, or one is not what was asked for.
    """
    found = {}
    for field in fields:
        told = answers.get(field.name, "")
        text = ("true" if told else "") if isinstance(told, bool) else told.strip()
        if not text:
            if field.required:
                raise Unfilled(field.name)
            continue
        if not _fits(text, field):
            raise Unfilled(field.name)
        found[field.name] = text
    return found


def _fits(text: str, field: Field) -> bool:
    match field.type:
        case "email":
            return _EMAIL.fullmatch(text) is not None
        case "phone":
            return _PHONE.fullmatch(text) is not None
        case "select":
            return text in field.options
        case "checkbox":
            return text == "true"
        case _:
            return True
