from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Final

from gateway.api import (
    Answer,
    Button,
    Channel,
    Delete,
    Edit,
    OutboundContent,
    PlatformError,
    Raw,
    Reaction,
    Read,
    Secret,
    Secrets,
)
from gateway.testing.contents import PLAIN
from gateway.testing.contract import ChannelContract
from gateway.testing.recorded import bodies
from gateway_telegram.channel import TelegramChannel
from gateway_telegram.settings import TelegramSettings
from tests.plugins.telegram.test_errors import FACTS

CORPUS: Final = Path(__file__).parents[2] / "corpus" / "telegram"
RECORDED: Final = Path(__file__).with_name("recorded")
"""What the corpus does not have, after the platform's documents."""
ONE: Final = "5100000001:51"
YES: Final = Button(id="yes", title="Yes")


def refused(code: int, description: str, **parameters: int) -> Answer:
    told = {"ok": False, "error_code": code, "description": description, "parameters": parameters}
    return Answer(status=code, body=json.dumps(told).encode())


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

    def examples(self) -> Mapping[str, Sequence[OutboundContent]]:
        return {
            **PLAIN,
            "reaction": (Reaction(to=ONE, emoji="👍"), Reaction(to=ONE)),
            "read": (Read(to=f"C1:{ONE}"),),
            "edit": (
                Edit(to=ONE, text="Sold", buttons=(YES,)),
                Edit(to=ONE, text="Sold", caption=True),
            ),
            "delete": (Delete(to=ONE), Delete(to=f"C1:{ONE}")),
            "raw": (Raw(body={"method": "sendMessage", "chat_id": 1, "text": "a"}),),
        }

    def answers(self) -> Iterable[Answer]:
        yield Answer(status=200, body=b'{"ok":true,"result":true}')
        sent = {"message_id": 7, "date": 1, "chat": {"id": 5, "type": "private"}, "text": "a"}
        yield Answer(status=200, body=json.dumps({"ok": True, "result": sent}).encode())
        yield refused(429, "Too Many Requests: retry after 7", retry_after=7)
        for code, description, _ in FACTS:
            yield refused(code, description)

    def refusal(self, error: PlatformError) -> Answer:
        return refused(int(error.code), f"Bad Request: {error.title or 'something new'}")
