"""Hands what platforms said of accounts, templates and numbers to the account's own channel."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final

import structlog

from gateway.channel.channel import Channel
from gateway.channel.host import Host
from gateway.model.event import Event
from gateway.telemetry import logs

log = structlog.get_logger(__name__)

MOST_WAITING: Final = 10_000
"""What is left out is found when the channel asks its platform the next time."""


class Notices:
    """Waits for such events and hands them over, one after the other.

    Args:
        channels: By the account's id.
        hosts: What each works with, by the account's id.
    """

    def __init__(self, channels: Mapping[str, Channel[Any]], hosts: Mapping[str, Host]) -> None:
        self._channels = channels
        self._hosts = hosts
        self._waiting: asyncio.Queue[Event] = asyncio.Queue(MOST_WAITING)

    def add(self, events: Sequence[Event]) -> None:
        """Take events that are safe; never waits."""
        for event in events:
            if event.account in self._channels and not self._waiting.full():
                self._waiting.put_nowait(event)

    async def run(self) -> None:
        """Hand over, until cancelled."""
        while True:
            event = await self._waiting.get()
            try:
                await self._channels[event.account].noticed(event, self._hosts[event.account])
            except Exception as error:  # noqa: BLE001 - one account's trouble is not the others'
                log.warning(
                    logs.NOTICE_NOT_ACTED_ON,
                    account=event.account,
                    type=type(event).__struct_config__.tag,
                    reason=f"{type(error).__name__}: {error}",
                )
