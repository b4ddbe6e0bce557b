"""One professional account on Instagram."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import ClassVar, Final

from gateway.api import (
    Answer,
    Call,
    Channel,
    ContactReferred,
    Event,
    Fetcher,
    Host,
    Media,
    MediaAddress,
    MessageReceived,
    OutboundMessage,
    Problem,
    Receipt,
    Rendered,
    Secret,
    Secrets,
    WebhookRequest,
    WindowRule,
    kind_of,
)
from gateway_instagram import errors, inbound, outbound
from gateway_instagram.limits import CAPABILITIES, FILES, LIMITS
from gateway_instagram.settings import InstagramSettings
from gateway_instagram.token import RenewedToken
from gateway_meta import answers, challenge, openers, recipients, signature
from gateway_meta.errors import known
from gateway_meta.graph import Graph
from gateway_meta.profiles import Profiles
from gateway_meta.tokens import Token
from gateway_meta.upkeep import Place, Upkeep
from gateway_meta.uploads import Uploads

PROFILE: Final = "name,username,profile_pic"
"""A field that Meta does not have for people who write makes the whole question fail."""


class InstagramChannel(Channel[InstagramSettings]):
    """One professional account of Instagram, connected through its page or itself."""

    type: ClassVar[str] = "instagram"
    title: ClassVar[str] = "Instagram"
    settings_type = InstagramSettings
    receives = frozenset(
        (
            *("audio", "choice", "document", "form", "image", "other", "reaction", "share"),
            *("sticker", "story", "text", "unsupported", "video"),
            *("account.alert", "account.updated", "contact.opted_in", "contact.opted_out"),
            *("contact.referred", "message.deleted", "message.echoed", "message.edited"),
            "message.status",
        )
    )
    window = WindowRule(
        length=timedelta(hours=24),
        opens=openers.opens,
        described=(
            "Any message of the contact: text, file, sticker, share",
            "An answer to our story, and a story of theirs that mentions us",
            "A tap on a quick reply, a button, the menu or an ice breaker",
            "A reaction put on a message (taking it away does not)",
            "A message the platform cannot hand out (`unsupported`)",
            "A message received on standby, while another app holds the conversation",
            "A click on an ig.me link or an ad that leads into an existing conversation",
        ),
        source='Meta for Developers, Messenger Platform, "Send messages: standard messaging window"',
        concerns=recipients.needs_window,
        human_tag=openers.HUMAN_AGENT,
    )
    capabilities = CAPABILITIES
    known_errors = known(errors.MEANINGS)
    limits = LIMITS
    watches = Channel.watches | {MessageReceived, ContactReferred}

    def __init__(
        self, settings: InstagramSettings, *, clock: Callable[[], float] = time.time
    ) -> None:
        super().__init__(settings)
        token = (
            RenewedToken(settings, clock=clock)
            if settings.renew_token and settings.login == "instagram"
            else Token(settings.access_token.reveal())
        )
        self._verifier = signature.Verifier(settings.app_secret.reveal())
        proves = settings.appsecret_proof and settings.login == "facebook"
        self._outbound = outbound.Outbound(settings)
        self._graph = Graph(
            api_url=settings.graph_url,
            token=token,
            proof_secret=settings.app_secret.reveal()[0] if proves else None,
            table=errors.MEANINGS,
        )
        self._uploads = Uploads(self._graph, node=settings.node, files=FILES)
        self._profiles = Profiles(self._graph, inbound.INSTAGRAM, fields=PROFILE)
        place = Place(
            channel=self.type,
            account=self.account,
            node=settings.node,
            subscribes="me" if settings.login == "instagram" else settings.node,
            name="username" if settings.login == "instagram" else "name",
        )
        self._upkeep = Upkeep(self._graph, token, place, fields=settings.subscribe, clock=clock)

    @classmethod
    def example(cls) -> InstagramSettings:
        """Return settings that make a channel able to ``parse`` with no account at hand."""
        return InstagramSettings(
            id="instagram",
            channel=cls.type,
            instagram_id="17841400000000000",
            page_id="100000000000001",
            access_token=Secret("example-access-token"),
            app_secret=Secrets("example-app-secret"),
            verify_token=Secret("example-verify-token"),
        )

    def identities(self) -> Sequence[str]:
        """Return the account's id, and that of its page, which some notices name instead."""
        own = self.settings
        return (own.instagram_id, own.page_id) if own.page_id else (own.instagram_id,)

    def secrets(self) -> Sequence[str]:
        """Return the app's secrets."""
        return self.settings.app_secret.reveal()

    def challenge(self, request: WebhookRequest) -> str | None:
        """Answer Meta's check of the callback address."""
        return challenge.answer(request.query, self.settings.verify_token.reveal())

    def verify(self, request: WebhookRequest) -> None:
        """Check the signature; see ``Channel.verify``."""
        self._verifier.verify(request.body, request.headers.get(signature.HEADER))

    def parse(self, request: WebhookRequest) -> Sequence[Event]:
        """Turn a body into events; see ``Channel.parse``."""
        return inbound.events(request, self.account)

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

    def read_answer(self, answer: Answer) -> Receipt:
        """Read what the Send API answered; see ``Channel.read_answer``."""
        return answers.read(answer, table=errors.MEANINGS, address="instagram_scoped")

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
        await self._upkeep.run(host, minutes=self.settings.health_minutes)

    async def noticed(self, event: Event, host: Host) -> None:
        """Look up who writes, in the background; see ``Channel.noticed``."""
        if self.settings.profiles:
            self._profiles.wanted(event, host)

    async def close(self) -> None:
        """Leave look-ups that are under way."""
        await self._profiles.close()

    async def locate_media(self, media: Media, fetcher: Fetcher) -> MediaAddress:
        """Return the address the message told; it needs no question and no token."""
        del fetcher
        return outbound.locate(media, self.settings)
