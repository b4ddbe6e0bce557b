"""The simulated platforms of the demo, and the accounts that a gateway has on them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from random import Random
from types import MappingProxyType, TracebackType
from typing import Final, Self

from gateway.testing.meta import MetaPlatform
from gateway.testing.telegram import TelegramPlatform
from gateway.testing.whatsapp import WhatsAppPlatform

WHATSAPP: Final = "wa-demo"
MESSENGER: Final = "fb-demo"
INSTAGRAM: Final = "ig-demo"
TELEGRAM: Final = "tg-demo"
WEBCHAT: Final = "web-demo"
TITLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        WHATSAPP: "WhatsApp",
        MESSENGER: "Messenger",
        INSTAGRAM: "Instagram",
        TELEGRAM: "Telegram",
        WEBCHAT: "Web chat",
    }
)
"""What people call the channel of each account."""

CHANNELS: Final = frozenset({"whatsapp", "messenger", "instagram", "telegram", "webchat"})

_HEAD: Final = """\
# Written by `relevo demo`, gone when it ends.
data_dir = {data_dir}

[http]
public = {public}
private = {private}
api_keys = "loopback_free"  # nobody else is here

[log]
level = "error"  # the demo has a stranger refused, on purpose
"""


class Platforms:
    """Everybody a gateway may speak with, on this machine; an async context manager.

    Args:
        port: First of four ports, one for each simulator; 0 for free ones.
    """

    def __init__(self, *, port: int = 0) -> None:
        ports = iter(range(port, port + 4) if port else (0,) * 4)
        # Seeds of their own, or people on different platforms would have the same ids.
        seeds = map(Random, range(4))
        self.whatsapp = WhatsAppPlatform(port=next(ports), random=next(seeds))
        self.messenger = MetaPlatform("messenger", port=next(ports), random=next(seeds))
        self.instagram = MetaPlatform("instagram", port=next(ports), random=next(seeds))
        self.telegram = TelegramPlatform(port=next(ports), random=next(seeds))
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            for each in (self.whatsapp, self.messenger, self.instagram, self.telegram):
                await stack.enter_async_context(each)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stack.__aexit__(kind, error, trace)

    async def know(self, public_url: str) -> Mapping[str, str]:
        """Tell the platforms where to post; each checks its callback address.

        Returns:
            The addresses, by account.
        """
        callbacks: Mapping[str, tuple[WhatsAppPlatform | MetaPlatform, str]] = {
            WHATSAPP: (self.whatsapp, f"{public_url}/webhooks/whatsapp/{WHATSAPP}"),
            MESSENGER: (self.messenger, f"{public_url}/webhooks/messenger/{MESSENGER}"),
            INSTAGRAM: (self.instagram, f"{public_url}/webhooks/instagram/{INSTAGRAM}"),
        }
        for platform, url in callbacks.values():
            await platform.save_callback(url)
        return {account: url for account, (_, url) in callbacks.items()}

    def addresses(self) -> Mapping[str, str]:
        """Return where each platform's API is."""
        return {
            "WhatsApp": self.whatsapp.api_url,
            "Messenger": self.messenger.api_url,
            "Instagram": self.instagram.api_url,
            "Telegram": self.telegram.api_url,
        }

    def settings(self, folder: Path, *, public: int, private: int) -> str:
        """Return a settings file with an account on each channel.

        Args:
            folder: For everything the gateway keeps.
            public: Port of the listener for webhooks.
            private: Port of the other one.
        """
        head = _HEAD.format(
            data_dir=json.dumps(str(folder)),
            public=json.dumps(f"127.0.0.1:{public}"),
            private=json.dumps(f"127.0.0.1:{private}"),
        )
        return "\n".join((head, *map(_table, self._accounts())))

    def _accounts(self) -> Iterator[Mapping[str, object]]:
        app = self.whatsapp.app
        yield {
            "id": WHATSAPP,
            "channel": "whatsapp",
            "phone_number_id": app.number.phone_number_id,
            "business_account_id": app.number.business_account_id,
            "access_token": app.access_token,
            "app_secret": app.app_secret,
            "verify_token": app.verify_token,
            "api_url": self.whatsapp.api_url,
        }
        yield {
            "id": MESSENGER,
            "channel": "messenger",
            "page_id": self.messenger.business.id,
            **_meta(self.messenger),
        }
        yield {
            "id": INSTAGRAM,
            "channel": "instagram",
            "instagram_id": self.instagram.business.id,
            "page_id": self.instagram.business.page_id,
            **_meta(self.instagram),
        }
        yield {
            "id": TELEGRAM,
            "channel": "telegram",
            "bot_token": self.telegram.token,
            "updates": "polling",
            "api_url": self.telegram.api_url,
        }
        yield {
            "id": WEBCHAT,
            "channel": "webchat",
            "secret": "the demo's own, of no value",
            "title": "Panadería Relevo",
            "greeting": "¡Hola! ¿En qué te ayudamos?",
        }


def _meta(platform: MetaPlatform) -> Mapping[str, object]:
    return {
        "access_token": platform.business.access_token,
        "app_secret": platform.app.app_secret,
        "verify_token": platform.app.verify_token,
        "api_url": platform.api_url,
    }


def _table(account: Mapping[str, object]) -> str:
    # A JSON string is a TOML string.
    lines = (f"{key} = {json.dumps(value)}" for key, value in account.items())
    return "\n".join(("[[accounts]]", *lines, ""))
