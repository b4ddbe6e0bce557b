from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Final

from gateway.api import (
    Answer,
    Channel,
    ListMenu,
    OutboundContent,
    PlatformError,
    Row,
    Secret,
    Secrets,
    Section,
    Template,
    TemplateButton,
    TextParameter,
)
from gateway.testing.contents import PLAIN
from gateway.testing.contract import ChannelContract
from gateway.testing.recorded import bodies
from gateway_messenger.channel import MessengerChannel
from gateway_messenger.settings import MessengerSettings
from gateway_meta.signature import Signer

CORPUS: Final = Path(__file__).parents[2] / "corpus" / "messenger"
RECORDED: Final = Path(__file__).with_name("recorded")
"""What the corpus does not have, after the platform's documents."""


class TestMessengerKeepsTheContract(ChannelContract):
    channel_type: ClassVar[type[Channel[Any]]] = MessengerChannel
    batches = ("entry", "entry[].messaging", "entry[].standby", "entry[].changes")

    def settings(self) -> MessengerSettings:
        return MessengerSettings(
            id="messenger-main",
            channel="messenger",
            page_id="100000000000001",
            access_token=Secret("EAAG-access-token"),
            app_secret=Secrets("new-app-secret", "old-app-secret"),
            verify_token=Secret("a-verify-token"),
        )

    def bodies(self) -> Iterable[bytes]:
        return bodies(CORPUS, RECORDED)

    def examples(self) -> Mapping[str, Sequence[OutboundContent]]:
        word = TextParameter(text="A-17")
        utility = Template(
            name="order",
            language="en",
            header=word,
            body=(word, word),
            buttons=(TemplateButton(index=0, type="url", text="A-17"),),
        )
        row = Row(id="lis", title="Lisbon")
        menu = ListMenu(
            text="Where?", button="Choose", sections=(Section(title="EU", rows=(row,)),)
        )
        return {
            **PLAIN,
            "list": (menu, *PLAIN["list"]),
            "template": (Template(name="hello", language="en"), utility),
        }

    def answers(self) -> Iterable[Answer]:
        yield Answer(status=200, body=b'{"recipient_id":"24","message_id":"m_1"}')
        yield Answer(status=200, body=b'{"recipient_id":"24"}')
        yield self.refusal(PlatformError(code="999999"))
        yield self.refusal(PlatformError(code="100", subcode="999999"))

    def refusal(self, error: PlatformError) -> Answer:
        told = {"code": int(error.code), "error_subcode": error.subcode and int(error.subcode)}
        return Answer(status=400, body=json.dumps({"error": told}).encode())

    def signed(self, body: bytes, secret: str) -> Mapping[str, str]:
        return {"x-hub-signature-256": Signer(secret).sign(body)}
