"""What the fields beside ``messages`` post, in the platform's words."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import msgspec
from msgspec import Meta, field

from gateway_whatsapp.payloads import Error, Time, Wire
from gateway_whatsapp.wire import Metadata

Count: TypeAlias = Annotated[int, Meta(ge=0, le=1 << 31)]
"""A small whole number, which travels on any wire."""


class BusinessInfo(Wire, frozen=True):
    """Which WhatsApp Business Account a partner event is about."""

    waba_id: str = ""


class Owner(Wire, frozen=True):
    """The parts of any value that say which number or business it is about."""

    metadata: Metadata | None = None
    recipient: Metadata | None = None
    display_phone_number: str | None = None
    phone_number: str | None = None
    waba_info: BusinessInfo | None = None


class Identified(Wire, frozen=True):
    """Any item with an id."""

    id: str = ""


class ChunkMetadata(Wire, frozen=True):
    """How far the import of a history has come."""

    phase: Count | None = None
    progress: Count | None = None


class Thread(Wire, frozen=True):
    """One conversation of a history; ``id`` is the contact's number or user id."""

    id: str
    messages: tuple[msgspec.Raw, ...] = ()


class Chunk(Wire, frozen=True):
    """One of ``history[]``."""

    metadata: ChunkMetadata = ChunkMetadata()
    threads: tuple[Thread, ...] = ()
    errors: tuple[Error, ...] = ()


class BookContact(Wire, frozen=True):
    """A line of the business app's address book."""

    phone_number: str | None = None
    user_id: str | None = None
    full_name: str | None = None
    first_name: str | None = None


class BookMetadata(Wire, frozen=True):
    """When a line of the address book changed."""

    timestamp: Time | None = None


class BookEntry(Wire, frozen=True):
    """One of ``state_sync[]``."""

    contact: BookContact | None = None
    action: str | None = None
    metadata: BookMetadata | None = None


class Preference(Wire, frozen=True):
    """One of ``user_preferences[]``."""

    value: str
    category: str = ""
    wa_id: str | None = None
    user_id: str | None = None
    parent_user_id: str | None = None
    detail: str | None = None
    timestamp: Time = 0


class Renewed(Wire, frozen=True):
    """An id before and after."""

    current: str | None = None
    previous: str | None = None


class IdUpdate(Wire, frozen=True):
    """One of ``user_id_update[]``."""

    wa_id: str | None = None
    user_id: Renewed | None = None
    parent_user_id: Renewed | None = None
    detail: str | None = None
    timestamp: Time = 0


class Call(Wire, frozen=True):
    """One of ``calls[]``."""

    id: str
    event: str
    timestamp: Time = 0
    direction: str | None = None
    sender: str | None = field(name="from", default=None)
    from_user_id: str | None = None
    from_parent_user_id: str | None = None
    to: str | None = None
    to_user_id: str | None = None
    to_parent_user_id: str | None = None


class CallStatus(Wire, frozen=True):
    """One of ``statuses[]`` of field ``calls``."""

    id: str
    status: str
    timestamp: Time = 0
    recipient_id: str | None = None
    recipient_user_id: str | None = None
    recipient_parent_user_id: str | None = None


class GroupUpdate(Wire, frozen=True):
    """One of ``groups[]``; what else it holds depends on its type."""

    type: str = ""
    timestamp: Time = 0
