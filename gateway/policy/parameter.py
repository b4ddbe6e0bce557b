"""Texts as a platform takes them for a template's variable. Pure.

Source: error 132018 and "Parameters", WhatsApp message templates: no newlines, no tabs, no more
than four spaces in a row.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final
from urllib.parse import quote

MOST_SPACES: Final = 4
LONGEST: Final = 1024
"""Characters; the whole body with its variables filled may not be longer."""

_ELLIPSIS: Final = "…"
_SPACES: Final = re.compile(r"\s+")
# Control characters, lone halves of surrogate pairs, and marks that turn the direction of what
# follows: in a contact's name they would garble the business's own words.
_HARMFUL: Final = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufeff]"
)
_JOINS: Final = frozenset("\u200d\ufe0e\ufe0f")


def for_parameter(text: str, *, most: int = LONGEST) -> str:
    """Return a text as the value of a template's variable.

    Line breaks, tabs and unusual spaces become one space, long runs of spaces four; what is too
    long ends in an ellipsis. The result may be empty; doing it twice changes nothing more.

    Args:
        text: Any text.
        most: Characters (code points) that are kept; 1 at least.

    Raises:
        ValueError: ``most`` is below 1.
    """
    if most < 1:
        raise ValueError(f"most must be 1 or more, not {most}")
    cleaned = _SPACES.sub(_shorter, _HARMFUL.sub("", text)).strip()
    return cleaned if len(cleaned) <= most else _cut(cleaned, most)


def for_address(text: str) -> str:
    """Return a text as the end of a link, so that it cannot lead elsewhere."""
    return quote(_HARMFUL.sub("", text).strip(), safe="")


def _shorter(spaces: re.Match[str]) -> str:
    run = spaces.group()
    return run[:MOST_SPACES] if run.strip(" ") == "" else " "


def _cut(text: str, most: int) -> str:
    """Cut between characters as people see them, as far as code points tell."""
    end = most - 1
    while end > 0 and (_belongs(text[end]) or text[end - 1] in _JOINS):
        end -= 1
    return text[:end].rstrip() + _ELLIPSIS


def _belongs(character: str) -> bool:
    """Whether a character changes the one before it: an accent, a skin colour, a joiner."""
    return (
        character in _JOINS
        or unicodedata.category(character) in {"Mn", "Me"}
        or "\U0001f3fb" <= character <= "\U0001f3ff"
    )
