from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar, Final

from gateway.api import Channel, Secret, Secrets
from gateway.testing.contract import ChannelContract
from gateway_telegram.channel import TelegramChannel
from gateway_telegram.settings import TelegramSettings

CORPUS: Final = Path(__file__).parents[2] / "corpus" / "telegram"


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
        recorded = [json.loads(path.read_bytes()) for path in sorted(CORPUS.glob("*.json"))]
        return [json.dumps(each["body"]).encode() for each in recorded]

    def signed(self, body: bytes, secret: str) -> Mapping[str, str]:
        del body
        return {"x-telegram-bot-api-secret-token": secret}
