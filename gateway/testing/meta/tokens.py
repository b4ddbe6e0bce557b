"""Tokens of accounts that log in with Instagram: they end after 60 days and can be renewed.

Source: Meta, Instagram Platform, "Refresh Access Token".
"""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any, Final

from gateway.testing.delivery import Clock
from gateway.testing.meta import ids
from gateway.testing.meta.account import Business
from gateway.testing.meta.errors import SendRefused, invalid

LIFE: Final = timedelta(days=60)
YOUNGEST: Final = timedelta(hours=24)
"""A younger one is not renewed."""


class Tokens:
    """Every token that was handed out by renewing another.

    Args:
        random: For new ones.
        clock: They end by it.

    Attributes:
        renewed: The new tokens, in order.
    """

    def __init__(self, *, random: Random, clock: Clock) -> None:
        self.renewed: list[str] = []
        self._random = random
        self._clock = clock
        self._since: dict[str, tuple[Business, float]] = {}

    def opens(self, token: str, business: Business) -> bool:
        """Whether a token is one of an account's, ended or not."""
        return token == business.access_token or self._since.get(token, (None, 0))[0] is business

    def check(self, token: str, business: Business) -> None:
        """Refuse a token whose time is over.

        Raises:
            SendRefused: 190 with 463.
        """
        since = self._begun(token, business)
        if since is not None and self._clock() >= since + LIFE.total_seconds():
            raise SendRefused(190, 463)

    def renew(self, token: str, business: Business, grant_type: str) -> dict[str, Any]:
        """Answer ``GET /refresh_access_token``.

        Raises:
            SendRefused: 100 for another kind of token or of grant, or a token too young.
        """
        if business.login != "instagram" or grant_type != "ig_refresh_token":
            raise invalid("grant_type must be ig_refresh_token, for a token of Instagram Login")
        since = self._begun(token, business)
        if since is not None and self._clock() < since + YOUNGEST.total_seconds():
            raise invalid("The access token must be at least 24 hours old")
        new = f"IGAA{ids.token(self._random, 40)}"
        self._since[new] = (business, self._clock())
        self.renewed.append(new)
        seconds = int(LIFE.total_seconds())
        return {"access_token": new, "token_type": "bearer", "expires_in": seconds}

    def _begun(self, token: str, business: Business) -> float | None:
        if token == business.access_token:
            return business.token_since
        return self._since[token][1]
