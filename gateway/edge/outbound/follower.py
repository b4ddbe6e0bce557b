"""Follows the partition's own events: what the platform and contacts say of what we send.

What is done for an event can be done again: events are delivered at least once. Done here rather
than by the commit script, so that a webhook's answer does not wait for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from typing import Any, Final

import structlog

from gateway.bus import keys
from gateway.bus.pipe import Word
from gateway.bus.wire import Wire
from gateway.codec.stream import decode
from gateway.edge.outbound import suppression
from gateway.edge.outbound.arrival import Arrivals, addresses_of
from gateway.edge.outbound.intake import Intake
from gateway.edge.outbound.interruption import Interruption
from gateway.edge.outbound.progress import encode
from gateway.edge.outbound.ticket import contact_of
from gateway.errors import RedisUnavailable, StoreError
from gateway.model.event import (
    ContactBlocked,
    ContactOptedIn,
    ContactOptedOut,
    ContactUnblocked,
    Event,
    MessageStatus,
)
from gateway.model.outbox import Step
from gateway.model.status import PlatformError
from gateway.policy.consent import EVERYTHING, MARKETING
from gateway.telemetry import logs

log = structlog.get_logger(__name__)

GROUP: Final = "egress"
OWNER: Final = "owner"
READ_AT_ONCE: Final = 500
BLOCK_MS: Final = 500
PAUSE_SECONDS: Final = 0.03
AWAY_SECONDS: Final = 0.5
UNFINISHED_SECONDS: Final = 30.0
"""An owner that lost its lease without knowing may have read something after we began."""
LATELY_MS: Final = 60_000
FOREIGN_SECONDS: Final = 24 * 3600
"""How long a status is kept of a message that may be no message of ours."""
MARK_SECONDS: Final = 30 * 24 * 3600

BILLABLE: Final = frozenset({"template"})
"""Kinds of content that platforms charge for."""
_OURS: Final = frozenset({b"message.accepted", b"message.held", b"message.failed"})
_ALWAYS: Final = frozenset(
    {
        b"message.status",
        b"contact.opted_out",
        b"contact.opted_in",
        b"contact.blocked",
        b"contact.unblocked",
    }
)


class Follower:
    """Follows one partition for its owner.

    Args:
        wire: For commands.
        ear: For reading, which waits for something to come.
        accounts: Of this partition.
        arrivals: Told of everything contacts do.
        intake: Takes messages that clients give over Redis.
        woken: Told the accounts that have something new to send, and whether they were paused or
            resumed by hand.
        broken: Told an account that cannot send, why, which kinds of content (all where none is
            named), and when the platform said so.
        slowed: Told an account of another process whose whole application must go slower, and
            how slow; see ``told_pace``.
        clock: Milliseconds since 1970.
    """

    def __init__(
        self,
        wire: Wire,
        *,
        ear: Wire,
        accounts: Iterable[str],
        arrivals: Arrivals,
        intake: Intake,
        woken: Callable[[Mapping[str, bool]], None],
        broken: Callable[[str, PlatformError, frozenset[str], int], Awaitable[None]],
        slowed: Callable[[str, bytes], None],
        clock: Callable[[], int],
    ) -> None:
        self._wire = wire
        self._ear = ear
        self._arrivals = arrivals
        self._intake = intake
        self._woken = woken
        self._broken = broken
        self._slowed = slowed
        self._clock = clock
        partition = wire.partition
        self._events = keys.events(partition)
        self._wake = keys.wake(partition)
        self._send = keys.send(partition)
        self._of_interest = [
            keys.suppressed(partition),
            *(keys.out(partition, account, "held") for account in accounts),
        ]

    async def prepare(self) -> None:
        """Make the groups, so that nothing is missed from now on, nor what came just before.

        Raises:
            RedisUnavailable: Not now.
        """
        # The first owner of all comes a moment after the first events.
        lately = max(0, self._clock() - LATELY_MS)
        for stream, start in ((self._events, lately), (self._wake, b"$"), (self._send, b"0")):
            try:
                await self._wire.call(*(b"XGROUP", b"CREATE", stream, GROUP, start, b"MKSTREAM"))
            except RedisUnavailable as error:
                if "BUSYGROUP" not in str(error):
                    raise

    async def run(self) -> None:
        """Follow, until cancelled; begins with what an earlier owner had and did not finish."""
        after, clock = b"0", asyncio.get_running_loop().time
        looked_at, interruption = clock(), Interruption(self._wire.partition)
        while True:
            if clock() - looked_at > UNFINISHED_SECONDS:
                after, looked_at = b"0", clock()
            try:
                read = await self._read(after)
                if after != b">" and not any(entries for _, entries in read or ()):
                    after = b">"
                for stream, entries in read or ():
                    await self._followed(stream, entries)
                interruption.ends()
                if read:
                    # What we send comes by here as well: read it by many, not one by one.
                    await asyncio.sleep(PAUSE_SECONDS)
            except StoreError as error:
                interruption.begins(error)
                await asyncio.sleep(AWAY_SECONDS)
                after = b"0"
                await self._prepared_again(error)

    async def _prepared_again(self, error: StoreError) -> None:
        if "NOGROUP" in str(error):
            try:
                await self.prepare()
            except RedisUnavailable:
                return

    async def _read(self, after: bytes) -> Any:
        return await self._ear.call(
            *(b"XREADGROUP", b"GROUP", GROUP, OWNER, b"COUNT", READ_AT_ONCE),
            *(b"BLOCK", BLOCK_MS, b"STREAMS", self._events, self._wake, self._send),
            *(after, after, after),
        )

    async def _followed(self, stream: bytes, entries: list[Any]) -> None:
        if not entries:
            return
        if stream == self._wake.encode():
            self._wake_up(entries)
        elif stream == self._send.encode():
            await self._intake.take(entries)
        else:
            await self._applied(entries)
        ids = [entry for entry, _ in entries]
        await self._wire.call(b"XACK", stream, GROUP, *ids)
        if stream == self._send.encode():
            await self._wire.call(b"XDEL", stream, *ids)

    def _wake_up(self, entries: list[Any]) -> None:
        woken: dict[str, bool] = {}
        for _, fields in entries:
            if fields:
                account = fields[1].decode()
                if b"slow" in fields[::2]:
                    self._slowed(account, fields[3])
                    continue
                woken[account] = woken.get(account, False) or b"pause" in fields[::2]
        self._woken(woken)

    async def _applied(self, entries: list[Any]) -> None:
        """Apply the events of some entries."""
        types = {fields[1] for _, fields in entries if fields}
        curious = bool(types - _ALWAYS - _OURS) and await self._is_curious()
        events: list[tuple[bytes, Event]] = []
        for entry, fields in entries:
            if not fields or (fields[1] not in _ALWAYS and not curious) or fields[1] in _OURS:
                continue
            try:
                events.append((entry, decode(fields[3])))
            except Exception as error:  # noqa: BLE001 - one event must not keep all others waiting
                self._not_applied(entry, error)
        # Together, and before anything follows from them: whoever keeps a message's own end
        # afterwards finds its statuses, and whoever did before is found.
        commands = [
            each
            for _, event in events
            if isinstance(event, MessageStatus)
            for each in self._status(event)
        ]
        if commands:
            await self._wire.calls(commands)
        for entry, event in events:
            try:
                await self._apply(event)
            except StoreError:
                raise  # all of it is applied again
            except Exception as error:  # noqa: BLE001 - as above
                self._not_applied(entry, error)

    def _not_applied(self, entry: bytes, error: Exception) -> None:
        log.warning(
            logs.EVENT_NOT_APPLIED,
            partition=self._wire.partition,
            entry=entry.decode(),
            error=f"{type(error).__name__}: {error}",
        )

    async def _is_curious(self) -> bool:
        """Whether anything may follow from what contacts do."""
        if self._arrivals.always:
            return True
        return bool(await self._wire.call(b"EXISTS", *self._of_interest))

    def _status(self, event: MessageStatus) -> list[tuple[Word, ...]]:
        """Return what keeps a status: of a message the first of a kind, of a contact the latest."""
        status, partition = event.status, self._wire.partition
        commands: list[tuple[Word, ...]] = []
        if status.platform_id is not None:
            key = keys.sent(partition, event.account, status.platform_id)
            step = Step(
                status=status.status, at=status.timestamp, late=event.late, error=status.error
            )
            commands.append((b"HSETNX", key, status.status, encode(step)))
            commands.append((b"EXPIRE", key, FOREIGN_SECONDS, b"NX"))
        if status.watermark is not None:
            key = keys.mark(partition, contact_of(event.account, event.contact.id))
            # The greatest counts: receipts come in any order.
            commands.append((b"ZADD", key, b"GT", status.watermark, status.status))
            commands.append((b"EXPIRE", key, MARK_SECONDS))
        return commands

    async def _apply(self, event: Event) -> None:
        match event:
            case MessageStatus(status=status):
                if status.error is not None:
                    await self._told(event, status.error)
                if status.status == "failed" and status.platform_id is not None:
                    await self._arrivals.refused(event, status.platform_id)
            case ContactOptedOut(consent=consent) if reason := _TOPICS.get(consent.topic):
                await self._suppress(event, reason)
            case ContactOptedIn(consent=consent) if reason := _TOPICS.get(consent.topic):
                await self._lift(event, {reason, "no_marketing"})
            case ContactBlocked():
                await self._suppress(event, "blocked")
            case ContactUnblocked():
                await self._lift(event, {"blocked", "unreachable"})
            case _:
                await self._arrivals.arrived(event)

    async def _told(self, event: MessageStatus, error: PlatformError) -> None:
        """Do about what a status says what is done when a call is refused so."""
        match error.action:
            case "opted_out":
                await self._suppress(event, "no_marketing")
            case "unreachable":
                await self._suppress(event, "unreachable")
            case "pause_account":
                await self._broken(event.account, error, frozenset(), event.status.timestamp)
            case "pause_billable":
                await self._broken(event.account, error, BILLABLE, event.status.timestamp)

    async def _suppress(self, event: Any, reason: suppression.SuppressionReason) -> None:
        for address in addresses_of(event.contact):
            contact = contact_of(event.account, address)
            await suppression.add(self._wire, contact, reason, now=self._clock())

    async def _lift(self, event: Any, reasons: Collection[suppression.SuppressionReason]) -> None:
        for address in addresses_of(event.contact):
            await suppression.lift(self._wire, contact_of(event.account, address), reasons)


_TOPICS: Final[Mapping[str, suppression.SuppressionReason]] = {
    EVERYTHING: "opted_out",
    MARKETING: "no_marketing",
}
"""Subscriptions have names of their own: whoever sends to subscribers keeps those."""
