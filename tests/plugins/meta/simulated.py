"""Accounts on the simulated platform, and the engine's steps for one message."""

from __future__ import annotations

from typing import Any, Final, TypeAlias

import msgspec

from gateway.api import (
    Event,
    OutboundContent,
    OutboundMessage,
    Receipt,
    Secret,
    Secrets,
    WebhookRequest,
)
from gateway.testing.host import Stage
from gateway.testing.meta import Happening, MetaPlatform
from gateway_instagram.channel import InstagramChannel
from gateway_instagram.settings import InstagramSettings
from gateway_messenger.channel import MessengerChannel
from gateway_messenger.settings import MessengerSettings

Channel: TypeAlias = MessengerChannel | InstagramChannel
Settings: TypeAlias = MessengerSettings | InstagramSettings
RECEIVED_AT: Final = 1_795_000_000_000


def account_of(platform: MetaPlatform, **more: Any) -> Settings:
    """Return settings of the platform's own page or account."""
    business, app = platform.business, platform.app
    common: dict[str, Any] = {
        "id": f"{business.channel}-main",
        "channel": business.channel,
        "page_id": business.page_id,
        "access_token": Secret(business.access_token),
        "app_secret": Secrets(platform.webhook_secret),
        "verify_token": Secret(app.verify_token),
        "api_url": platform.api_url,
        **more,
    }
    if business.channel == "messenger":
        return MessengerSettings(**common)
    return InstagramSettings(instagram_id=business.id, login=business.login, **common)


def channel_of(platform: MetaPlatform, **more: Any) -> Channel:
    """Return the channel of the platform's own page or account."""
    settings = account_of(platform, **more)
    if isinstance(settings, MessengerSettings):
        return MessengerChannel(settings)
    return InstagramChannel(settings)


def parsed(channel: Channel, platform: MetaPlatform, *happenings: Happening) -> list[Event]:
    """Return the events of one signed webhook."""
    webhook = platform.webhook(*happenings)
    headers = {name.lower(): value for name, value in webhook.headers.items()}
    request = WebhookRequest(body=webhook.body, headers=headers, received_at=RECEIVED_AT)
    channel.verify(request)
    return list(channel.parse(request))


class Sender:
    """The engine's steps for one message, without the engine."""

    def __init__(self, channel: Channel, here: Stage) -> None:
        self.channel = channel
        self.here = here

    async def __call__(
        self, content: OutboundContent, *, to: str, reference: str | None = None, **more: Any
    ) -> list[Receipt]:
        message = OutboundMessage(account=self.channel.account, to=to, content=content, **more)
        assert not self.channel.check(msgspec.structs.replace(message, tag=None))
        ready = await self.channel.prepare(message, self.here.host)
        receipts = []
        for call in self.channel.render(ready, reference=reference).calls:
            answer = await self.channel.deliver(call, self.here.host)
            receipts.append(self.channel.read_answer(answer))
        return receipts
