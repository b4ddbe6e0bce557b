"""Lists, which Meta's chats have no form for: quick replies, or a card for each row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from gateway.api import ListMenu, Row
from gateway_meta import bodies
from gateway_meta.bodies import Body

MOST_REPLIES: Final = 13
MOST_CARDS: Final = 10
LONGEST_REPLY: Final = 20
"""Characters of a quick reply's title."""


def rows(menu: ListMenu) -> Sequence[Row]:
    """Return every row of a list."""
    return [row for section in menu.sections for row in section.rows]


def is_short(menu: ListMenu) -> bool:
    """Whether quick replies show all of a list: short titles and nothing below them."""
    found = rows(menu)
    return len(found) <= MOST_REPLIES and not any(
        each.description or len(each.title) > LONGEST_REPLY for each in found
    )


def choices(menu: ListMenu) -> list[tuple[str, str]]:
    """Return the titles of rows and what a tap brings back."""
    return [(each.title, each.id) for each in rows(menu)]


def cards(menu: ListMenu) -> list[Body]:
    """Return a card for each row; the menu's button stands on each."""
    found = []
    for row in rows(menu):
        below = {"subtitle": row.description} if row.description else {}
        tapped = [bodies.postback(menu.button, row.id)]
        found.append({"title": row.title, **below, "buttons": tapped})
    return found


def told(menu: ListMenu) -> list[str]:
    """Return what is otherwise than in a list."""
    found = [f"a list became {'quick replies' if is_short(menu) else 'cards'}"]
    if menu.header or menu.footer:
        found.append("header and footer are lines of the text")
    if any(section.title for section in menu.sections):
        found.append("titles of sections are left out")
    return found
