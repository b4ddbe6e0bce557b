"""The table of the README: what each channel carries, and in which direction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, get_args

from gateway.channel.channel import Channel
from gateway.cli.reference_events import anchor, tag
from gateway.model.content import Content
from gateway.model.event import Event, MediaStored

BEGINS: Final = "<!-- From here on written by `relevo docs`: change the channels, not this. -->"
ENDS: Final = "<!-- Until here. -->"

_START: Final = """\
`←` contacts send it to us, `→` we send it to them, `⇄` both. `⇢` we send it, and as the platform has
nothing of the kind, contacts see something else in its place, and the events say so. Words with a dot
are events that come beside messages; stored files come on every channel."""

_EVERYWHERE: Final = frozenset({tag(MediaStored)})
"""Made by the gateway for every channel, whatever a channel makes of it itself."""

_PAGE: Final = "docs/reference/events.md"


def fill(text: str, channels: Mapping[str, type[Channel[Any]]]) -> str:
    """Return the README with its table made anew.

    Args:
        text: The README as it is.
        channels: Which to tell of, by name.

    Raises:
        ValueError: The place of the table is not marked, or twice.
    """
    if (text.count(BEGINS), text.count(ENDS)) != (1, 1):
        raise ValueError(f"one line must be {BEGINS!r} and a later one {ENDS!r}")
    before, _, rest = text.partition(BEGINS)
    after = rest.partition(ENDS)[2]
    return f"{before}{BEGINS}\n\n{_START}\n\n{table(channels)}\n\n{ENDS}{after}"


def table(channels: Mapping[str, type[Channel[Any]]]) -> str:
    """Return a row for each kind of content and type of event that some channel carries."""
    shown = sorted(channels.values(), key=lambda each: each.title)
    lines = [
        "| | " + " | ".join(each.title for each in shown) + " |",
        "|---" * len(shown) + "|---|",
    ]
    for word in (*_words(Content), *(each for each in _words(Event) if each not in _EVERYWHERE)):
        cells = [direction(each, word) for each in shown]
        if any(cells):
            lines.append(f"| [`{word}`]({_PAGE}#{anchor(word)}) | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def direction(channel: type[Channel[Any]], word: str) -> str:
    """Return how a channel carries a kind of content, or a type of event, as an arrow.

    Args:
        channel: Which.
        word: As ``kind`` or ``type`` on the wire.
    """
    inwards, outwards = word in channel.receives, channel.capabilities.get(word)
    if outwards is None:
        return "←" if inwards else ""
    if outwards.becomes:
        return "← ⇢" if inwards else "⇢"
    return "⇄" if inwards else "→"


def _words(union: Any) -> Iterable[str]:
    """Return the tags of a union in its order, each once."""
    return dict.fromkeys(tag(each) for each in get_args(union))
