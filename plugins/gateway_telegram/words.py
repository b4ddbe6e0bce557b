"""Words with their formatting: put together, measured and split.

Telegram says how many characters a text may have and does not say which; its clients count UTF-16
code units, of which no text has fewer than characters. We count those: what we let through is
never too long.

Source: Telegram Bot API, "sendMessage" (4096), "sendPhoto" (captions, 1024).
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from typing import Final

import msgspec

from gateway.api import Span
from gateway_telegram.entities import unit_starts

_JOINER: Final = "\u200d"
_LONGEST_CHARACTER: Final = 32
"""Code points that are kept together at most: families and flags have fewer."""


class Words(msgspec.Struct, frozen=True):
    """A text and its marked stretches."""

    text: str
    spans: tuple[Span, ...] = ()


def marked(text: str, type_: str) -> Words:
    """Return a text that is bold, or marked otherwise, as a whole."""
    return Words(text, (Span(type=type_, offset=0, length=len(text)),))


def joined(*parts: Words, between: str = "\n\n") -> Words:
    """Return texts one after the other; those without a word are left out."""
    text, spans = "", []
    for part in parts:
        if not part.text.strip():
            continue
        text = f"{text}{between}" if text else ""
        spans += [msgspec.structs.replace(x, offset=x.offset + len(text)) for x in part.spans]
        text += part.text
    return Words(text, tuple(spans))


def length(text: str) -> int:
    """Return how long Telegram finds a text, in UTF-16 code units."""
    return len(text) + sum(each > "\uffff" for each in text)


def pieces(words: Words, most: int, *, first: int | None = None) -> list[Words]:
    """Return a text in pieces that are short enough.

    It is cut at the last empty line of a piece's second half, else at the last line break there,
    else at the last space, else between two characters, never inside one. White space at a cut
    goes. Formatting that crosses a cut goes on after it.

    Args:
        words: The text.
        most: Longest piece, in UTF-16 code units.
        first: Longest first piece, where that differs.
    """
    if length(words.text) <= (first or most):
        return [words]
    return [each for each in _cut(words, most, first or most) if each.text.strip()]


def _cut(words: Words, most: int, first: int) -> Iterator[Words]:
    starts, size = unit_starts(words.text), len(words.text)
    begin, room = 0, first
    while begin < size:
        end = bisect_right(starts, starts[begin] + room) - 1
        if end < size:
            end = _place(words.text, begin, end)
        last = end
        while last > begin and words.text[last - 1].isspace():
            last -= 1
        yield _slice(words, begin, last)
        begin, room = end, most
        while begin < size and words.text[begin].isspace():
            begin += 1


def _place(text: str, begin: int, end: int) -> int:
    """Return where to cut: ``end`` or before it."""
    half = begin + (end - begin) // 2
    for separator in ("\n\n", "\n", " "):
        found = text.rfind(separator, half, end + len(separator))
        if half < found <= end:
            return found
    for place in range(end, max(begin, end - _LONGEST_CHARACTER), -1):
        if not _is_inside(text, place):
            return place
    return end


def _is_inside(text: str, place: int) -> bool:
    """Whether a cut would go through what people see as one character."""
    before, after = text[place - 1], text[place]
    if _JOINER in {before, after} or unicodedata.category(after) in ("Mn", "Me"):
        return True
    skin = "\U0001f3fb" <= after <= "\U0001f3ff"
    return skin or (_is_flag(before) and _is_flag(after))


def _is_flag(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _slice(words: Words, begin: int, end: int) -> Words:
    kept = []
    for span in words.spans:
        start = max(span.offset, begin)
        stop = min(span.offset + span.length, end)
        if start < stop:
            moved = msgspec.structs.replace(span, offset=start - begin, length=stop - start)
            kept.append(moved)
    return Words(words.text[begin:end], tuple(kept))
