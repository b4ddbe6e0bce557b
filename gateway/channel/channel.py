"""The class a channel plugin implements."""

from __future__ import annotations

import abc
import builtins
from collections.abc import Sequence
from typing import Annotated, ClassVar, Final, Generic, Literal, TypeVar

import msgspec
from msgspec import Meta

from gateway.channel.administration import FlowDesk, NumberDesk, TemplateShelf
from gateway.channel.capabilities import NOTHING, Capabilities, problems
from gateway.channel.flows import FlowScreens
from gateway.channel.host import Host, Route
from gateway.channel.media import Fetcher, MediaAddress
from gateway.channel.outbound import Answer, Call, Problem, Receipt, Rendered
from gateway.channel.request import WebhookRequest
from gateway.channel.rules import WindowRule
from gateway.errors import MediaRefused, NotCarried
from gateway.model.event import AccountAlert, AccountUpdated, Event, TemplateUpdated
from gateway.model.limits import Limits
from gateway.model.media import Media
from gateway.model.outbound import Fallback, OutboundMessage
from gateway.model.status import PlatformError


class ChannelSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One ``[[accounts]]`` entry; a channel adds its own keys with ``msgspec.Meta`` descriptions.

    Attributes:
        id: Name of the account in events, keys and metrics.
        channel: Type of the channel.
        on_closed_window: See ``gateway.policy.window``.
        fallback: What is sent in place of a message, or before it, while the window is closed.
        in_doubt: See ``gateway.policy.retry``.
        opt_out_words: Languages of ``gateway.policy.keyword``.
    """

    id: str
    channel: str
    on_closed_window: Annotated[
        Literal["reject", "template", "hold", "tag"],
        Meta(
            description="What becomes of a free-form message that does not say it itself, while the "
            "contact's window is closed: refuse it, send the fallback instead, send the fallback and "
            "hold the message until the contact writes, or send it with the platform's tag for "
            "people's late answers."
        ),
    ] = "reject"
    fallback: Annotated[
        Fallback | None,
        Meta(
            description="The template for that, as in the API.",
            examples=[{"template": {"name": "we_have_news", "language": "es"}}],
        ),
    ] = None
    in_doubt: Annotated[
        Literal["auto", "retry", "report"],
        Meta(
            description="What to do when nobody knows whether a message went (a crash, no answer): "
            "send it again, or report it as failed. auto: again in the live lane, report in bulk."
        ),
    ] = "auto"
    opt_out_words: Annotated[
        tuple[Literal["en", "es", "pt"], ...],
        Meta(
            description="Languages in which words like STOP, BAJA or ALTA from a contact end or "
            "resume what we begin; none by default."
        ),
    ] = ()


S = TypeVar("S", bound=ChannelSettings)

WEBHOOKS: Final = "/webhooks"
"""Begins the path of every webhook."""

WATCHED: Final[frozenset[builtins.type[Event]]] = frozenset(
    {TemplateUpdated, AccountUpdated, AccountAlert}
)
"""What the platform says of accounts and templates."""


class Channel(abc.ABC, Generic[S]):
    """One account of a platform.

    Reading (``verify``, ``parse``) and writing (``check``, ``render``, ``read_answer``) are pure
    and synchronous: they see values and the account's settings, no network and no clock. What
    must wait is a coroutine of its own, and reaches the world through its ``Host`` alone.

    Attributes:
        type: The channel's name in settings, addresses and events.
        title: The channel's name for people.
        settings_type: The account's settings; the daemon decodes them before it makes a channel.
        window: The rule for free-form replies, or None where the platform has none.
        receives: What its webhooks become: the kinds of content that contacts send, and the types
            of the other events. ``platform.notice`` goes without saying.
        watches: The types of its account's events that ``noticed`` is called with.
        names_account: Whether webhooks name the account they are for. Where they do not, only
            the secret tells accounts apart, and no two may share one.
        capabilities: What it can send; nothing by default.
        known_errors: Every error of the platform that ``read_answer`` knows: its code, what it
            means (``explanation``) and what is done about it (``action``); where the code does
            not tell enough, ``subcode`` or a part of the platform's words (``title``) does.
        limits: How fast the platform takes messages; None where it names no limit.
        settings: This account's settings.
        account: This account's id.
        templates: The account's message templates; None where the platform has none.
        number: The account as its owner administers it; None where nothing can be.
        flows: The account's forms; None where the platform has none.
        flow_screens: What answers them while they are filled in; see ``gateway_flow_screens``.
    """

    type: ClassVar[str]
    title: ClassVar[str]
    settings_type: ClassVar[builtins.type[ChannelSettings]]
    window: ClassVar[WindowRule | None] = None
    receives: ClassVar[frozenset[str]] = frozenset()
    watches: ClassVar[frozenset[builtins.type[Event]]] = WATCHED
    names_account: ClassVar[bool] = True
    capabilities: ClassVar[Capabilities] = NOTHING
    known_errors: ClassVar[Sequence[PlatformError]] = ()
    limits: ClassVar[Limits | None] = None

    def __init__(self, settings: S) -> None:
        self.settings = settings
        self.account = settings.id
        self.templates: TemplateShelf | None = None
        self.number: NumberDesk | None = None
        self.flows: FlowDesk | None = None
        self.flow_screens: Sequence[FlowScreens] = ()

    @classmethod
    @abc.abstractmethod
    def example(cls) -> S:
        """Return settings that make a channel able to ``parse`` with no account at hand."""

    @property
    def public_path(self) -> str:
        """Where the public listener serves this account, for people: what the platform is told."""
        return f"{WEBHOOKS}/{self.type}/{self.account}"

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

    def check(self, message: OutboundMessage) -> Sequence[Problem]:
        """Tell everything that keeps a message from being sent; pure.

        By default what ``capabilities`` says: the kind and its limits. A channel adds what a
        table cannot say.

        Returns:
            All problems, in the order of the fields where that is possible; none when ``render``
            may be called.
        """
        return tuple(problems(message.content, self.capabilities, channel=self.title))

    def recipient_kind(self, message: OutboundMessage) -> str:
        """Return what kind of recipient a message is for, in the channel's own word; pure.

        Empty for an ordinary contact, and by default: ``limits`` may count some kinds apart.
        """
        del message
        return ""

    def render(self, message: OutboundMessage, *, reference: str | None = None) -> Rendered:
        """Turn a message that passed ``check`` into the platform's calls; pure.

        What the platform has no form for becomes something else by a documented rule, and the
        result says so.

        Args:
            message: What is to be sent.
            reference: Ours; goes along where the platform gives it back with each status.

        Raises:
            NotCarried: This channel only receives (by default).
        """
        del message, reference
        raise NotCarried(f"{self.title} only receives")

    def read_answer(self, answer: Answer) -> Receipt:
        """Read what the platform answered to one of the calls; pure.

        Raises:
            PlatformFailure: It did not take the call, or nobody can tell: one of its subclasses.
            NotCarried: This channel only receives (by default).
        """
        del answer
        raise NotCarried(f"{self.title} only receives")

    async def prepare(self, message: OutboundMessage, host: Host) -> OutboundMessage:
        """Make a message that passed ``check`` ready for ``render``; called before every attempt.

        A channel whose platform wants files uploaded before they are sent does so here and
        returns the message with the platform's ids in place of ours.

        Raises:
            PlatformFailure: It cannot be made ready, now or ever.
        """
        del host
        return message

    async def deliver(self, call: Call, host: Host) -> Answer:
        """Make one of the calls ``render`` gave, and return what the platform answered.

        Raises:
            Temporary: It was never sent.
            InDoubt: It was sent and there is no answer.
            NotCarried: This channel only receives (by default).
        """
        del call, host
        raise NotCarried(f"{self.title} only receives")

    async def run(self, host: Host) -> None:
        """Do what one process at a time must do for this account, until cancelled.

        Called where the account is owned, and again when this returned or raised and a while has
        passed; a clean return means that there is nothing (more) to do. Nothing by default.
        """
        del host

    async def noticed(self, event: Event, host: Host) -> None:
        """Act on what happened: to this account, its templates or its number, or as ``watches`` says.

        Called after an event of this account is safe, perhaps twice and in no order: of a type
        in ``watches``, or a ``choice`` with a ``query_id`` (a tap that wants an answer). All
        accounts wait for its return: what takes long goes on in the background. Nothing by
        default.
        """
        del event, host

    def routes(self, host: Host) -> Sequence[Route]:
        """Return the paths of the public listener that this account answers itself."""
        del host
        return ()

    async def close(self) -> None:
        """Let go of connections that would stay open for long; called when the daemon stops."""

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
