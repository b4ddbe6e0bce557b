from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar, Final

from gateway.api import Channel, Secret, Secrets
from gateway.testing.contract import ChannelContract
from gateway.testing.recorded import bodies
from gateway_instagram.channel import InstagramChannel
from gateway_instagram.settings import InstagramSettings
from gateway_meta.signature import Signer

CORPUS: Final = Path(__file__).parents[2] / "corpus" / "instagram"
RECORDED: Final = Path(__file__).with_name("recorded")
"""What the corpus does not have, after the platform's documents."""


class TestInstagramKeepsTheContract(ChannelContract):
    channel_type: ClassVar[type[Channel[Any]]] = InstagramChannel
    batches = ("entry", "entry[].messaging", "entry[].standby", "entry[].changes")

    def settings(self) -> InstagramSettings:
        return InstagramSettings(
            id="instagram-main",
            channel="instagram",
            instagram_id="17841400000000000",
            page_id="100000000000001",
            access_token=Secret("EAAG-access-token"),
            app_secret=Secrets("new-app-secret", "old-app-secret"),
            verify_token=Secret("a-verify-token"),
        )

    def bodies(self) -> Iterable[bytes]:
        return bodies(CORPUS, RECORDED)

    def signed(self, body: bytes, secret: str) -> Mapping[str, str]:
        return {"x-hub-signature-256": Signer(secret).sign(body)}
