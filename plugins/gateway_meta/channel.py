"""What Meta's channels do alike: their door, and on the chat platform most of the rest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from gateway.api import (
    Answer,
    Call,
    Channel,
    ChannelSettings,
    Event,
    Fetcher,
    Host,
    Media,
    MediaAddress,
    OutboundMessage,
    Problem,
    Rendered,
    Secret,
    Secrets,
    WebhookRequest,
    kind_of,
)
from gateway_meta import challenge, files, recipients, signature
from gateway_meta.graph import Graph
from gateway_meta.outbound import Outbound
from gateway_meta.profiles import Profiles
from gateway_meta.upkeep import Upkeep
from gateway_meta.uploads import Uploads

S = TypeVar("S", bound=ChannelSettings)


class MetaChannel(Channel[S]):
    """A channel whose webhooks are signed with the secret of a Meta app.

    Args:
        settings: The account's.
        app_secret: Of the app.
        verify_token: What the operator typed into Meta's dashboard.
    """

    def __init__(self, settings: S, *, app_secret: Secrets, verify_token: Secret) -> None:
        super().__init__(settings)
        self._app_secret = app_secret
        self._verify_token = verify_token
        self._verifier = signature.Verifier(app_secret.reveal())

    def secrets(self) -> Sequence[str]:
        """Return the app's secrets."""
        return self._app_secret.reveal()

    def challenge(self, request: WebhookRequest) -> str | None:
        """Answer Meta's check of the callback address."""
        return challenge.answer(request.query, self._verify_token.reveal())

    def verify(self, request: WebhookRequest) -> None:
        """Check the signature; see ``Channel.verify``."""
        self._verifier.verify(request.body, request.headers.get(signature.HEADER))


class ChatChannel(MetaChannel[S]):
    """A page on Messenger, or an account on Instagram.

    Args:
        settings: The account's.
        app_secret: Of the app.
        verify_token: What the operator typed into Meta's dashboard.
        outbound: Checks and renders.
        graph: Makes the calls.
        uploads: Uploads files of our store.
        upkeep: Looks after the token and the subscription.
        health_minutes: How often it does; 0 for never.
        profiles: Looks up who writes; None to leave that.
    """

    def __init__(
        self,
        settings: S,
        *,
        app_secret: Secrets,
        verify_token: Secret,
        outbound: Outbound,
        graph: Graph,
        uploads: Uploads,
        upkeep: Upkeep,
        health_minutes: int,
        profiles: Profiles | None,
    ) -> None:
        super().__init__(settings, app_secret=app_secret, verify_token=verify_token)
        self._outbound = outbound
        self._graph = graph
        self._uploads = uploads
        self._upkeep = upkeep
        self._health_minutes = health_minutes
        self._profiles = profiles

    def check(self, message: OutboundMessage) -> Sequence[Problem]:
        """Tell what keeps a message from being sent; see ``Channel.check``."""
        found = tuple(super().check(message))
        if kind_of(message.content) not in self.capabilities:
            return found
        found = (*found, *self._outbound.problems(message))
        return found or tuple(self._outbound.problems_of_parts(message))

    def recipient_kind(self, message: OutboundMessage) -> str:
        """Return what stands for a person nobody knows yet; see ``Channel.recipient_kind``."""
        return recipients.kind(message.to) or ""

    def render(self, message: OutboundMessage, *, reference: str | None = None) -> Rendered:
        """Turn a message into calls of the Send API; see ``Channel.render``."""
        return self._outbound.rendered(message, reference=reference)

    async def prepare(self, message: OutboundMessage, host: Host) -> OutboundMessage:
        """Upload the file of our store that a message names; see ``Channel.prepare``."""
        return await self._uploads.prepared(message, host)

    async def deliver(self, call: Call, host: Host) -> Answer:
        """Make one call of the Send API; see ``Channel.deliver``."""
        answer = await self._graph.deliver(call, host)
        await self._uploads.judged(call, answer, host)
        return answer

    async def run(self, host: Host) -> None:
        """Look after the token and the subscription; see ``Channel.run``."""
        await self._upkeep.run(host, minutes=self._health_minutes)

    async def noticed(self, event: Event, host: Host) -> None:
        """Look up who writes, in the background; see ``Channel.noticed``."""
        if self._profiles is not None:
            self._profiles.wanted(event, host)

    async def close(self) -> None:
        """Leave look-ups that are under way."""
        if self._profiles is not None:
            await self._profiles.close()

    async def locate_media(self, media: Media, fetcher: Fetcher) -> MediaAddress:
        """Return the address the message told; it needs no question and no token."""
        del fetcher
        return files.locate(media, self._graph.api_url)
