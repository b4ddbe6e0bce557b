"""Postbox: messages by signed HTTP webhooks, in both directions."""

from __future__ import annotations

from collections.abc import Iterable

from gateway.api import hookimpl

from gateway_postbox.channel import PostboxChannel


@hookimpl
def gateway_channels() -> Iterable[type[PostboxChannel]]:
    """Offer the one channel type of this plugin."""
    return (PostboxChannel,)
