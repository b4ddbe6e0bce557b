"""A channel of carrier pigeons, in one module: as small as a channel can be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from gateway.api import (
    BodyMalformed,
    Channel,
    ChannelSettings,
    Contact,
    Event,
    Message,
    MessageReceived,
    Secret,
    Text,
    WebhookRequest,
    WindowRule,
    event_id,
    hookimpl,
)


class PigeonSettings(ChannelSettings, frozen=True, kw_only=True):
    """One loft."""

    loft: Annotated[str, Meta(description="Name of the loft.")]
    ring: Annotated[Secret, Meta(description="What its pigeons wear.")]


def _opens(event: Event) -> bool:
    return isinstance(event, MessageReceived)


class PigeonChannel(Channel[PigeonSettings]):
    """One loft; a body is ``{"notes": ["…"]}``."""

    type = "pigeon"
    title = "Pigeon post"
    settings_type = PigeonSettings
    window = WindowRule(
        length=timedelta(hours=24), opens=_opens, described=("a note",), source="none"
    )

    @classmethod
    def example(cls) -> PigeonSettings:
        return PigeonSettings(id="pigeon", channel="pigeon", loft="roof", ring=Secret("r"))

    def identities(self) -> Sequence[str]:
        return (self.settings.loft,)

    def secrets(self) -> Sequence[str]:
        return (self.settings.ring.reveal(),)

    def verify(self, request: WebhookRequest) -> None:
        del request

    def parse(self, request: WebhookRequest) -> Sequence[Event]:
        try:
            body = msgspec.json.decode(request.body)
        except msgspec.DecodeError as error:
            raise BodyMalformed(f"not JSON: {error}") from error
        return [self._event(each, request.received_at) for each in body["notes"]]

    def _event(self, note: str, now: int) -> Event:
        return MessageReceived(
            id=event_id(0, self.account, note),
            at=now,
            channel=self.type,
            account=self.account,
            contact=Contact(id="bird"),
            message=Message(id=note, platform_id=note, timestamp=0, content=Text(text=note)),
        )


@hookimpl
def gateway_channels() -> Iterable[type[Channel[Any]]]:
    """Offer the pigeons."""
    return (PigeonChannel,)
