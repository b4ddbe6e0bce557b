from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

import msgspec

from gateway.api import (
    Answer,
    Button,
    Card,
    Carousel,
    Channel,
    Flow,
    Image,
    Media,
    OutboundContent,
    PlatformError,
    Raw,
    StoredMedia,
    TextHeader,
)
from gateway.testing.contents import PLAIN
from gateway.testing.contract import ChannelContract
from gateway_webchat.channel import WebchatChannel
from gateway_webchat.errors import TABLE
from gateway_webchat.settings import WebchatSettings
from gateway_webchat.visitors import Visitor, log_of
from tests.plugins.webchat.site import ACCOUNT, VISITOR, account, envelope, text

OURS = f"{log_of(ACCOUNT, VISITOR.id)}.message-1"
TYPES = ("image/png", "audio/ogg", "video/mp4", "application/pdf")
FILES = {
    f"file-{number}": StoredMedia(
        id=f"file-{number}", index=0, mime_type=each, size_bytes=7, sha256="ab", filename="one"
    )
    for number, each in enumerate(TYPES)
}
KNOWN = Visitor(
    id="customer-4711",
    verified=True,
    name="Ana",
    email="ana@shop.example",
    phone="34600000001",
    attributes={"plan": "gold"},
)


def message(content: Mapping[str, Any], number: int = 1, **more: Any) -> dict[str, Any]:
    told = {"type": "message", "id": f"client-id-{number}", "at": 1_790_000_000_000}
    return {**told, "content": content, **more}


BODIES = (
    envelope(text("hello"), text("again", "client-id-2", reply_to=OURS)),
    envelope(
        message({"kind": "choice", "source": "button", "id": "yes", "title": "Yes"}, 1),
        message({"kind": "form", "name": "visit", "response": {"day": "mon", "news": True}}, 2),
        message({"kind": "location", "latitude": 4.6, "longitude": -74.1}, 3),
        message({"kind": "reaction", "to": OURS, "emoji": "👍"}, 4),
        message(
            {"kind": "text", "text": "from a page"},
            5,
            page={"url": "https://u:p@shop.example/cart?token=1#x", "title": "Cart"},
        ),
    ),
    envelope(
        *(
            message({"kind": "file", "file": each, "caption": "x"}, n)
            for n, each in enumerate(FILES)
        ),
        files=FILES,
    ),
    envelope(
        {"type": "status", "status": "delivered", "ids": [OURS]},
        {
            "type": "status",
            "status": "read",
            "ids": [OURS],
            "cursor": "01a2148b47e8-000000",
            "at": 1_790_000_000_001,
        },
        {"type": "typing", "id": "typing-01", "on": True},
        {"type": "typing", "id": "typing-02", "on": False},
    ),
    envelope(text("hello"), {"type": "profile", "id": "profile-1"}, visitor=KNOWN),
    envelope({"type": "identified", "id": "identified-1", "previous": VISITOR.id}, visitor=KNOWN),
    envelope({"type": "unheard-of"}, {"type": "status", "status": "read", "ids": ["not-ours"]}),
)


class TestWebchatKeepsTheContract(ChannelContract):
    channel_type: ClassVar[type[Channel[Any]]] = WebchatChannel
    batches = ("frames",)
    recipient = VISITOR.id
    calls_platform = False

    def settings(self) -> WebchatSettings:
        return account()

    def bodies(self) -> Iterable[bytes]:
        return BODIES

    def signed(self, body: bytes, secret: str) -> Mapping[str, str]:
        signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        return {"x-relevo-signature": signature}

    def examples(self) -> Mapping[str, Sequence[OutboundContent]]:
        fields = [{"name": "day", "label": {"en": "Day", "es": "Día"}, "required": True}]
        url = "https://files.example/one"
        card = Card(
            title="One",
            text="Red",
            media=Media(url=url),
            link="https://shop.example/1",
            link_title="Buy",
            buttons=(Button(id="one", title="This one"),),
        )
        return {
            **PLAIN,
            "image": (Image(media=Media(url=url), caption="One"),),
            "flow": (
                Flow(
                    text="Book",
                    title="Start",
                    flow="visit",
                    data={"fields": fields},
                    header=TextHeader(text="News"),
                    footer="Soon",
                ),
            ),
            "carousel": (Carousel(text="Look", cards=(card,)),),
            "raw": (Raw(body={"type": "message"}),),
        }

    def refusal(self, error: PlatformError) -> Answer:
        body = msgspec.json.encode({"code": error.code})
        return Answer(status=TABLE[error.code].status, body=body)

    def answers(self) -> Iterable[Answer]:
        yield Answer(status=200, body=b'{"id":"x.1","cursor":"0"}')
        for code, meaning in TABLE.items():
            yield Answer(status=meaning.status, body=msgspec.json.encode({"code": code}))
