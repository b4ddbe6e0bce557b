from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar, Final

from gateway.api import Answer, Channel, PlatformError, Secret, Secrets
from gateway.testing.contract import ChannelContract
from gateway.testing.recorded import bodies
from gateway.testing.whatsapp import signature
from gateway_whatsapp.channel import WhatsAppChannel
from gateway_whatsapp.settings import WhatsAppSettings

CORPUS: Final = Path(__file__).parents[2] / "corpus" / "whatsapp"
RECORDED: Final = Path(__file__).with_name("recorded")
"""What the corpus does not have, after the platform's documents."""


class TestWhatsAppKeepsTheContract(ChannelContract):
    channel_type: ClassVar[type[Channel[Any]]] = WhatsAppChannel
    batches = (
        "entry",
        "entry[].changes",
        "entry[].changes[].value.messages",
        "entry[].changes[].value.statuses",
        "entry[].changes[].value.message_echoes",
    )

    def settings(self) -> WhatsAppSettings:
        return WhatsAppSettings(
            id="wa-main",
            channel="whatsapp",
            phone_number_id="106540352242922",
            business_account_id="102290129340398",
            access_token=Secret("EAAG-access-token"),
            app_secret=Secrets("new-app-secret", "old-app-secret"),
            verify_token=Secret("a-verify-token"),
        )

    def bodies(self) -> Iterable[bytes]:
        return bodies(CORPUS, RECORDED)

    def answers(self) -> Iterable[Answer]:
        taken = b'{"contacts":[{"input":"+34","wa_id":"34"}],"messages":[{"id":"wamid.1"}]}'
        yield Answer(status=200, body=taken)
        yield Answer(status=200, body=b'{"success":true}')
        yield self.refusal(PlatformError(code="999999"))

    def refusal(self, error: PlatformError) -> Answer:
        body = {"error": {"code": int(error.code), "message": "(#1) Something"}}
        return Answer(status=400, body=json.dumps(body).encode())

    def signed(self, body: bytes, secret: str) -> Mapping[str, str]:
        return {"x-hub-signature-256": signature(body, secret)}
