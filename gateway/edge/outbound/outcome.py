"""What became of messages: kept, told on the stream and counted, whatever Redis does meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final, Literal, TypeVar

import msgspec

from gateway.bus import keys
from gateway.channel.outbound import Receipt
from gateway.edge.outbound import suppression
from gateway.edge.outbound.errand import DONE, STOPPED, Ending, Errand, Later
from gateway.edge.outbound.ledger import Change, Ledger
from gateway.edge.outbound.news import News
from gateway.edge.outbound.suppression import SuppressionReason
from gateway.edge.outbound.ticket import contact_of
from gateway.errors import RedisUnavailable
from gateway.model.status import Failure
from gateway.telemetry.metrics import Metrics

T = TypeVar("T")

RETRY_SECONDS: Final = (0.05, 0.1, 0.25, 0.5, 1.0)
ALIAS_SECONDS: Final = 30 * 24 * 3600


class Outcomes:
    """Tells what became of one account's messages.

    Args:
        ledger: Takes the steps in Redis.
        channel: Type of the account's channel.
        account: Its id.
        metrics: What is counted.
        clock: Milliseconds since 1970.
        ticks: Nanoseconds that only go forward.
    """

    def __init__(
        self,
        ledger: Ledger,
        *,
        channel: str,
        account: str,
        metrics: Metrics,
        clock: Callable[[], int],
        ticks: Callable[[], int],
    ) -> None:
        self.news = News(channel, account)
        self._ledger = ledger
        self._account = account
        self._clock = clock
        self._ticks = ticks
        labels, own = (channel, account), metrics.outbound
        self._accepted = own.messages.labels(*labels, "accepted")
        self._failed = own.messages.labels(*labels, "failed")
        self._held = own.messages.labels(*labels, "held")
        self._retries = own.retries
        self._full = own.waits.labels(*labels, "reach")
        self._in_doubt = own.in_doubt
        self._closed = own.window_rejections.labels(*labels)
        self._seconds = own.call_seconds.labels(channel)
        self._labels = labels

    def called(self, errand: Errand) -> None:
        """Count a call that was taken."""
        self._seconds.observe((self._ticks() - errand.sent_at) / 1e9)

    def full(self) -> None:
        """Count a wait for room among the contacts written to first."""
        self._full.inc()

    def held(self) -> None:
        """Count a message that waits for its contact."""
        self._held.inc()

    def in_doubt(self, action: Literal["retry", "report"]) -> None:
        """Count a message of which nobody knows whether it was sent."""
        self._in_doubt.labels(*self._labels, action).inc()

    async def part(self, errand: Errand, receipt: Receipt) -> bool:
        """Keep that a part is out; returns whether the message is still ours."""
        ids = () if receipt.platform_id is None else (receipt.platform_id,)
        return await self._settled(
            Change(
                id=errand.ticket.id,
                expected=errand.expected,
                what="p",
                progress=errand.progress,
                platform_ids=ids,
            )
        )

    async def accepted(self, errand: Errand) -> None:
        """Keep and tell that the platform took a message."""
        progress, message_id = errand.progress, errand.ticket.id
        if errand.ticket.opener:
            await self._learn(errand)
        told = self.news.accepted(
            message_id,
            errand.message,
            progress,
            errand.addresses,
            kept_back=errand.kept_back,
        )
        kept = await self._settled(
            Change(
                id=message_id,
                expected=errand.expected,
                what="d",
                arg="accepted",
                progress=progress,
                platform_ids=told.message.platform_ids,
                event=told,
                contact=errand.contact,
                opener=errand.ticket.opener,
                expires=errand.ticket.expires_at is not None,
                marketing=errand.marketing,
            )
        )
        if kept:
            self._accepted.inc()

    async def again(self, errand: Errand, wait: int, *, why: str) -> Ending:
        """Keep that a message is to be tried again after some milliseconds."""
        self._retries.labels(*self._labels, why).inc()
        return await self.later(errand, wait)

    async def later(self, errand: Errand, wait: int) -> Ending:
        """Keep that a message goes on after some milliseconds, as far as it is."""
        due = self._ticks() + wait * 1_000_000
        kept = await self._settled(
            Change(
                id=errand.ticket.id,
                expected=errand.expected,
                what="l",
                arg=self._clock() + wait,
                progress=errand.progress,
            )
        )
        left = max(0, due - self._ticks()) // 1_000_000
        return Later(left, due=True) if kept else STOPPED

    async def failed(
        self, errand: Errand, failure: Failure, *, suppress: SuppressionReason | None = None
    ) -> Ending:
        """Keep and tell that a message will not arrive."""
        now, message_id = self._clock(), errand.ticket.id
        progress = msgspec.structs.replace(errand.progress, updated_at=now, failure=failure)
        if suppress is not None:
            wire, contact = self._ledger.wire, errand.ticket.contact
            await _surely(lambda: suppression.add(wire, contact, suppress, now=now))
        kept = await self._settled(
            Change(
                id=message_id,
                expected=errand.expected,
                what="d",
                arg="failed",
                progress=progress,
                event=self.news.failed(message_id, errand.message, progress, failure),
                contact=errand.contact,
                dead=True,
                opener=errand.ticket.opener,
                expires=errand.ticket.expires_at is not None,
            )
        )
        if kept:
            self._failed.inc()
            if failure.reason == "window_closed":
                self._closed.inc()
        return DONE

    async def _learn(self, errand: Errand) -> None:
        """Remember the contact's other addresses: the answer may come from one of them."""
        wire, contact = self._ledger.wire, errand.ticket.contact
        for each in errand.addresses:
            other = contact_of(self._account, each.value)
            if other != contact:
                key = keys.alias(wire.partition, other)
                await _surely(partial(wire.call, b"SET", key, contact, "EX", ALIAS_SECONDS))

    async def _settled(self, change: Change) -> bool:
        """Keep a change; returns whether the message was still ours."""
        try:
            return bool(await self._ledger.settle(change))
        except RedisUnavailable:
            return bool(await _surely(lambda: self._ledger.settle(change)))


async def _surely(step: Callable[[], Awaitable[T]]) -> T:
    """Take a step however long Redis is away: what the platform answered is known here alone.

    What follows from an answer is done before the message's own end is kept, never after it:
    whoever finds the message then does the rest again.
    """
    tries = 0
    while True:
        try:
            return await step()
        except RedisUnavailable:
            await asyncio.sleep(RETRY_SECONDS[min(tries, len(RETRY_SECONDS) - 1)])
            tries += 1
