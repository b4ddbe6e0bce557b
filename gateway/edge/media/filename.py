"""A contact's name for a file, made harmless: no path, no hidden file, no tricks with direction."""

from __future__ import annotations

import unicodedata
from typing import Final

LONGEST: Final = 150
# What Windows does not take in a name, and what a shell or a header would read as its own.
_FORBIDDEN: Final = frozenset('<>:"|?*')
# Control, format (the right-to-left marks that make "gpj.exe" look like "exe.jpg"), surrogate,
# private, unassigned; line and paragraph separators.
_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def cleaned(name: str | None) -> str | None:
    """Return a file's name fit to be shown and saved under, or None when nothing is left of it."""
    if name is None:
        return None
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    kept = "".join(each for each in last if _harmless(each)).strip().lstrip(".").rstrip(". ")
    return _shortened(kept) or None


def _harmless(character: str) -> bool:
    return character not in _FORBIDDEN and unicodedata.category(character) not in _CATEGORIES


def _shortened(name: str) -> str:
    if len(name) <= LONGEST:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > 10:
        return name[:LONGEST]
    return f"{stem[: LONGEST - len(extension) - 1]}.{extension}"
