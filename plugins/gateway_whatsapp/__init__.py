"""WhatsApp over Meta's Cloud API."""

from __future__ import annotations

from collections.abc import Iterable

from gateway.api import ChannelSettings, FlowScreens, hookimpl
from gateway_whatsapp.channel import WhatsAppChannel
from gateway_whatsapp.forwarding import ForwardedScreens
from gateway_whatsapp.settings import WhatsAppSettings


@hookimpl
def gateway_channels() -> Iterable[type[WhatsAppChannel]]:
    """Offer the one channel type of this plugin."""
    return (WhatsAppChannel,)


@hookimpl
def gateway_flow_screens(settings: ChannelSettings) -> Iterable[FlowScreens]:
    """Offer the service that an account names to answer its Flows."""
    if isinstance(settings, WhatsAppSettings) and settings.flow_url:
        return (ForwardedScreens(settings),)
    return ()
