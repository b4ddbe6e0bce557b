"""Instagram: the messages of professional accounts."""

from __future__ import annotations

from collections.abc import Iterable

from gateway.api import hookimpl
from gateway_instagram.channel import InstagramChannel


@hookimpl
def gateway_channels() -> Iterable[type[InstagramChannel]]:
    """Offer the one channel type of this plugin."""
    return (InstagramChannel,)
