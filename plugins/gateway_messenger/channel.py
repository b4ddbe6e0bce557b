"""One Facebook page on Messenger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar, Final

from gateway.api import (
    Answer,
    Call,
    Contact,
    ContactOptedIn,
    ContactReferred,
    Event,
    Host,
    MessageEchoed,
    MessageReceived,
    PlatformNotice,
    Receipt,
    Secret,
    Secrets,
    WebhookRequest,
    WindowRule,
)
from gateway_messenger import errors, inbound, outbound
from gateway_messenger.limits import CAPABILITIES, FILES, LIMITS
from gateway_messenger.settings import MessengerSettings
from gateway_meta import answers, openers, recipients
from gateway_meta.channel import ChatChannel
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


class MessengerChannel(ChatChannel[MessengerSettings]):
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
    watches = ChatChannel.watches | {MessageReceived, ContactReferred, MessageEchoed}

    def __init__(self, settings: MessengerSettings) -> None:
        token = Token(settings.access_token.reveal())
        graph = Graph(
            api_url=settings.api_url,
            token=token,
            proof_secret=settings.app_secret.reveal()[0] if settings.appsecret_proof else None,
            table=errors.MEANINGS,
        )
        page = settings.page_id
        place = Place(channel=self.type, account=settings.id, node=page, subscribes=page)
        profiles = Profiles(graph, inbound.MESSENGER, fields=PROFILE, node=page)
        super().__init__(
            settings,
            app_secret=settings.app_secret,
            verify_token=settings.verify_token,
            outbound=outbound.MessengerOutbound(settings),
            graph=graph,
            uploads=Uploads(graph, node=page, files=FILES),
            upkeep=Upkeep(graph, token, place, fields=settings.subscribe),
            health_minutes=settings.health_minutes,
            profiles=profiles if settings.profiles else None,
        )
        self._echoes = Echoes(graph)

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

    def parse(self, request: WebhookRequest) -> Sequence[Event]:
        """Turn a body into events; see ``Channel.parse``."""
        return inbound.events(request, self.account)

    def read_answer(self, answer: Answer) -> Receipt:
        """Read what the Send API answered; see ``Channel.read_answer``."""
        return answers.read(answer, table=errors.MEANINGS, address="page_scoped")

    async def deliver(self, call: Call, host: Host) -> Answer:
        """Make one call of the Send API, unless an echo shows it was taken; see ``Channel.deliver``."""
        answer = await self._echoes.deliver(call, host)
        await self._uploads.judged(call, answer, host)
        return answer

    async def noticed(self, event: Event, host: Host) -> None:
        """Note our echoes, and look up who writes in the background; see ``Channel.noticed``."""
        await self._echoes.noted(event, host)
        await super().noticed(event, host)
