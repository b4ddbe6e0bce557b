"""What one process does for an account: it asks the platform how things are."""

from __future__ import annotations

import asyncio
from typing import Final

from gateway.api import (
    AccountAlert,
    AccountUpdated,
    Event,
    Host,
    PlatformFailure,
    TemplateUpdated,
)
from gateway_whatsapp.numbers import WhatsAppNumber
from gateway_whatsapp.shelf import WhatsAppTemplates

HEALTH_SECONDS: Final = 300.0
TEMPLATES_EVERY: Final = 6
"""Rounds: half an hour; webhooks tell of changes meanwhile."""
ALERTS_SECONDS: Final = 30.0
_OF_THE_NUMBER: Final = frozenset(
    {"quality", "limit", "throughput", "name", "status", "review", "settings"}
)


class Duties:
    """Keeps what is known of an account true.

    Meta lets an app make 5 000 such calls an hour for one business account; these are about 50.

    Args:
        templates: The account's.
        number: The account's.
    """

    def __init__(self, templates: WhatsAppTemplates, number: WhatsAppNumber) -> None:
        self._templates = templates
        self._number = number
        self._checked_at = float("-inf")

    async def run(self, host: Host) -> None:
        """Ask again and again; see ``Channel.run``."""
        synced_in = 0
        while True:
            await self._number.check(host)
            if synced_in <= 0:
                synced_in = TEMPLATES_EVERY if await self._sync(host) else 1
            synced_in -= 1
            await asyncio.sleep(HEALTH_SECONDS)

    async def _sync(self, host: Host) -> bool:
        try:
            await self._templates.sync(host)
        except PlatformFailure:  # what is wrong, the check of the number tells
            return False
        return True

    async def noticed(self, event: Event, host: Host) -> None:
        """Act on what a webhook said; see ``Channel.noticed``."""
        now = asyncio.get_running_loop().time()
        match event:
            case TemplateUpdated(template=change):
                await self._templates.changed(change, host)
            case AccountUpdated(change=change) if change.aspect in _OF_THE_NUMBER:
                await self._number.check(host)
            # While the platform throttles us, alerts may come by the hundred.
            case AccountAlert() if now - self._checked_at > ALERTS_SECONDS:
                self._checked_at = now
                await self._number.check(host)
            case _:
                return
