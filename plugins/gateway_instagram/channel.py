"""One professional account on Instagram."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import ClassVar, Final

from gateway.api import (
    Answer,
    ContactReferred,
    Event,
    MessageReceived,
    Receipt,
    Secret,
    Secrets,
    WebhookRequest,
    WindowRule,
)
from gateway_instagram import errors, inbound, outbound
from gateway_instagram.limits import CAPABILITIES, FILES, LIMITS
from gateway_instagram.settings import InstagramSettings
from gateway_instagram.token import RenewedToken
from gateway_meta import answers, openers, recipients
from gateway_meta.channel import ChatChannel
from gateway_meta.errors import known
from gateway_meta.graph import Graph
from gateway_meta.profiles import Profiles
from gateway_meta.tokens import Token
from gateway_meta.upkeep import Place, Upkeep
from gateway_meta.uploads import Uploads

PROFILE: Final = "name,username,profile_pic"
"""A field that Meta does not have for people who write makes the whole question fail."""


class InstagramChannel(ChatChannel[InstagramSettings]):
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
    watches = ChatChannel.watches | {MessageReceived, ContactReferred}

    def __init__(
        self, settings: InstagramSettings, *, clock: Callable[[], float] = time.time
    ) -> None:
        token = (
            RenewedToken(settings, clock=clock)
            if settings.renew_token and settings.login == "instagram"
            else Token(settings.access_token.reveal())
        )
        proves = settings.appsecret_proof and settings.login == "facebook"
        graph = Graph(
            api_url=settings.graph_url,
            token=token,
            proof_secret=settings.app_secret.reveal()[0] if proves else None,
            table=errors.MEANINGS,
        )
        place = Place(
            channel=self.type,
            account=settings.id,
            node=settings.node,
            subscribes="me" if settings.login == "instagram" else settings.node,
            name="username" if settings.login == "instagram" else "name",
        )
        profiles = Profiles(graph, inbound.INSTAGRAM, fields=PROFILE)
        super().__init__(
            settings,
            app_secret=settings.app_secret,
            verify_token=settings.verify_token,
            outbound=outbound.InstagramOutbound(settings),
            graph=graph,
            uploads=Uploads(graph, node=settings.node, files=FILES),
            upkeep=Upkeep(graph, token, place, fields=settings.subscribe, clock=clock),
            health_minutes=settings.health_minutes,
            profiles=profiles if settings.profiles else None,
        )

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

    def parse(self, request: WebhookRequest) -> Sequence[Event]:
        """Turn a body into events; see ``Channel.parse``."""
        return inbound.events(request, self.account)

    def read_answer(self, answer: Answer) -> Receipt:
        """Read what the Send API answered; see ``Channel.read_answer``."""
        return answers.read(answer, table=errors.MEANINGS, address="instagram_scoped")
