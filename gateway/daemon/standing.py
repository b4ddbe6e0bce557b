"""Shows how accounts stand with their platforms: metrics, and a cause in ``/readyz``.

The platform is asked where an account is owned; every process shows what was found.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping
from typing import Final

import msgspec

from gateway.channel.administration import NumberDesk
from gateway.channel.host import Host
from gateway.daemon.health import ACCOUNT, Component, Health
from gateway.errors import StoreError
from gateway.model.account import AccountHealth
from gateway.telemetry.metrics import Metrics

EVERY_SECONDS: Final = 15.0
_UP: Final = {"up": 1.0, "degraded": 0.5, "down": 0.0}
_QUALITIES: Final = {"green": 3, "yellow": 2, "red": 1}


async def recalled(host: Host) -> AccountHealth | None:
    """Return what was last found of an account, or None when nothing is known.

    Raises:
        RedisUnavailable: It cannot be asked.
    """
    kept = await host.recall(NumberDesk.health_key)
    if kept is None:
        return None
    try:
        return msgspec.json.decode(kept, type=AccountHealth)
    except msgspec.DecodeError:  # of another version; the next check writes it anew
        return None


class Standing:
    """Looks at what was found of every account, where its channel asks its platform at all.

    Args:
        hosts: By the account's id.
        health: Where a cause is shown.
        metrics: Where numbers are shown.
    """

    def __init__(
        self,
        hosts: Mapping[str, Host],
        health: Health,
        metrics: Metrics,
    ) -> None:
        self._hosts = hosts
        self._health = health
        self._metrics = metrics
        self._told: set[str] = set()
        self._first: dict[str, float] = {}

    async def run(self) -> None:
        """Look every few seconds, until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(EVERY_SECONDS)

    async def look(self) -> None:
        """Look once; while Redis is away, what was shown stays."""
        for account, host in self._hosts.items():
            try:
                found = await recalled(host)
            except StoreError:
                return
            if found is not None:
                self._show(account, found)

    def _show(self, account: str, found: AccountHealth) -> None:
        labels = (found.channel, account)
        metrics = self._metrics
        if found.state != "unknown":
            metrics.account_up.labels(*labels).set(_UP[found.state])
            metrics.account_quality.labels(*labels).set(_QUALITIES.get(found.quality, 0))
            limit = math.inf if found.daily_contacts is None else found.daily_contacts
            metrics.account_daily_contacts.labels(*labels).set(limit)
            expires = found.token_expires_at
            metrics.account_token_expires.labels(*labels).set(
                math.inf if expires is None else expires / 1000
            )
        metrics.account_checked.labels(*labels).set(found.checked_at / 1000)
        self._tell(account, found)

    def _tell(self, account: str, found: AccountHealth) -> None:
        """Give the cause; what somebody else said of the account is left alone."""
        component = self._health.component(f"{ACCOUNT}{account}", essential=False)
        worst = next(iter(found.problems), None)
        if worst is not None and self._resumed(component, found):
            return
        if worst is not None:
            self._told.add(account)
            say = component.down if found.state == "down" else component.degraded
            say(worst.cause, f"{worst.explanation} {worst.remedy}".strip())
        elif account in self._told:
            self._told.discard(account)
            component.up()

    def _resumed(self, component: Component, found: AccountHealth) -> bool:
        """Whether the platform took a message after what was found: that is the newer word.

        An account that is up because nobody said anything yet was not resumed: what was found
        before this process began is all that is known.
        """
        since = component.condition.since
        first = self._first.setdefault(component.name, since)
        return component.condition.state == "up" and since != first and found.checked_at < since
