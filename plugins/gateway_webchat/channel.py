"""One chat on the pages of a site."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, ClassVar, Final

import msgspec

from gateway.api import (
    Answer,
    Audio,
    Call,
    Channel,
    Document,
    Event,
    Host,
    Image,
    Media,
    OutboundMessage,
    Problem,
    Receipt,
    RedisUnavailable,
    Rendered,
    Route,
    Secrets,
    SignatureInvalid,
    Sticker,
    StoreError,
    Video,
    WebhookRequest,
    kind_of,
)
from gateway_webchat import errors, inbound, outbound, rules
from gateway_webchat.limits import CAPABILITIES
from gateway_webchat.settings import WebchatSettings

if TYPE_CHECKING:
    from gateway_webchat.door import Door

HEADER: Final = "x-relevo-signature"


class WebchatChannel(Channel[WebchatSettings]):
    """One chat.

    Its visitors come to the paths of ``routes``; what they send is made an envelope and goes
    through ``parse``. Whoever has the account's secret may post envelopes as a webhook, too.
    """

    type: ClassVar[str] = "webchat"
    title: ClassVar[str] = "Web chat"
    settings_type = WebchatSettings
    receives = frozenset(
        {
            *("text", "image", "video", "audio", "document", "location", "choice", "form"),
            *("reaction", "contact.typing", "contact.updated", "message.status"),
            "message.media_stored",
        }
    )
    capabilities = CAPABILITIES
    known_errors = errors.known()

    def __init__(self, settings: WebchatSettings) -> None:
        super().__init__(settings)
        self._door: Door | None = None

    @classmethod
    def example(cls) -> WebchatSettings:
        """Return settings that make a channel able to ``parse`` with no account at hand."""
        return WebchatSettings(
            id="webchat", channel=cls.type, secret=Secrets("an example, and no secret")
        )

    @property
    def public_path(self) -> str:
        """Return where the chat and its files are; see ``Channel.public_path``."""
        return f"/{self.type}/{self.account}/"

    def identities(self) -> Sequence[str]:
        """Return the account's id, which envelopes name."""
        return (self.account,)

    def secrets(self) -> Sequence[str]:
        """Return the secrets that sign sessions and envelopes."""
        return self.settings.secret.reveal()

    def verify(self, request: WebhookRequest) -> None:
        """Check the HMAC-SHA256 of an envelope; see ``Channel.verify``."""
        told = request.headers.get(HEADER) or ""
        for secret in self.secrets():
            right = hmac.new(secret.encode(), request.body, sha256).hexdigest()
            if told.isascii() and hmac.compare_digest(right, told):
                return
        raise SignatureInvalid("the envelope is not signed by an active secret")

    def parse(self, request: WebhookRequest) -> Sequence[Event]:
        """Turn an envelope into events; see ``Channel.parse``."""
        return inbound.events(request, self.account)

    def check(self, message: OutboundMessage) -> Sequence[Problem]:
        """Tell what keeps a message from being sent; see ``Channel.check``."""
        found = super().check(message)
        if kind_of(message.content) not in self.capabilities:
            return found
        return (*found, *rules.problems(message))

    def render(self, message: OutboundMessage, *, reference: str | None = None) -> Rendered:
        """Turn a message into what stands in the visitor's log; see ``Channel.render``."""
        return outbound.render(message, self.settings, reference=reference)

    async def prepare(self, message: OutboundMessage, host: Host) -> OutboundMessage:
        """Tell of files in our store what a visitor sees of them; see ``Channel.prepare``."""
        match message.content:
            case Image(media=media) | Video(media=media) | Audio(media=media):
                told = await _described(media, host)
            case Document(media=media) | Sticker(media=media):
                told = await _described(media, host)
            case _:
                return message
        content = msgspec.structs.replace(message.content, media=told)
        return msgspec.structs.replace(message, content=content)

    async def deliver(self, call: Call, host: Host) -> Answer:
        """Write into the visitor's log; see ``Channel.deliver``."""
        return await outbound.deliver(call, host, self.settings)

    def read_answer(self, answer: Answer) -> Receipt:
        """Read what ``deliver`` answered; see ``Channel.read_answer``."""
        return outbound.read_answer(answer)

    def routes(self, host: Host) -> Sequence[Route]:
        """Return the account's paths; see ``Channel.routes``."""
        # Whoever only reads and renders needs no server.
        from gateway_webchat.door import Door  # noqa: PLC0415
        from gateway_webchat.sockets import Sockets  # noqa: PLC0415

        self._door = Door(self.settings, host)
        return self._door.routes(Sockets(self._door).serve)

    async def close(self) -> None:
        """Ask every open window to come back to another process; see ``Channel.close``."""
        if self._door is not None:
            await self._door.hub.close()


async def _described(media: Media, host: Host) -> Media:
    if not media.stored_id:
        return media
    try:
        found = await host.open_file(media.stored_id)
    except (RedisUnavailable, StoreError):
        raise errors.failure("store_away", errors.TABLE["store_away"].status) from None
    if found is None:
        raise errors.failure("unknown_file", errors.TABLE["unknown_file"].status)
    return msgspec.structs.replace(
        media,
        mime_type=found.mime_type,
        size_bytes=found.size_bytes,
        filename=media.filename or found.filename,
    )
