"""Telegram over the Bot API."""

from __future__ import annotations

from collections.abc import Iterable

from gateway.api import hookimpl
from gateway_telegram.channel import TelegramChannel


@hookimpl
def gateway_channels() -> Iterable[type[TelegramChannel]]:
    """Offer the one channel type of this plugin."""
    return (TelegramChannel,)
