"""Finds the channel that a command was given by name."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

import click

from gateway import loader
from gateway.channel.channel import Channel


def chosen(name: str) -> type[Channel[Any]]:
    """Return the channel of a name.

    Raises:
        click.BadParameter: No installed plugin offers it; the text names the nearest.
    """
    channels = loader.load().channels
    if found := channels.get(name):
        return found
    known = sorted(channels)
    guess = get_close_matches(name, known, n=1)
    hint = f"; did you mean {guess[0]}?" if guess else "."
    raise click.BadParameter(
        f"no plugin offers {name!r}{hint} Installed: {', '.join(known) or 'none'}.",
        param_hint="CHANNEL",
    )
