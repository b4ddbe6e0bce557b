"""One Facebook page on Messenger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar, Final

from gateway.api import (
    Answer,
    Call,
    Channel,
    Contact,
    ContactOptedIn,
    ContactReferred,
    Event,
    Fetcher,
    Host,
    Media,
    MediaAddress,
    MessageEchoed,
    MessageReceived,
    OutboundMessage,
    PlatformNotice,
    Problem,
    Receipt,
    Rendered,
    Secret,
    Secrets,
    WebhookRequest,
    WindowRule,
    kind_of,
)
from gateway_messenger import errors, inbound, outbound
from gateway_messenger.limits import CAPABILITIES, FILES, LIMITS
from gateway_messenger.settings import MessengerSettings
from gateway_meta import answers, challenge, openers, recipients, signature
from gateway_meta.echoes import Echoes
from gateway_meta.errors import known
from gateway_meta.graph import Graph
from gateway_meta.profiles import Profiles
from gateway_meta.tokens import Token
from gateway_meta.updates import PLUGIN
from gateway_meta.upkeep import Place, Upkeep
from gateway_meta.uploads import Uploads

PROFILE: Final = "first_name,last_name,name,profile_pic"
"""What every app may ask of a person; more needs permissions of its own, or nothing is told."""
_POSTS: Final = frozenset({"comment", "post", "status", "photo", "video", "share"})
"""Items of field ``feed`` that a visitor writes; likes and reactions are others."""


def opens_window(event: Event) -> bool:
    """Whether an event opens or extends the standard messaging window."""
    match event:
        case ContactOptedIn(consent=consent):
            return consent.topic == PLUGIN
        case PlatformNotice(contact=Contact(), notice=notice) if notice.subject == "feed":
            return notice.facts.get("verb") == "add" and notice.facts.get("item") in _POSTS
        case _:
            return openers.opens(event)


class MessengerChannel(Channel[MessengerSettings]):
    """One Facebook page."""

    type: ClassVar[str] = "messenger"
    title: ClassVar[str] = "Messenger"
    settings_type = MessengerSettings
    receives = frozenset(
        (
            *("audio", "choice", "document", "form", "image", "location", "other", "reaction"),
            *("share", "sticker", "story", "text", "unsupported", "video"),
            *("account.alert", "account.updated", "contact.opted_in", "contact.opted_out"),
            *("contact.referred", "contact.updated", "message.deleted", "message.echoed"),
            *("message.edited", "message.status", "template.updated"),
        )
    )
    window = WindowRule(
        length=timedelta(hours=24),
        opens=opens_window,
        described=(
            "Any message of the contact: text, file, sticker, place, share, answered story",
            "A tap on a quick reply, a button, the menu, an ice breaker or Get Started",
            "A reaction put on a message (taking it away does not)",
            "A message the platform cannot hand out (`unsupported`)",
            "A message received on standby, while another app holds the conversation",
            "A click on an m.me link or an ad that leads into an existing conversation",
            "A ticked checkbox of the plugin (`contact.opted_in` with topic `messages`)",
            "A comment on a post of the page, or a visitor's post on it",
        ),
        source='Meta for Developers, Messenger Platform, "Send messages: standard messaging window"',
        concerns=recipients.needs_window,
        human_tag=openers.HUMAN_AGENT,
    )
    capabilities = CAPABILITIES
    known_errors = known(errors.MEANINGS)
    limits = LIMITS
    watches = Channel.watches | {MessageReceived, ContactReferred, MessageEchoed}

    def __init__(self, settings: MessengerSettings) -> None:
        super().__init__(settings)
        self._verifier = signature.Verifier(settings.app_secret.reveal())
        self._outbound = outbound.Outbound(settings)
        token = Token(settings.access_token.reveal())
        self._graph = Graph(
            api_url=settings.api_url,
            token=token,
            proof_secret=settings.app_secret.reveal()[0] if settings.appsecret_proof else None,
            table=errors.MEANINGS,
        )
        self._echoes = Echoes(self._graph)
        self._uploads = Uploads(self._graph, node=settings.page_id, files=FILES)
        self._profiles = Profiles(
            self._graph, inbound.MESSENGER, fields=PROFILE, node=settings.page_id
        )
        page = settings.page_id
        place = Place(channel=self.type, account=self.account, node=page, subscribes=page)
        self._upkeep = Upkeep(self._graph, token, place, fields=settings.subscribe)

    @classmethod
    def example(cls) -> MessengerSettings:
        """Return settings that make a channel able to ``parse`` with no account at hand."""
        return MessengerSettings(
            id="messenger",
            channel=cls.type,
            page_id="100000000000001",
            access_token=Secret("example-access-token"),
            app_secret=Secrets("example-app-secret"),
            verify_token=Secret("example-verify-token"),
        )

    def identities(self) -> Sequence[str]:
        """Return the page's id."""
        return (self.settings.page_id,)

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
        return answers.read(answer, table=errors.MEANINGS, address="page_scoped")

    async def prepare(self, message: OutboundMessage, host: Host) -> OutboundMessage:
        """Upload the file of our store that a message names; see ``Channel.prepare``."""
        return await self._uploads.prepared(message, host)

    async def deliver(self, call: Call, host: Host) -> Answer:
        """Make one call of the Send API, unless an echo shows it was taken; see ``Channel.deliver``."""
        answer = await self._echoes.deliver(call, host)
        await self._uploads.judged(call, answer, host)
        return answer

    async def run(self, host: Host) -> None:
        """Look after the token and the subscription; see ``Channel.run``."""
        await self._upkeep.run(host, minutes=self.settings.health_minutes)

    async def noticed(self, event: Event, host: Host) -> None:
        """Note our echoes, and look up who writes in the background; see ``Channel.noticed``."""
        await self._echoes.noted(event, host)
        if self.settings.profiles:
            self._profiles.wanted(event, host)

    async def close(self) -> None:
        """Leave look-ups that are under way."""
        await self._profiles.close()

    async def locate_media(self, media: Media, fetcher: Fetcher) -> MediaAddress:
        """Return the address the message told; it needs no question and no token."""
        del fetcher
        return outbound.locate(media, self.settings)
