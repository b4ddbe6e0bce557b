"""Formatting going out: our spans become Telegram's entities.

No text is ever parsed by Telegram (``parse_mode``), so nothing that a person wrote can become
formatting or break it.

Source: Telegram Bot API, "MessageEntity".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final, TypeAlias

from gateway.api import Span
from gateway_telegram.entities import unit_starts
from gateway_telegram.words import Words

Body: TypeAlias = dict[str, Any]
"""JSON as the Bot API takes it."""

_TYPES: Final = {
    **{
        same: same
        for same in (
            *("bold", "italic", "underline", "strikethrough", "spoiler", "blockquote", "code"),
            "custom_emoji",
        )
    },
    "pre": "pre",
    "code_block": "pre",
    "link": "text_link",
    "mention": "text_mention",
}
"""Telegram's, by ours."""
_EVIDENT: Final = frozenset({"command", "hashtag", "cashtag", "email", "phone", "url"})
"""What Telegram finds in the words by itself."""
_ADDRESS: Final = re.compile(r"(?:https?|tg)://\S+|mailto:\S+|tel:\S+", re.IGNORECASE)
_NUMBER: Final = re.compile(r"[0-9]{1,19}")
_SHAPES: Final = "\ufe0e\ufe0f"
"""Ask for an emoji in black and white, or in colours; Telegram's own list is without."""


def text(words: Words, *, preview: bool = False) -> Body:
    """Return the fields of a text; its first link is shown with ``preview`` only."""
    options = {} if preview else {"link_preview_options": {"is_disabled": True}}
    return {**_fields(words, "text", "entities"), **options}


def caption(words: Words) -> Body:
    """Return the fields of the words below a file; none for none."""
    return _fields(words, "caption", "caption_entities") if words.text.strip() else {}


def lost(words: Words) -> list[str]:
    """Return the formatting that Telegram has no form for, or that points outside of the text."""
    size = len(words.text)
    return sorted({each.type for each in words.spans if not _is_shown(each, size)})


def entities(words: Words) -> list[Body]:
    """Return the entities of a text, counted in UTF-16 code units."""
    if not words.spans:
        return []
    starts, size = unit_starts(words.text), len(words.text)
    return [
        _entity(each, starts)
        for each in words.spans
        if _is_shown(each, size) and not _is_evident(each)
    ]


def bare(emoji: str) -> str:
    """Return an emoji without the marks that say how it is drawn."""
    return emoji.translate(dict.fromkeys(map(ord, _SHAPES)))


def _fields(words: Words, name: str, marks: str) -> Body:
    found = entities(words)
    return {name: words.text, **({marks: found} if found else {})}


def _entity(span: Span, starts: Sequence[int]) -> Body:
    begin, end = starts[span.offset], starts[span.offset + span.length]
    entity: Body = {"type": _TYPES[span.type], "offset": begin, "length": end - begin}
    match entity["type"]:
        case "text_link":
            entity["url"] = span.value
        case "text_mention":
            entity["user"] = {"id": int(span.value or 0)}
        case "custom_emoji":
            entity["custom_emoji_id"] = span.value
        case "pre" if span.value:
            entity["language"] = span.value
        case _:
            pass
    return entity


def _is_shown(span: Span, size: int) -> bool:
    if not 0 <= span.offset < span.offset + span.length <= size:
        return False
    if span.type == "custom_emoji":
        return bool(_NUMBER.fullmatch(span.value or ""))
    if span.type == "link" and span.value:
        return bool(_ADDRESS.fullmatch(span.value))
    return span.type in _TYPES or _is_evident(span)


def _is_evident(span: Span) -> bool:
    """Whether the words themselves say it: an address, a command, an ``@name``."""
    if span.type == "link":
        return not span.value
    if span.type == "mention":
        return not _NUMBER.fullmatch(span.value or "")
    return span.type in _EVIDENT
