"""What is looked after now and then in a partition: due and expired messages, rates, figures."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from gateway.bus import keys
from gateway.channel.host import Host
from gateway.edge.outbound import suppression
from gateway.edge.outbound.interruption import Interruption
from gateway.edge.outbound.ledger import Ledger
from gateway.edge.outbound.news import News
from gateway.edge.outbound.sender import AccountSender
from gateway.edge.outbound.terms import Terms
from gateway.edge.outbound.waiting import give_up, give_up_expired, give_up_unopened
from gateway.errors import RedisUnavailable
from gateway.model.status import Failure
from gateway.telemetry.metrics import Metrics

TICK_SECONDS: Final = 0.2
SAVED_EVERY: Final = 10
LOOKED_AT_EVERY: Final = 25
EXPIRED_EVERY: Final = 5
"""Ticks: every two seconds, every five, and every second."""
DUE_AT_ONCE: Final = 500
LEVEL: Final = "level"
REACH: Final = "reach"
"""What an account's channel keeps in its host's memory: how fast its platform lets it be, and how
many contacts it may write to first; see ``NumberDesk``."""

_TOO_LATE: Final = Failure(
    reason="hold_expired",
    explanation="The contact did not write in time, so the message was not sent.",
)


class Rounds:
    """Looks after one partition.

    Args:
        ledger: Takes the steps in Redis.
        senders: By the account's id.
        hosts: By the account's id.
        terms: By the account's id.
        metrics: What is counted.
        lease_seconds: How long after a death nobody else sends.
        clock: Milliseconds since 1970.
    """

    def __init__(
        self,
        ledger: Ledger,
        senders: Mapping[str, AccountSender],
        hosts: Mapping[str, Host],
        terms: Mapping[str, Terms],
        metrics: Metrics,
        *,
        lease_seconds: int,
        clock: Callable[[], int],
    ) -> None:
        self._ledger = ledger
        self._wire = ledger.wire
        self._partition = ledger.wire.partition
        self._senders = senders
        self._hosts = hosts
        self._terms = terms
        self._own = metrics.outbound
        self._clock = clock
        # Half of it: when the process dies, some of the lease has passed.
        self._spare = lease_seconds * 500_000_000
        self._looked_through = b"0"

    async def run(self) -> None:
        """Go round, until cancelled."""
        number, interruption = 0, Interruption(self._partition)
        while True:
            try:
                await self.due()
                await self.give_up_held()
                if number % EXPIRED_EVERY == 0:
                    await self.give_up_expired()
                await give_up_unopened(self._ledger, self._terms, now=self._clock())
                if number % SAVED_EVERY == 0:
                    await self.save(clean=False)
                if number % LOOKED_AT_EVERY == 0:
                    await self.look()
                interruption.ends()
            except RedisUnavailable as error:
                interruption.begins(error)
            number += 1
            await asyncio.sleep(TICK_SECONDS)

    async def due(self) -> None:
        """Put scheduled messages whose time has come into their lanes.

        Raises:
            RedisUnavailable: Some may be; the same again is safe.
        """
        for account, ids in await self._by_now("scheduled"):
            await self._ledger.requeue("scheduled", [(each, b"") for each in ids])
            self._senders[account].poke()

    async def give_up_expired(self) -> None:
        """Give up messages whose time is over before their turn has come, also during a pause.

        Raises:
            RedisUnavailable: Some may be; the same again is safe.
        """
        now = self._clock()
        for account, ids in await self._by_now("expiring"):
            labels = (self._terms[account].channel.type, account)
            given_up = await give_up_expired(self._ledger, News(*labels), account, ids, now=now)
            self._own.messages.labels(*labels, "failed").inc(given_up)

    async def give_up_held(self) -> None:
        """Give up messages whose contact did not write in time.

        Raises:
            RedisUnavailable: Some may be; the same again is safe.
        """
        for account, ids in await self._by_now("held"):
            news = News(self._terms[account].channel.type, account)
            await give_up(self._ledger, news, ids, failure=_TOO_LATE, now=self._clock())

    async def save(self, *, clean: bool) -> None:
        """Tell the next owner how much of the rates is used.

        Raises:
            RedisUnavailable: Not now.
        """
        words = [
            word
            for account, sender in self._senders.items()
            for word in (
                account.encode(),
                sender.gate.saved(at=self._clock(), clean=clean, spare=0 if clean else self._spare),
            )
        ]
        if words:
            await self._wire.call(b"HSET", keys.buckets(self._partition), *words)

    async def look(self) -> None:
        """Measure the queues, look for what a lost wake-up left behind, and forget what is past.

        Raises:
            RedisUnavailable: Not now.
        """
        self._looked_through = await suppression.forget_past(
            self._wire, self._looked_through, now=self._clock()
        )
        for account, sender in self._senders.items():
            await sender.pause.load()
            await self.look_at_limits(sender)
            await self._measure(account, sender)
            sender.poke()

    async def look_at_limits(self, sender: AccountSender) -> None:
        """Keep to the level and the number of contacts the platform gave an account.

        Raises:
            RedisUnavailable: Not now.
        """
        host = self._hosts[sender.account]
        sender.audience.learn(await host.recall(REACH))
        limits = self._terms[sender.account].channel.limits
        if limits is None or not limits.levels:
            return
        told = await host.recall(LEVEL)
        level = None if told is None else told.decode("utf-8", "replace")
        sender.gate.set_limits(limits.at_level(level) if level in limits.levels else limits)

    def forget(self) -> None:
        """Leave the figures of these accounts to the next owner."""
        for account in self._senders:
            self._own.forget(self._terms[account].channel.type, account)

    async def _measure(self, account: str, sender: AccountSender) -> None:
        labels = (self._terms[account].channel.type, account)
        self._own.pace.labels(*labels).set(sender.gate.share)
        self._own.paused.labels(*labels).set(0 if sender.pause.state is None else 1)
        reached = await sender.audience.reached()
        if reached is None:
            self._own.reached.remove(*labels)
        else:
            self._own.reached.labels(*labels).set(reached)
        for lane in ("live", "bulk"):
            key = keys.out(self._partition, account, lane)
            length, oldest = await self._wire.calls(
                [(b"XLEN", key), (b"XRANGE", key, b"-", b"+", b"COUNT", 1)]
            )
            age = self._clock() - int(oldest[0][0].split(b"-")[0]) if oldest else 0
            self._own.waiting.labels(*labels, lane).set(length)
            self._own.oldest_seconds.labels(*labels, lane).set(max(0, age) / 1000)

    async def _by_now(self, queue: str) -> Iterable[tuple[str, list[str]]]:
        """Return the ids whose time has come, by account."""
        now = self._clock()
        answers = await self._wire.calls(
            [
                (
                    *(b"ZRANGEBYSCORE", keys.out(self._partition, account, queue), b"-inf", now),
                    *(b"LIMIT", 0, DUE_AT_ONCE),
                )
                for account in self._senders
            ]
        )
        return [
            (account, [each.decode() for each in ids])
            for account, ids in zip(self._senders, answers, strict=True)
            if ids
        ]
