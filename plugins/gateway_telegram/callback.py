"""Sets the webhook up, and watches whether Telegram can deliver.

Source: Telegram Bot API, "setWebhook", "getWebhookInfo".
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from hashlib import blake2b
from typing import Final

import msgspec

from gateway.api import Host
from gateway_telegram import answers, wire
from gateway_telegram.delivery import Delivery
from gateway_telegram.settings import TelegramSettings
from gateway_telegram.standing import Standing, seconds

EVERY_SECONDS: Final = 60.0
RECENT_SECONDS: Final = 3600
"""Telegram goes on telling of an error; an older one counts as over."""
_MARK: Final = "webhook"
_REMEMBERED: Final = timedelta(days=365)


class WebhookInfo(wire.Wire, frozen=True):
    """What Telegram knows of a bot's webhook."""

    url: str = ""
    pending_update_count: int = 0
    last_error_date: int = 0
    last_error_message: str = ""
    allowed_updates: tuple[str, ...] | None = None


class Callback:
    """The webhook of one bot.

    Args:
        delivery: Makes the calls.
        settings: Whose.
        standing: Where trouble is told.
    """

    def __init__(self, delivery: Delivery, settings: TelegramSettings, standing: Standing) -> None:
        self._delivery = delivery
        self._settings = settings
        self._standing = standing

    async def run(self, host: Host) -> None:
        """Set it once, where we are to do that, and then look at it once a minute.

        It is not set again when somebody else sets another: two gateways would take it from each
        other for ever. Health tells.

        Raises:
            PlatformFailure: Telegram refuses, or cannot be asked.
        """
        if self._settings.webhook_url:
            await self._set(host)
        while True:
            await self._judge(await self._info(host), host)
            await asyncio.sleep(EVERY_SECONDS)

    async def _info(self, host: Host) -> WebhookInfo:
        answer = await self._delivery.ask("getWebhookInfo", {}, host)
        return msgspec.convert(answers.result(answer), WebhookInfo)

    async def _set(self, host: Host) -> None:
        """Tell Telegram where to post, unless it knows.

        Telegram does not show the secret, so what it was told last is remembered as a digest.
        """
        mark = self._mark()
        if await host.recall(_MARK) == mark:
            known = await self._info(host)
            if known.url == self._settings.webhook_url:
                return
        body = {
            "url": self._settings.webhook_url,
            "secret_token": self._settings.secrets[0],
            "allowed_updates": list(self._settings.allowed_updates),
        }
        answers.result(await self._delivery.ask("setWebhook", body, host))
        await host.remember(_MARK, mark, time=_REMEMBERED)

    def _mark(self) -> bytes:
        own = self._settings
        told = "\0".join((own.webhook_url, own.secrets[0], *own.allowed_updates))
        return blake2b(
            told.encode(), digest_size=16, key=own.bot_token.reveal().encode()[:64]
        ).digest()

    async def _judge(self, info: WebhookInfo, host: Host) -> None:
        wanted = self._settings.webhook_url
        if not info.url:
            told = "Telegram has no webhook for this bot."
            await self._standing.ill(host, told, "Set webhook_url, or call setWebhook.")
        elif wanted and info.url != wanted:
            told = "The bot's webhook was set to another address."
            await self._standing.ill(host, told, "Find out who sets it; a restart sets it back.")
        elif _is_troubled(info):
            told = (
                f"Telegram cannot deliver ({info.last_error_message or 'no reason given'}); "
                f"{info.pending_update_count} updates wait."
            )
            await self._standing.ill(host, told, "Look at the proxy in front of the listener.")
        else:
            await self._standing.well(host)


def _is_troubled(info: WebhookInfo) -> bool:
    """Whether updates wait because of an error; without any waiting they came after all."""
    recent = info.last_error_date > seconds() - RECENT_SECONDS
    return recent and info.pending_update_count > 0
