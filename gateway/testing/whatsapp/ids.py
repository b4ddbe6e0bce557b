"""Ids in the form the platform gives them, drawn from a seeded source."""

from __future__ import annotations

from base64 import b64encode
from random import Random
from typing import Final

_ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def message_id(random: Random, address: str, *, inbound: bool = True) -> str:
    """Return a new ``wamid.…``: as on the platform, base64 around the address and a random part.

    Receivers must take it as opaque; that it is long and has ``=`` at its end matters.
    """
    drawn = f"{random.getrandbits(80):020X}".encode()
    head = b"\x1c\x18" + bytes([len(address)]) + address.encode()
    middle = b"\x15\x02\x00" + (b"\x12\x18" if inbound else b"\x11\x18")
    return "wamid." + b64encode(head + middle + bytes([len(drawn)]) + drawn + b"\0").decode()


def user_id(random: Random, country: str) -> str:
    """Return a new business-scoped user id: the country, a dot and up to 128 characters."""
    return f"{country}.{random.randrange(10**19, 10**20)}"


def digits(random: Random, length: int = 16) -> str:
    """Return a new numeric id, as media, numbers and accounts have."""
    return str(random.randrange(10 ** (length - 1), 10**length))


def token(random: Random, length: int = 43) -> str:
    """Return a new opaque token, as flows and download addresses have."""
    return "".join(random.choices(_ALPHABET, k=length))
