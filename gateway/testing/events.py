"""Ready events for tests of consumers and of the gateway itself."""

from __future__ import annotations

from typing import Final

from gateway.model.contact import Address, Contact
from gateway.model.content import InboundContent, Text
from gateway.model.event import MessageReceived, MessageStatus
from gateway.model.identity import event_id
from gateway.model.message import Message
from gateway.model.status import Status, StatusName

CHANNEL: Final = "whatsapp"


def contact(number: int) -> Contact:
    """Return a contact with a business-scoped id and a phone number, different by ``number``."""
    user, phone = f"PT.{number:020d}", f"351{number:09d}"
    return Contact(
        id=user,
        addresses=(
            Address(kind="business_scoped", value=user),
            Address(kind="phone", value=phone),
        ),
        name=f"Contact {number}",
        country="PT",
    )


def received(
    number: int,
    *,
    at: int,
    account: str = "wa-main",
    contact_number: int | None = None,
    content: InboundContent | None = None,
) -> MessageReceived:
    """Return message ``number`` of a contact, written at ``at`` (milliseconds since 1970).

    Args:
        number: Tells messages apart.
        at: When it was written; part of its id.
        account: Who got it.
        contact_number: Who wrote it; one contact per message unless given.
        content: A text that names the number unless given.
    """
    platform_id = f"wamid.{number}"
    made = event_id(at, account, "message.received", platform_id)
    return MessageReceived(
        id=made,
        at=at,
        channel=CHANNEL,
        account=account,
        contact=contact(number if contact_number is None else contact_number),
        message=Message(
            id=made,
            platform_id=platform_id,
            timestamp=at,
            content=content or Text(text=f"message {number}"),
        ),
    )


def status(number: int, name: StatusName, *, at: int, account: str = "wa-main") -> MessageStatus:
    """Return a step of outbound message ``number``."""
    platform_id = f"wamid.out.{number}"
    return MessageStatus(
        id=event_id(at, account, name, platform_id),
        at=at,
        channel=CHANNEL,
        account=account,
        contact=contact(number),
        status=Status(status=name, timestamp=at, platform_id=platform_id),
    )
