"""Marked stretches of a text: Telegram counts UTF-16 code units, we count code points.

Source: Telegram Bot API, "MessageEntity".
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import Final

from gateway.api import Span
from gateway_telegram import wire

_TYPES: Final = {
    "text_link": "link",
    "url": "link",
    "text_mention": "mention",
    "bot_command": "command",
    "pre": "code_block",
    "phone_number": "phone",
    "expandable_blockquote": "blockquote",
}
"""Ours, where it differs from Telegram's."""


def spans(text: str, entities: Sequence[wire.Entity]) -> tuple[Span, ...]:
    """Return the marked stretches of a text, in Telegram's order.

    What points outside of the text is cut at its end, and left out where nothing remains; what
    would begin or end inside a character takes all of it.
    """
    if not entities:
        return ()
    starts = unit_starts(text)
    found = (_span(each, starts, len(text)) for each in entities)
    return tuple(each for each in found if each.length)


def unit_starts(text: str) -> list[int]:
    """Return where each character begins, and where the text ends, in UTF-16 code units."""
    return list(accumulate((2 if each > "\uffff" else 1 for each in text), initial=0))


def _span(entity: wire.Entity, starts: Sequence[int], size: int) -> Span:
    begin = min(bisect_right(starts, entity.offset) - 1, size)
    end = min(bisect_left(starts, entity.offset + entity.length), size)
    return Span(
        type=_TYPES.get(entity.type, entity.type),
        offset=begin,
        length=end - begin if entity.length else 0,
        value=_value(entity),
    )


def _value(entity: wire.Entity) -> str | None:
    if entity.user is not None:
        return str(entity.user.id)
    return entity.url or entity.language or entity.custom_emoji_id or None
