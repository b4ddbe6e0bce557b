"""The hooks a plugin may implement; each has a page in ``docs/hooks/``.

A hook registers or decides from values and never awaits; what must wait is a method of what was
registered.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import pluggy

from gateway.channel.channel import Channel, ChannelSettings
from gateway.channel.flows import FlowScreens

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


@hookspec
def gateway_flow_screens(settings: ChannelSettings) -> Iterable[FlowScreens]:
    """Offer what answers the forms (Flows) of an account while they are filled in.

    Called once at start for each account, before its channel is opened.

    Args:
        settings: Of the account; its ``channel`` and ``id`` tell which it is.

    Returns:
        Objects that are asked one after the other until one answers; none for an account whose
        forms this plugin does not know. What raises stops the start.
    """
    del settings
    return ()
