"""The hooks a plugin may implement; each has a page in ``docs/hooks/``.

A hook registers or decides from values and never awaits; what must wait is a method of what was
registered.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import pluggy

from gateway.channel.channel import Channel

PROJECT: Final = "gateway"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def gateway_channels() -> Iterable[type[Channel[Any]]]:
    """Offer the channel types this plugin implements.

    Called once at start, before any account is opened.

    Returns:
        Channel classes; two with the same ``type`` stop the start.
    """
    return ()
