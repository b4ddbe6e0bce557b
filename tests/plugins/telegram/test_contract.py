from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar, Final

from gateway.api import Channel, Secret, Secrets
from gateway.testing.contract import ChannelContract
from gateway.testing.recorded import bodies
from gateway_telegram.channel import TelegramChannel
from gateway_telegram.settings import TelegramSettings

CORPUS: Final = Path(__file__).parents[2] / "corpus" / "telegram"
RECORDED: Final = Path(__file__).with_name("recorded")
"""What the corpus does not have, after the platform's documents."""


class TestTelegramKeepsTheContract(ChannelContract):
    channel_type: ClassVar[type[Channel[Any]]] = TelegramChannel
    signs_body = False

    def settings(self) -> TelegramSettings:
        return TelegramSettings(
            id="tg-main",
            channel="telegram",
            bot_token=Secret("987654321:AAF-a-bot-token"),
            secret_token=Secrets("new-secret-token", "old-secret-token"),
        )

    def bodies(self) -> Iterable[bytes]:
        return bodies(CORPUS, RECORDED)

    def signed(self, body: bytes, secret: str) -> Mapping[str, str]:
        del body
        return {"x-telegram-bot-api-secret-token": secret}
