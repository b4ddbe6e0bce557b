from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Final

import msgspec
from gateway.api import (
    Answer,
    Channel,
    Document,
    Image,
    Media,
    OutboundContent,
    PlatformError,
    Secrets,
    WebhookRequest,
)
from gateway.testing.contents import PLAIN
from gateway.testing.contract import ChannelContract
from gateway.testing.delivering import Sent
from gateway.testing.recorded import bodies
from gateway.testing.subject import RECEIVED_AT

from gateway_postbox import signature
from gateway_postbox.channel import PostboxChannel
from gateway_postbox.settings import PostboxSettings

# Yours (3): bodies that your platform sent, as many kinds as you can get, each with its source.
RECORDED: Final = Path(__file__).with_name("recorded")


class TestPostboxKeepsTheContract(ChannelContract):
    channel_type: ClassVar[type[Channel[Any]]] = PostboxChannel
    batches = ("messages", "statuses")
    recipient = "u-17"

    def settings(self) -> PostboxSettings:
        return PostboxSettings(
            id="postbox-main",
            channel="postbox",
            api_url="https://chat.example/outbox",
            signing_secret=Secrets("new-signing-secret", "old-signing-secret"),
        )

    def bodies(self) -> Iterable[bytes]:
        return bodies(RECORDED)

    def signed(self, body: bytes, secret: str) -> Mapping[str, str]:
        return signature.headers(body, secret=secret, seconds=RECEIVED_AT // 1000)

    def examples(self) -> Mapping[str, Sequence[OutboundContent]]:
        file = Media(url="https://chat.example/files/1.jpg")
        return {**PLAIN, "image": [Image(media=file)], "document": [Document(media=file)]}

    def answers(self) -> Iterable[Answer]:
        yield Answer(status=202, body=b'{"id": "p-1"}')
        yield self.refusal(PlatformError(code="something_new"))

    def refusal(self, error: PlatformError) -> Answer:
        body = {"error": {"code": error.code, "message": "no"}}
        return Answer(status=400, body=msgspec.json.encode(body))

    def authorised(self, sent: Sent) -> bool:
        seconds = int(sent.headers[signature.TIMESTAMP])
        request = WebhookRequest(
            body=sent.body, received_at=seconds * 1000, headers=dict(sent.headers)
        )
        signature.verify(request, secrets=("new-signing-secret",), tolerance_seconds=1)
        return True
