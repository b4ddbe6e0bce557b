"""The class a channel plugin implements."""

from __future__ import annotations

import abc
import builtins
from collections.abc import Sequence
from typing import ClassVar, Generic, TypeVar

import msgspec

from gateway.channel.media import Fetcher, MediaAddress
from gateway.channel.request import WebhookRequest
from gateway.channel.rules import WindowRule
from gateway.errors import MediaRefused
from gateway.model.event import Event
from gateway.model.media import Media


class ChannelSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One ``[[accounts]]`` entry; a channel adds its own keys with ``msgspec.Meta`` descriptions.

    Attributes:
        id: Name of the account in events, keys and metrics.
        channel: Type of the channel.
    """

    id: str
    channel: str


S = TypeVar("S", bound=ChannelSettings)


class Channel(abc.ABC, Generic[S]):
    """One account of a platform.

    Reading (``verify``, ``parse``) is pure and synchronous: it sees a request and the account's
    settings, no network and no clock. What must wait is a coroutine of its own.

    Attributes:
        type: The channel's name in settings, addresses and events.
        title: The channel's name for people.
        settings_type: The account's settings; the daemon decodes them before it makes a channel.
        window: The rule for free-form replies, or None where the platform has none.
        settings: This account's settings.
        account: This account's id.
    """

    type: ClassVar[str]
    title: ClassVar[str]
    settings_type: ClassVar[builtins.type[ChannelSettings]]
    window: ClassVar[WindowRule | None] = None

    def __init__(self, settings: S) -> None:
        self.settings = settings
        self.account = settings.id

    @classmethod
    @abc.abstractmethod
    def example(cls) -> S:
        """Return settings that make a channel able to ``parse`` with no account at hand."""

    @abc.abstractmethod
    def identities(self) -> Sequence[str]:
        """Return the platform's own ids of this account, as its webhooks name them.

        One callback address may serve many accounts: a request's items go to the account whose
        identity they name.
        """

    @abc.abstractmethod
    def secrets(self) -> Sequence[str]:
        """Return the secrets that sign this account's webhooks, newest first.

        Accounts that share one share a platform application, and may share a callback address.
        """

    def challenge(self, request: WebhookRequest) -> str | None:
        """Answer the platform's handshake (a GET on the callback address).

        Returns:
            The body of the 200, or None to refuse with 403; None by default.
        """
        del request
        return None

    @abc.abstractmethod
    def verify(self, request: WebhookRequest) -> None:
        """Check that the platform sent this, on the raw bytes and in constant time.

        Raises:
            SignatureInvalid: No active secret of this account signed it.
        """

    @abc.abstractmethod
    def parse(self, request: WebhookRequest) -> Sequence[Event]:
        """Turn a verified body into events, in the platform's order; pure.

        Every entry, change, message and status becomes an event. What is broken inside becomes a
        ``platform.notice`` and its neighbours go through.

        Raises:
            BodyMalformed: The body cannot come from the platform at all (not JSON).
        """

    async def locate_media(self, media: Media, fetcher: Fetcher) -> MediaAddress:
        """Find out where a file of a message is; called again for every attempt.

        Raises:
            MediaRefused: It will never be had.
            MediaUnavailable: Not now.
        """
        del fetcher
        if media.url is None:
            raise MediaRefused("the platform gave no address for this file")
        return MediaAddress(url=media.url)
