"""WhatsApp over Meta's Cloud API."""

from __future__ import annotations

from collections.abc import Iterable

from gateway.api import hookimpl
from gateway_whatsapp.channel import WhatsAppChannel


@hookimpl
def gateway_channels() -> Iterable[type[WhatsAppChannel]]:
    """Offer the one channel type of this plugin."""
    return (WhatsAppChannel,)
