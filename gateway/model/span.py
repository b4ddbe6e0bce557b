"""Stretches of a text with a meaning: formatting, links, mentions."""

from __future__ import annotations

from gateway.model.value import Value


class Span(Value, frozen=True, kw_only=True):
    """A stretch of a text with a meaning.

    Attributes:
        type: What it is: ``bold``, ``italic``, ``underline``, ``strikethrough``, ``spoiler``,
            ``blockquote``, ``code``, ``code_block`` (or ``pre``), ``link``, ``mention``,
            ``custom_emoji``; coming in also what platforms find by themselves: ``command``,
            ``hashtag``, ``cashtag``, ``email``, ``phone``. What a channel cannot show is
            shown plain.
        offset: First character, counted in Unicode code points.
        length: How many characters, counted in Unicode code points.
        value: Address of a link, id of a mention, language of code.
    """

    type: str
    offset: int
    length: int
    value: str | None = None
