"""Buttons below a message, and keyboards in place of the phone's own.

Source: Telegram Bot API, "InlineKeyboardMarkup", "ReplyKeyboardMarkup".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from gateway.api import Button, Row
from gateway_telegram.formatting import Body

SIDE_BY_SIDE: Final = 3
"""Buttons in one line, at most."""
LONGEST_LINE: Final = 24
"""Characters of all titles in a line of several: more would be cut off on a phone."""


def choices(buttons: Sequence[Button], *, links: Iterable[tuple[str, str]] = ()) -> Body:
    """Return the buttons below a message; each link is a line of its own, after them.

    Args:
        buttons: A tap on one comes back as a ``choice`` with its id.
        links: Title and address.
    """
    keys = [{"text": each.title, "callback_data": each.id} for each in buttons]
    opened = [[{"text": title, "url": url}] for title, url in links]
    return {"reply_markup": {"inline_keyboard": [*_lines(keys), *opened]}}


def menu(rows: Iterable[Row]) -> Body:
    """Return the buttons of a list, one in a line."""
    lines = [[{"text": each.title, "callback_data": each.id}] for each in rows]
    return {"reply_markup": {"inline_keyboard": lines}}


def request(title: str, asked: str) -> Body:
    """Return a keyboard with one key that shares something; it goes away when it was used.

    Args:
        title: On the key.
        asked: ``request_location`` or ``request_contact``.
    """
    key = {"text": title, asked: True}
    return {
        "reply_markup": {"keyboard": [[key]], "resize_keyboard": True, "one_time_keyboard": True}
    }


def _lines(keys: list[dict[str, str]]) -> list[list[dict[str, str]]]:
    if len(keys) <= SIDE_BY_SIDE and sum(len(each["text"]) for each in keys) <= LONGEST_LINE:
        return [keys] if keys else []
    return [[each] for each in keys]
