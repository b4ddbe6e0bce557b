"""Long texts taken apart: at a line's end, else behind a word, and never inside a character.

A character is what a person sees as one: a letter with its accents, a flag, a family of emoji.

Source: Unicode Standard Annex 29, "Grapheme Cluster Boundaries"; the rules that chats meet.
"""

from __future__ import annotations

import unicodedata
from typing import Final, Literal

import msgspec

_JOINER: Final = "\u200d"
_EXTENDING: Final = frozenset({"Mn", "Mc", "Me"})


class Measure(msgspec.Struct, frozen=True):
    """How long one message may be.

    Attributes:
        most: The greatest size.
        unit: Characters are Unicode code points, bytes those of UTF-8.
    """

    most: int
    unit: Literal["characters", "bytes"]

    def size(self, text: str) -> int:
        """Return the size of a text."""
        return len(text) if self.unit == "characters" else len(_bytes(text))

    def fits(self, text: str) -> bool:
        """Whether a text can go as one message."""
        return self.size(text) <= self.most

    def start(self, text: str) -> int:
        """Return how many code points of a text fit, characters or not."""
        if self.unit == "characters":
            return min(self.most, len(text))
        return len(_bytes(text)[: self.most].decode(errors="ignore"))


def pieces(text: str, measure: Measure) -> list[str]:
    """Return a text in as many messages as it needs; white space where it was cut is gone."""
    found = []
    while not measure.fits(text):
        cut = _cut(text, measure.start(text))
        found.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [each for each in (*found, text) if each.strip()]


def _bytes(text: str) -> bytes:
    return text.encode(errors="replace")


def _cut(text: str, fits: int) -> int:
    """Return where to cut: a line's or a word's end in the second half, else between characters."""
    head = text[: fits + 1]
    for end in (head.rfind("\n"), *sorted((head.rfind(" "), head.rfind("\t")), reverse=True)):
        if end > 0 and end >= fits // 2:
            return end
    cut = fits
    while cut > 0 and not _between(text, cut):
        cut -= 1
    # One "character" larger than a message is no character; it is cut all the same.
    return cut or max(fits, 1)


def _between(text: str, at: int) -> bool:
    """Whether two characters meet at a place."""
    left, right = text[at - 1], text[at]
    if (left, right) == ("\r", "\n") or _extends(right) or left == _JOINER:
        return False
    if _is_flag(left) and _is_flag(right):
        return _flags_before(text, at) % 2 == 0
    return not _is_syllable(left, right)


def _extends(letter: str) -> bool:
    """Whether it belongs to what stands before it: accents, joiners, skin tones, tags."""
    code = ord(letter)
    return (
        letter == _JOINER
        or unicodedata.category(letter) in _EXTENDING
        or 0x1F3FB <= code <= 0x1F3FF
        or 0xE0020 <= code <= 0xE007F
    )


def _is_flag(letter: str) -> bool:
    """Whether it is half of a flag."""
    return 0x1F1E6 <= ord(letter) <= 0x1F1FF


def _flags_before(text: str, at: int) -> int:
    start = at
    while start > 0 and _is_flag(text[start - 1]):
        start -= 1
    return at - start


def _is_syllable(left: str, right: str) -> bool:
    """Whether two letters make one Korean syllable."""
    first, second = ord(left), ord(right)
    if 0x1100 <= first <= 0x115F:
        return 0x1100 <= second <= 0x11FF or 0xAC00 <= second <= 0xD7A3
    return 0x1160 <= second <= 0x11FF and (0x1160 <= first <= 0x11FF or 0xAC00 <= first <= 0xD7A3)
