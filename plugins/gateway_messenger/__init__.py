"""Messenger: the chat of Facebook pages."""

from __future__ import annotations

from collections.abc import Iterable

from gateway.api import hookimpl
from gateway_messenger.channel import MessengerChannel


@hookimpl
def gateway_channels() -> Iterable[type[MessengerChannel]]:
    """Offer the one channel type of this plugin."""
    return (MessengerChannel,)
