"""The words of a rich message: blocks inside of blocks, made into plain lines.

Source: Telegram Bot API, "RichMessage", "RichBlock" and "RichText" (10.1).
"""

from __future__ import annotations

from typing import Any, Final

_LINES: Final = ("title", "summary", "text", "expression", "caption", "credit")
"""What a block says itself, in the order it is read."""
_DEPTH: Final = 50
"""Deeper than a person would nest, and safely above the interpreter's limit."""


def text(message: Any) -> str:
    """Return the words of a rich message, one line for each block, list item or table row."""
    return "\n".join(each for each in _lines(message, 0) if each)


def _lines(block: Any, depth: int) -> list[str]:
    if depth > _DEPTH:
        return []
    if isinstance(block, list):
        return [line for each in block for line in _lines(each, depth + 1)]
    if not isinstance(block, dict):
        return [block] if isinstance(block, str) else []
    found = [_words(block[key], depth) for key in _LINES if key in block]
    found += [
        " | ".join(_words(cell, depth) for cell in _list(row)) for row in _list(block.get("cells"))
    ]
    for item in _list(block.get("items")):
        found += _item(item, depth)
    return found + _lines(_list(block.get("blocks")), depth + 1)


def _item(item: Any, depth: int) -> list[str]:
    lines = [each for each in _lines(item, depth + 1) if each]
    label = item.get("label") if isinstance(item, dict) else None
    if isinstance(label, str) and label and lines:
        lines[0] = f"{label} {lines[0]}"
    return lines


def _words(rich_text: Any, depth: int) -> str:
    """Return a text without its marks: a string, a list of them, or one mark around another."""
    if isinstance(rich_text, str):
        return rich_text
    if depth > _DEPTH:
        return ""
    if isinstance(rich_text, list):
        return "".join(_words(each, depth + 1) for each in rich_text)
    if isinstance(rich_text, dict):
        inside = rich_text.get("text", rich_text.get("alternative_text", ""))
        return _words(inside, depth + 1)
    return ""


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
