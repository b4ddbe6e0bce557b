"""How platforms deliver webhooks: in parallel, more than once, again until they get their 200.

What all simulated platforms share. A platform makes a ``Webhook`` (signed bytes and the ids in
it), the ``WebhookSender`` posts it as often as its ``RetrySchedule`` says, the ``Ledger`` keeps
what was posted and what was answered.
"""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final, TypeAlias

import aiohttp
import msgspec

from gateway.testing.errands import Errands

CONFIRMED: Final = 200
"""The one answer that ends a delivery; 201, 204 and redirects count as failures."""

Clock: TypeAlias = Callable[[], float]
"""Seconds since 1970."""


class Webhook(msgspec.Struct, frozen=True, kw_only=True):
    """A request as it goes over the wire.

    Attributes:
        body: The signed bytes.
        headers: With the signature.
        ids: What the body carries: ids of messages; of a status its message's id, a colon and
            the status.
    """

    body: bytes
    headers: Mapping[str, str] = MappingProxyType({})
    ids: tuple[str, ...] = ()


class RetrySchedule(msgspec.Struct, frozen=True, kw_only=True):
    """When a webhook without a 200 is posted again: at once, then ever more rarely, then never.

    Platforms publish this shape and how long they go on; the numbers between are ours.

    Attributes:
        first_wait: Before the second retry (the first comes at once); each later wait is
            ``growth`` times the one before it, up to ``longest_wait``.
        gives_up_after: No retry starts later than this.
        scale: Real seconds per second of all these, so that a week takes seconds in a test.

    Source: Meta's webhook pages, October 2026: "immediately", then "with decreasing frequency"
    for 7 days.
    """

    first_wait: timedelta = timedelta(seconds=5)
    growth: float = 2.0
    longest_wait: timedelta = timedelta(hours=1)
    gives_up_after: timedelta = timedelta(days=7)
    scale: float = 1.0

    def waits(self) -> Iterator[float]:
        """Yield the real seconds to wait before each retry."""
        yield 0.0
        wait, passed = self.first_wait, timedelta()
        while (passed := passed + wait) <= self.gives_up_after:
            yield wait.total_seconds() * self.scale
            wait = min(wait * self.growth, self.longest_wait)


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One request and what came of it.

    Attributes:
        posted_at: Seconds since 1970.
        answered_at: Seconds since 1970.
        status: Of the answer; None where there was none.
        error: Why there was none.
        copy: Which of the parallel deliveries it belongs to, counted from 0.
    """

    posted_at: float
    answered_at: float
    status: int | None
    error: str | None = None
    copy: int = 0


class Delivery:
    """A webhook on its way, and every attempt so far.

    Attributes:
        webhook: What is delivered.
        url: Where to.
        attempts: In the order of their answers.
    """

    def __init__(self, webhook: Webhook, url: str) -> None:
        self.webhook = webhook
        self.url = url
        self.attempts: list[Attempt] = []

    @property
    def confirmed(self) -> bool:
        """Whether any attempt was answered 200."""
        return any(each.status == CONFIRMED for each in self.attempts)

    @property
    def statuses(self) -> list[int | None]:
        """Every answer, in order; None for an attempt without one."""
        return [each.status for each in self.attempts]


class Ledger:
    """Everything that was posted and answered, in the order of posting."""

    def __init__(self) -> None:
        self.deliveries: list[Delivery] = []

    def posted_ids(self) -> set[str]:
        """Return the ids of everything posted, answered or not."""
        return {each for delivery in self.deliveries for each in delivery.webhook.ids}

    def confirmed_ids(self) -> set[str]:
        """Return the ids ever answered 200: none of these may be missing on the stream."""
        return {
            each
            for delivery in self.deliveries
            if delivery.confirmed
            for each in delivery.webhook.ids
        }

    def statuses(self) -> Counter[int | None]:
        """Count the answers by status; None counts attempts without an answer."""
        return Counter(
            attempt.status for delivery in self.deliveries for attempt in delivery.attempts
        )


class WebhookSender(Errands):
    """Posts webhooks as a platform does.

    Args:
        http: Session to post with; its connection limit is how many go in parallel.
        schedule: When to post again.
        clock: For the ledger.
        timeout: After which an attempt counts as unanswered.
    """

    def __init__(
        self,
        http: aiohttp.ClientSession,
        *,
        schedule: RetrySchedule,
        clock: Clock,
        timeout: timedelta = timedelta(seconds=20),
    ) -> None:
        super().__init__()
        self.ledger = Ledger()
        self._http = http
        self._schedule = schedule
        self._clock = clock
        self._timeout = aiohttp.ClientTimeout(total=timeout.total_seconds())

    async def deliver(self, webhook: Webhook, url: str, *, copies: int = 1) -> Delivery:
        """Post until every copy is answered 200 or given up."""
        delivery = Delivery(webhook, url)
        self.ledger.deliveries.append(delivery)
        await asyncio.gather(*(self._carry(delivery, copy) for copy in range(copies)))
        return delivery

    def start(self, webhook: Webhook, url: str, *, copies: int = 1) -> Delivery:
        """Begin to deliver in the background; ``settled`` waits for the end."""
        delivery = Delivery(webhook, url)
        self.ledger.deliveries.append(delivery)
        for copy in range(copies):
            self.begin(self._carry(delivery, copy))
        return delivery

    async def _carry(self, delivery: Delivery, copy: int) -> None:
        for wait in itertools.chain((None,), self._schedule.waits()):
            if wait is not None:
                await asyncio.sleep(wait)
            attempt = await self.attempt(delivery.webhook, delivery.url, copy=copy)
            delivery.attempts.append(attempt)
            if attempt.status == CONFIRMED:
                return

    async def attempt(self, webhook: Webhook, url: str, *, copy: int = 0) -> Attempt:
        """Post once, whatever the answer; the ledger does not know of it."""
        posted_at = self._clock()
        status, error = None, None
        try:
            async with self._http.post(
                url,
                data=webhook.body,
                headers=webhook.headers,
                allow_redirects=False,
                timeout=self._timeout,
            ) as answer:
                await answer.read()
                status = answer.status
        except (aiohttp.ClientError, TimeoutError, OSError) as failure:
            error = f"{type(failure).__name__}: {failure}"
        return Attempt(
            posted_at=posted_at,
            answered_at=self._clock(),
            status=status,
            error=error,
            copy=copy,
        )
