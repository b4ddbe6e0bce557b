"""Web chat: a channel of our own, served by the daemon itself."""

from __future__ import annotations

from collections.abc import Iterable

from gateway.api import hookimpl
from gateway_webchat.channel import WebchatChannel


@hookimpl
def gateway_channels() -> Iterable[type[WebchatChannel]]:
    """Offer the one channel type of this plugin."""
    return (WebchatChannel,)
