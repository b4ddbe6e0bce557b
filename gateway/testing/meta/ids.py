"""Ids in the platform's form, drawn from a given source of chance."""

from __future__ import annotations

import string
from random import Random

_LETTERS = string.ascii_letters + string.digits


def digits(random: Random, length: int = 16) -> str:
    """Return an id of digits that does not begin with 0."""
    return str(random.randrange(10 ** (length - 1), 10**length))


def token(random: Random, length: int = 40) -> str:
    """Return letters and digits."""
    return "".join(random.choices(_LETTERS, k=length))


def message_id(random: Random) -> str:
    """Return the id of a message."""
    return f"m_{token(random, 60)}"
