"""What stands in a lane for a message: all that is needed to give it its turn."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import msgspec

from gateway.edge.entry import window_places
from gateway.model.contact import Address
from gateway.model.identity import contact_digest
from gateway.model.outbound import OutboundMessage
from gateway.model.outbound_content import Read, Typing
from gateway.policy.phone import canonical, variants


class Ticket(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A message's place in a lane; the message itself is fetched when its turn comes.

    Attributes:
        id: Of the message.
        contact: Digest of whom it goes to: the order of messages is kept for each.
        kind: Of its content; limits may count only some.
        places: Where its contact's window is kept; empty when it needs none.
        group: It goes to a group.
        expires_at: Milliseconds since 1970.
        opener: It is a template that was sent for held messages.
        recipient: Kind of the recipient; limits may count only some.
    """

    id: str
    contact: str
    kind: str
    places: bytes = b""
    group: bool = False
    expires_at: int | None = None
    opener: bool = False
    recipient: str = ""


_encoder: Final = msgspec.msgpack.Encoder()
_decoder: Final = msgspec.msgpack.Decoder(Ticket)
encode: Final = _encoder.encode
decode: Final = _decoder.decode


@lru_cache(maxsize=1 << 14)
def contact_of(account: str, address: str) -> str:
    """Return the digest of a contact by one of its addresses; every form of a number has the same."""
    # A minus sign is no separator: Telegram's groups have it.
    known = address if address.startswith("-") else canonical(address)
    return contact_digest(account, known).hex()


def recipient_of(message: OutboundMessage) -> str:
    """Return the digest of whoever a message goes to, a contact or a group."""
    if message.to_group is not None:
        return contact_digest(message.account, f"group\0{message.to_group}").hex()
    if message.to is None and isinstance(message.content, Read | Typing):
        # They may name the message alone; and must not wait for what is shown to everybody else.
        return contact_digest(message.account, f"message\0{message.content.to}").hex()
    return contact_of(message.account, message.to or "")


@lru_cache(maxsize=1 << 14)
def places_of(account: str, address: str) -> bytes:
    """Return where a contact's window is kept, under every form of an address.

    For each form 4 digits of bucket and 8 bytes of field, as ``gateway/edge/entry.py`` has them.
    """
    forms = dict.fromkeys((address, *variants(address)))
    addresses = tuple([Address(kind="external", value=each) for each in forms])
    return window_places(account, addresses)[1:]  # without their number
