"""Who a visitor is: a random id of ours, or the id that the host site vouches for."""

from __future__ import annotations

import re
import secrets
from hashlib import blake2b
from typing import Final

import msgspec

from gateway.api import Address, Contact

_ANONYMOUS: Final = re.compile(r"v-[0-9a-f]{32}")


class Visitor(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A visitor, as the server knows them when something comes from them.

    Attributes:
        id: ``v-`` and 32 hexadecimal digits, or the host site's own id.
        verified: Whether the host site vouches for the id and what is told with it.
        name: As they or the host site wrote it.
        email: From the identity token only.
        phone: From the identity token only; digits with country code.
        language: BCP 47, of the page.
        attributes: What they filled in before the chat, and what the token tells beside.
        asked: They filled in the form.
    """

    id: str
    verified: bool = False
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    language: str | None = None
    attributes: dict[str, str] = {}
    asked: bool = False


def new_id() -> str:
    """Draw the id of an anonymous visitor."""
    return f"v-{secrets.token_hex(16)}"


def is_anonymous(visitor_id: str) -> bool:
    """Whether an id is one of ours; nobody else's may look like it."""
    return _ANONYMOUS.fullmatch(visitor_id) is not None


def log_of(account: str, visitor_id: str) -> str:
    """Return the name of a visitor's chat log; it also begins the ids of their messages.

    A digest: ids of host sites may be email addresses, which belong into no key.
    """
    told = f"{account}\0{visitor_id}".encode("utf-8", "replace")
    return blake2b(told, digest_size=10).hexdigest()


def contact(visitor: Visitor) -> Contact:
    """Return the contact of a visitor's events."""
    addresses = [Address(kind="external" if visitor.verified else "visitor", value=visitor.id)]
    if visitor.verified and visitor.email:
        addresses.append(Address(kind="email", value=visitor.email))
    if visitor.verified and visitor.phone:
        addresses.append(Address(kind="phone", value=visitor.phone))
    return Contact(
        id=visitor.id,
        addresses=tuple(addresses),
        name=visitor.name,
        language=visitor.language,
        attributes=visitor.attributes,
    )
