"""What every event tells, whatever it is about."""

from __future__ import annotations

import msgspec

from gateway.model.contact import Contact
from gateway.model.notice import Conversation
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


class ContactHead(EventHead, frozen=True, kw_only=True):
    """What every event about a contact tells.

    Attributes:
        contact: Who wrote, or is written to; in a group the one member it is about.
    """

    contact: Contact


class ConversationHead(ContactHead, frozen=True, kw_only=True):
    """What every event about a conversation of the desk tells.

    Attributes:
        conversation: How it is from now on.
    """

    conversation: Conversation
