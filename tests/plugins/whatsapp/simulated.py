"""An account on the simulated platform, and what it sends."""

from __future__ import annotations

from typing import Any

from gateway.api import OutboundContent, OutboundMessage, Receipt, Secret, Secrets
from gateway.testing.host import Stage
from gateway.testing.whatsapp import WhatsAppPlatform
from gateway_whatsapp.channel import WhatsAppChannel
from gateway_whatsapp.settings import WhatsAppSettings

TO_ANA = "351911111111"


def account_of(platform: WhatsAppPlatform, **more: Any) -> WhatsAppSettings:
    """Return settings of the platform's own number."""
    app = platform.app
    return WhatsAppSettings(
        id="whatsapp",
        channel="whatsapp",
        phone_number_id=app.number.phone_number_id,
        business_account_id=app.number.business_account_id,
        access_token=Secret(app.access_token),
        app_secret=Secrets(app.app_secret),
        verify_token=Secret(app.verify_token),
        api_url=platform.api_url,
        **more,
    )


class Sender:
    """The engine's steps for one message, without the engine."""

    def __init__(self, channel: WhatsAppChannel, here: Stage) -> None:
        self.channel = channel
        self.here = here

    async def __call__(self, content: OutboundContent, *, to: str = TO_ANA) -> Receipt:
        message = OutboundMessage(account="whatsapp", to=to, content=content)
        assert not self.channel.check(message)
        ready = await self.channel.prepare(message, self.here.host)
        receipt = Receipt()
        for call in self.channel.render(ready, reference="r-1").calls:
            answer = await self.channel.deliver(call, self.here.host)
            receipt = self.channel.read_answer(answer)
        return receipt
