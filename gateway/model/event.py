"""The events on the streams: one closed union, told apart by ``type``.

Every event has the same head (see ``event_head``) and one part named after what it is about.
Consumers read them from ``relevo:{NN}:events``; plugins make them in ``inbound.py``.
"""

from __future__ import annotations

from typing import Final, TypeAlias, get_args

import msgspec

from gateway.model.contact import Contact
from gateway.model.event_head import ContactHead, ConversationHead, EventHead
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
    Notice,
    TemplateChange,
    Window,
)
from gateway.model.status import Failure, Status


class MessageReceived(ContactHead, frozen=True, kw_only=True, tag="message.received"):
    """A contact wrote, tapped, chose, ordered, reacted or answered a form.

    Attributes:
        message: What they sent.
    """

    message: Message


class MessageEdited(ContactHead, frozen=True, kw_only=True, tag="message.edited"):
    """A contact changed a message.

    Attributes:
        message: Its new form; ``platform_id`` is still that of the first.
    """

    message: Message


class MessageDeleted(ContactHead, frozen=True, kw_only=True, tag="message.deleted"):
    """A message was withdrawn.

    Attributes:
        deletion: Which message, and who withdrew it.
    """

    deletion: Deletion


class MessageEchoed(ContactHead, frozen=True, kw_only=True, tag="message.echoed"):
    """Our side wrote elsewhere: in the phone app, in the page's inbox.

    Attributes:
        message: What was written, and where.
        own: It was sent through this gateway, and is no news. An echo that overtakes the answer to
            its message is not known as such.
    """

    message: Echo
    # Last and always written: the commit script turns this one byte on when it knows better.
    own: bool = msgspec.field(default_factory=bool)


class MessageImported(ContactHead, frozen=True, kw_only=True, tag="message.imported"):
    """A message from before we were connected; nobody may answer it by mistake.

    Attributes:
        message: What was written then, by either side.
    """

    message: Imported


class MessageAccepted(ContactHead, frozen=True, kw_only=True, tag="message.accepted"):
    """The platform took an outbound message.

    Attributes:
        message: Which one, with the platform's ids of its parts.
        kept_back: The platform waits with it until it has seen how such messages are received, and
            may still refuse it; a status tells.
    """

    message: OutboundReference
    kept_back: bool = False


class MessageHeld(ContactHead, frozen=True, kw_only=True, tag="message.held"):
    """An outbound message waits for the contact to open the window.

    Attributes:
        message: Which one, and how long it waits.
    """

    message: OutboundReference


class MessageStatus(ContactHead, frozen=True, kw_only=True, tag="message.status"):
    """An outbound message went a step further.

    Attributes:
        status: The step, and of which message.
        late: A later step was known already; this one changes nothing.
    """

    status: Status
    # Last and always written: the commit script turns this one byte on when it knows better.
    late: bool = msgspec.field(default_factory=bool)


class MessageFailed(ContactHead, frozen=True, kw_only=True, tag="message.failed"):
    """An outbound message will not arrive, as decided on our side.

    Attributes:
        message: Which one.
        failure: Why, and what the platform said if it was asked.
    """

    message: OutboundReference
    failure: Failure


class MediaStored(ContactHead, frozen=True, kw_only=True, tag="message.media_stored"):
    """A file of a message is here.

    Attributes:
        platform_id: The platform's id of the message.
        message_id: Our id of the message: the event that first carried it.
        media: The file: which of the message's, and how to get it.
    """

    platform_id: str
    message_id: str
    media: StoredMedia


class MediaFailed(ContactHead, frozen=True, kw_only=True, tag="message.media_failed"):
    """A file of a message could not be had; the message stands.

    Attributes:
        platform_id: The platform's id of the message.
        message_id: Our id of the message: the event that first carried it.
        media: Which of the message's files, and why it could not be had.
    """

    platform_id: str
    message_id: str
    media: FailedMedia


class ContactReferred(ContactHead, frozen=True, kw_only=True, tag="contact.referred"):
    """A contact came through a link or an ad without writing.

    Attributes:
        referral: What brought them.
    """

    referral: Referral


class ContactUpdated(ContactHead, frozen=True, kw_only=True, tag="contact.updated"):
    """A number, id, name or membership changed.

    Attributes:
        change: What is new.
    """

    change: ContactChange


class ContactOptedOut(ContactHead, frozen=True, kw_only=True, tag="contact.opted_out"):
    """A contact does not want any more.

    Attributes:
        consent: What they do not want, and how they said so.
    """

    consent: Consent


class ContactOptedIn(ContactHead, frozen=True, kw_only=True, tag="contact.opted_in"):
    """A contact asks for it.

    Attributes:
        consent: What they ask for, and how they said so.
    """

    consent: Consent


class ContactBlocked(ContactHead, frozen=True, kw_only=True, tag="contact.blocked"):
    """A contact shut us out: nothing reaches them.

    Attributes:
        timestamp: Milliseconds since 1970, the platform's clock.
    """

    timestamp: int


class ContactUnblocked(ContactHead, frozen=True, kw_only=True, tag="contact.unblocked"):
    """A contact let us in again.

    Attributes:
        timestamp: Milliseconds since 1970, the platform's clock.
    """

    timestamp: int


class ContactTyping(ContactHead, frozen=True, kw_only=True, tag="contact.typing"):
    """A contact is writing (web chat).

    Attributes:
        typing: They began (true) or stopped (false).
    """

    typing: bool


class WindowOpened(ContactHead, frozen=True, kw_only=True, tag="window.opened"):
    """Free-form replies are allowed again; only when they were not before.

    Attributes:
        window: Since when, and until when.
    """

    window: Window


class TemplateUpdated(EventHead, frozen=True, kw_only=True, tag="template.updated"):
    """A message template's status, quality, category or text changed.

    Attributes:
        template: Which template, and what is new.
    """

    template: TemplateChange


class AccountUpdated(EventHead, frozen=True, kw_only=True, tag="account.updated"):
    """Quality, limits, name or settings of an account changed.

    Attributes:
        change: What is new.
    """

    change: AccountChange


class AccountAlert(EventHead, frozen=True, kw_only=True, tag="account.alert"):
    """An operator should look: a ban, a violation, token trouble.

    Attributes:
        alert: What is wrong, and how bad it is.
    """

    alert: Alert


class PlatformNotice(EventHead, frozen=True, kw_only=True, tag="platform.notice"):
    """Anything the platform sent that we do not model; never dropped, never an error.

    Attributes:
        notice: What was sent, and why it is not modelled.
        contact: Whom it is about, where that could be read.
    """

    notice: Notice
    contact: Contact | None = None


class ConversationOpened(ConversationHead, frozen=True, kw_only=True, tag="conversation.opened"):
    """The desk opened a conversation."""


class ConversationQueued(ConversationHead, frozen=True, kw_only=True, tag="conversation.queued"):
    """A conversation waits in a team's inbox."""


class ConversationAssigned(
    ConversationHead, frozen=True, kw_only=True, tag="conversation.assigned"
):
    """An agent got a conversation."""


class ConversationTransferred(
    ConversationHead, frozen=True, kw_only=True, tag="conversation.transferred"
):
    """A conversation moved to another agent or team."""


class ConversationPaused(ConversationHead, frozen=True, kw_only=True, tag="conversation.paused"):
    """A conversation rests."""


class ConversationResumed(ConversationHead, frozen=True, kw_only=True, tag="conversation.resumed"):
    """A conversation goes on."""


class ConversationClosed(ConversationHead, frozen=True, kw_only=True, tag="conversation.closed"):
    """A conversation is over."""


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
