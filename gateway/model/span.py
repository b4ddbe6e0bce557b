"""Stretches of a text with a meaning: formatting, links, mentions."""

from __future__ import annotations

from gateway.model.value import Value


class Span(Value, frozen=True, kw_only=True):
    """A stretch of a text with a meaning.

    Attributes:
        type: What it is, in the neutral words of the field: bold, link, mention, command…
        offset: First character, counted in Unicode code points.
        length: In Unicode code points.
        value: Address of a link, id of a mention, language of code.
    """

    type: str
    offset: int
    length: int
    value: str | None = None
