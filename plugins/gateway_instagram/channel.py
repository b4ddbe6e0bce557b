"""One professional account on Instagram."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar

from gateway.api import (
    Channel,
    Event,
    Fetcher,
    Media,
    MediaAddress,
    Secret,
    Secrets,
    WebhookRequest,
    WindowRule,
)
from gateway_instagram import inbound, outbound
from gateway_instagram.settings import InstagramSettings
from gateway_meta import challenge, openers, signature


class InstagramChannel(Channel[InstagramSettings]):
    """One professional account of Instagram, connected through its page or itself."""

    type: ClassVar[str] = "instagram"
    title: ClassVar[str] = "Instagram"
    settings_type = InstagramSettings
    receives = frozenset(
        (
            *("audio", "choice", "document", "form", "image", "other", "reaction", "share"),
            *("sticker", "story", "text", "unsupported", "video"),
            *("account.alert", "account.updated", "contact.opted_in", "contact.referred"),
            *("message.deleted", "message.echoed", "message.edited", "message.status"),
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
        human_tag=openers.HUMAN_AGENT,
    )

    def __init__(self, settings: InstagramSettings) -> None:
        super().__init__(settings)
        self._verifier = signature.Verifier(settings.app_secret.reveal())

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

    async def locate_media(self, media: Media, fetcher: Fetcher) -> MediaAddress:
        """Return the address the message told; it needs no question and no token."""
        del fetcher
        return outbound.locate(media, self.settings)
