"""The events on the streams: one closed union, told apart by ``type``.

Every event has the same head (see ``EventHead``) and one part named after what it is about.
Consumers read them from ``relevo:{NN}:events``; plugins make them in ``inbound.py``.
"""

from __future__ import annotations

from typing import Final, TypeAlias, get_args

import msgspec

from gateway.model.contact import Contact
from gateway.model.media import FailedMedia, StoredMedia
from gateway.model.message import (
    Deletion,
    Echo,
    Imported,
    Message,
    OutboundReference,
    Referral,
)
from gateway.model.notice import (
    AccountChange,
    Alert,
    Consent,
    ContactChange,
    Conversation,
    Notice,
    TemplateChange,
    Window,
)
from gateway.model.status import Failure, Status
from gateway.model.value import Value

WIRE_VERSION = 1
"""Grows only when a reader of the old form would go wrong."""


def _wire_version() -> int:
    return WIRE_VERSION


class EventHead(Value, frozen=True, kw_only=True, tag_field="type"):
    """What every event tells.

    Attributes:
        id: Unique and sortable; the same for every delivery of the same thing. See
            ``gateway.model.identity``.
        at: Milliseconds since 1970, when the gateway took it.
        channel: Type of the channel.
        account: Id of the account.
        v: Version of the wire form.
    """

    id: str
    at: int
    channel: str
    account: str
    # A factory, because plain defaults are left out on the wire and this must be there.
    v: int = msgspec.field(default_factory=_wire_version)


class MessageReceived(EventHead, frozen=True, kw_only=True, tag="message.received"):
    """A contact wrote, tapped, chose, ordered, reacted or answered a form."""

    contact: Contact
    message: Message


class MessageEdited(EventHead, frozen=True, kw_only=True, tag="message.edited"):
    """A contact changed a message; ``message`` is its new form, ``platform_id`` the old one's."""

    contact: Contact
    message: Message


class MessageDeleted(EventHead, frozen=True, kw_only=True, tag="message.deleted"):
    """A message was withdrawn."""

    contact: Contact
    deletion: Deletion


class MessageEchoed(EventHead, frozen=True, kw_only=True, tag="message.echoed"):
    """Our side wrote elsewhere: in the phone app, in the page's inbox.

    Attributes:
        own: It was sent through this gateway, and is no news. An echo that overtakes the answer to
            its message is not known as such.
    """

    contact: Contact
    message: Echo
    # Last and always written: the commit script turns this one byte on when it knows better.
    own: bool = msgspec.field(default_factory=bool)


class MessageImported(EventHead, frozen=True, kw_only=True, tag="message.imported"):
    """A message from before we were connected; nobody may answer it by mistake."""

    contact: Contact
    message: Imported


class MessageAccepted(EventHead, frozen=True, kw_only=True, tag="message.accepted"):
    """The platform took an outbound message.

    Attributes:
        kept_back: The platform waits with it until it has seen how such messages are received, and
            may still refuse it; a status tells.
    """

    contact: Contact
    message: OutboundReference
    kept_back: bool = False


class MessageHeld(EventHead, frozen=True, kw_only=True, tag="message.held"):
    """An outbound message waits for the contact to open the window."""

    contact: Contact
    message: OutboundReference


class MessageStatus(EventHead, frozen=True, kw_only=True, tag="message.status"):
    """An outbound message went a step further.

    Attributes:
        late: A later step was known already; this one changes nothing.
    """

    contact: Contact
    status: Status
    # Last and always written: the commit script turns this one byte on when it knows better.
    late: bool = msgspec.field(default_factory=bool)


class MessageFailed(EventHead, frozen=True, kw_only=True, tag="message.failed"):
    """An outbound message will not arrive, as decided on our side."""

    contact: Contact
    message: OutboundReference
    failure: Failure


class MediaStored(EventHead, frozen=True, kw_only=True, tag="message.media_stored"):
    """A file of a message is here."""

    contact: Contact
    platform_id: str
    """Of the message."""
    message_id: str
    media: StoredMedia


class MediaFailed(EventHead, frozen=True, kw_only=True, tag="message.media_failed"):
    """A file of a message could not be had; the message stands."""

    contact: Contact
    platform_id: str
    """Of the message."""
    message_id: str
    media: FailedMedia


class ContactReferred(EventHead, frozen=True, kw_only=True, tag="contact.referred"):
    """A contact came through a link or an ad without writing."""

    contact: Contact
    referral: Referral


class ContactUpdated(EventHead, frozen=True, kw_only=True, tag="contact.updated"):
    """A number, id, name or membership changed."""

    contact: Contact
    change: ContactChange


class ContactOptedOut(EventHead, frozen=True, kw_only=True, tag="contact.opted_out"):
    """A contact does not want any more."""

    contact: Contact
    consent: Consent


class ContactOptedIn(EventHead, frozen=True, kw_only=True, tag="contact.opted_in"):
    """A contact asks for it."""

    contact: Contact
    consent: Consent


class ContactBlocked(EventHead, frozen=True, kw_only=True, tag="contact.blocked"):
    """A contact shut us out: nothing reaches them."""

    contact: Contact
    timestamp: int


class ContactUnblocked(EventHead, frozen=True, kw_only=True, tag="contact.unblocked"):
    """A contact let us in again."""

    contact: Contact
    timestamp: int


class ContactTyping(EventHead, frozen=True, kw_only=True, tag="contact.typing"):
    """A contact is writing (web chat)."""

    contact: Contact
    typing: bool


class WindowOpened(EventHead, frozen=True, kw_only=True, tag="window.opened"):
    """Free-form replies are allowed again; only when they were not before."""

    contact: Contact
    window: Window


class TemplateUpdated(EventHead, frozen=True, kw_only=True, tag="template.updated"):
    """A message template's status, quality, category or text changed."""

    template: TemplateChange


class AccountUpdated(EventHead, frozen=True, kw_only=True, tag="account.updated"):
    """Quality, limits, name or settings of an account changed."""

    change: AccountChange


class AccountAlert(EventHead, frozen=True, kw_only=True, tag="account.alert"):
    """An operator should look: a ban, a violation, token trouble."""

    alert: Alert


class PlatformNotice(EventHead, frozen=True, kw_only=True, tag="platform.notice"):
    """Anything the platform sent that we do not model; never dropped, never an error."""

    notice: Notice
    contact: Contact | None = None


class ConversationOpened(EventHead, frozen=True, kw_only=True, tag="conversation.opened"):
    """The desk opened a conversation."""

    contact: Contact
    conversation: Conversation


class ConversationQueued(EventHead, frozen=True, kw_only=True, tag="conversation.queued"):
    """A conversation waits in a team's inbox."""

    contact: Contact
    conversation: Conversation


class ConversationAssigned(EventHead, frozen=True, kw_only=True, tag="conversation.assigned"):
    """An agent got a conversation."""

    contact: Contact
    conversation: Conversation


class ConversationTransferred(EventHead, frozen=True, kw_only=True, tag="conversation.transferred"):
    """A conversation moved to another agent or team."""

    contact: Contact
    conversation: Conversation


class ConversationPaused(EventHead, frozen=True, kw_only=True, tag="conversation.paused"):
    """A conversation rests."""

    contact: Contact
    conversation: Conversation


class ConversationResumed(EventHead, frozen=True, kw_only=True, tag="conversation.resumed"):
    """A conversation goes on."""

    contact: Contact
    conversation: Conversation


class ConversationClosed(EventHead, frozen=True, kw_only=True, tag="conversation.closed"):
    """A conversation is over."""

    contact: Contact
    conversation: Conversation


MessageEvent: TypeAlias = (
    MessageReceived
    | MessageEdited
    | MessageDeleted
    | MessageEchoed
    | MessageImported
    | MessageAccepted
    | MessageHeld
    | MessageStatus
    | MessageFailed
    | MediaStored
    | MediaFailed
)

ContactEvent: TypeAlias = (
    ContactReferred
    | ContactUpdated
    | ContactOptedOut
    | ContactOptedIn
    | ContactBlocked
    | ContactUnblocked
    | ContactTyping
    | WindowOpened
)

PlatformEvent: TypeAlias = TemplateUpdated | AccountUpdated | AccountAlert | PlatformNotice

ConversationEvent: TypeAlias = (
    ConversationOpened
    | ConversationQueued
    | ConversationAssigned
    | ConversationTransferred
    | ConversationPaused
    | ConversationResumed
    | ConversationClosed
)

Event: TypeAlias = MessageEvent | ContactEvent | PlatformEvent | ConversationEvent


_TYPES: Final = {each: str(each.__struct_config__.tag) for each in get_args(Event)}


def type_of(event: Event) -> str:
    """Return the event's ``type`` as it stands on the wire."""
    return _TYPES[type(event)]
