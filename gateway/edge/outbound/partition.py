"""The outbound side of one partition, while this process owns it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from typing import Any, Final

import msgspec
import structlog

from gateway.bus import keys
from gateway.bus.tasks import end
from gateway.bus.wire import Wire
from gateway.channel.channel import Channel
from gateway.channel.host import Host
from gateway.edge.outbound.arrival import Arrivals
from gateway.edge.outbound.audience import Audience
from gateway.edge.outbound.closed import ClosedWindow
from gateway.edge.outbound.courier import Courier
from gateway.edge.outbound.follower import Follower
from gateway.edge.outbound.gate import Gate, heard_pace
from gateway.edge.outbound.ids import MessageIds
from gateway.edge.outbound.intake import Intake, Submit
from gateway.edge.outbound.ledger import Ledger
from gateway.edge.outbound.outcome import Outcomes
from gateway.edge.outbound.pause import Pause, Tell
from gateway.edge.outbound.room import Room
from gateway.edge.outbound.rounds import Rounds
from gateway.edge.outbound.sender import AccountSender
from gateway.edge.outbound.shelves import Shelves
from gateway.edge.outbound.terms import Terms
from gateway.errors import RedisUnavailable, RelevoError
from gateway.model.event import Event
from gateway.model.status import PlatformError
from gateway.policy.pace import Pace
from gateway.policy.retry import full_jitter
from gateway.settings.schema import OutboundSettings
from gateway.telemetry import logs
from gateway.telemetry.metrics import Metrics

log = structlog.get_logger(__name__)

HOUR_MS: Final = 3600 * 1000
DAY_SECONDS: Final = 24 * 3600
RUN_AGAIN_SECONDS: Final = 60.0
AGAIN_SECONDS: Final = 1.0


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """What every partition of a process works with.

    Attributes:
        terms: Of every account, by its id.
        hosts: What channels work with, by the account's id.
        shelves: Every account's templates.
        settings: Of sending.
        metrics: What is counted.
        commit: Puts events where they are safe.
        tell: Told whether an account sends.
        app_slowed: Told an account whose whole application must go slower, and how slow.
        room: How many messages are under way at the same time.
        submit: Takes messages that clients give over Redis.
        clock: Milliseconds since 1970.
        ticks: Nanoseconds that only go forward, for waiting; what is stored has the clock's time.
        draw: A random number from 0 to 1.
    """

    terms: Mapping[str, Terms]
    hosts: Mapping[str, Host]
    shelves: Shelves
    settings: OutboundSettings
    metrics: Metrics
    commit: Callable[[Sequence[Event]], Awaitable[object]]
    tell: Tell
    app_slowed: Callable[[str, Pace], None]
    room: Room
    submit: Submit
    clock: Callable[[], int]
    ticks: Callable[[], int]
    draw: Callable[[], float]


class OwnedPartition:
    """Sends for the accounts of one partition.

    Args:
        wire: For commands.
        ear: For reading what comes.
        wires: Of every partition: what a business's accounts share is where the business is.
        lease: As Redis has it.
        accounts: Of this partition.
        around: What it works with.
        lost: Told that it is not ours any more.

    Attributes:
        senders: By the account's id.
    """

    def __init__(
        self,
        wire: Wire,
        *,
        ear: Wire,
        wires: Sequence[Wire],
        lease: bytes,
        accounts: Sequence[str],
        around: Surroundings,
        lost: Callable[[], None],
    ) -> None:
        self._wire = wire
        self._ear = ear
        self._wires = wires
        self._around = around
        self._lost = lost
        settings = around.settings
        self._ledger = Ledger(
            wire,
            owner=lease,
            record_seconds=settings.record_days * DAY_SECONDS,
            clock=around.clock,
        )
        self._ids = MessageIds()
        terms = {each: around.terms[each] for each in accounts}
        self.senders = {account: self._sender(each) for account, each in terms.items()}
        self._follower = Follower(
            wire,
            ear=ear,
            accounts=accounts,
            arrivals=Arrivals(self._ledger, terms, around.commit, self.senders),
            intake=Intake(
                wire.partition, submit=around.submit, commit=around.commit, terms=around.terms
            ),
            woken=self._woken,
            broken=self._broken,
            slowed=self._slowed,
            clock=around.clock,
        )
        self._rounds = Rounds(
            self._ledger,
            self.senders,
            around.hosts,
            terms,
            around.metrics,
            lease_seconds=settings.lease_seconds,
            clock=around.clock,
        )
        self._tasks: set[asyncio.Task[Any]] = set()

    async def start(self) -> None:
        """Begin to send.

        Raises:
            RedisUnavailable: Not now.
        """
        await self._follower.prepare()
        saved = await self._wire.calls(
            [(b"HGET", keys.buckets(self._wire.partition), each) for each in self.senders]
        )
        for sender, raw in zip(self.senders.values(), saved, strict=True):
            await self._rounds.look_at_limits(sender)
            sender.gate.take_over(raw, at=self._around.clock())
            await sender.pause.load()
        self._spawn(self._kept_running(self._follower.run))
        self._spawn(self._kept_running(self._rounds.run))
        for account, sender in self.senders.items():
            self._spawn(self._kept_running(sender.run))
            self._spawn(self._run_channel(self._around.terms[account].channel))
        log.info(logs.PARTITION_OWNED, partition=self._wire.partition)

    async def stop(self, *, seconds: float, clean: bool) -> None:
        """Start nothing more, let what is under way come back, and let go.

        Args:
            seconds: How long that may take.
            clean: It is still ours: tell the next owner where we are.
        """
        stops = [each.stop(seconds) for each in self.senders.values()]
        if not clean:
            # What is read from now on is for the next owner.
            stops.append(end(*self._tasks))
        try:
            await asyncio.gather(*stops)
            await end(*self._tasks)
            if clean:
                await self._rounds.save(clean=True)
        except RedisUnavailable:
            return  # the next owner begins carefully
        finally:
            self._rounds.forget()
            self._ear.close()

    def poke(self, account: str) -> None:
        """Look for new messages of an account."""
        if (sender := self.senders.get(account)) is not None:
            sender.poke()

    def slow_down(self, account: str, pace: Pace) -> None:
        """Let the accounts that share an application with one be no faster than it."""
        known = self._around.terms
        if (other := known.get(account)) is None:
            return
        for name, sender in self.senders.items():
            if known[name].shares_application(other):
                sender.gate.slow_with(pace)

    def _slowed(self, account: str, told: bytes) -> None:
        around = self._around
        self.slow_down(account, heard_pace(told, at=around.clock(), ticks=around.ticks()))

    def _sender(self, terms: Terms) -> AccountSender:
        around, channel, account = self._around, terms.channel, terms.channel.account
        outcomes = Outcomes(
            self._ledger,
            channel=channel.type,
            account=account,
            metrics=around.metrics,
            clock=around.clock,
            ticks=around.ticks,
        )
        gate = Gate(channel.limits, ticks=around.ticks)
        audience = Audience(account, own=self._wire, wires=self._wires, clock=around.clock)
        pause = Pause(
            account,
            wire=self._wire,
            news=outcomes.news,
            commit=around.commit,
            tell=around.tell,
            clock=around.clock,
            ticks=around.ticks,
        )
        closed = ClosedWindow(
            terms,
            ledger=self._ledger,
            outcomes=outcomes,
            shelves=around.shelves,
            ids=self._ids,
            hold_ms=around.settings.hold_hours * HOUR_MS,
            clock=around.clock,
        )
        courier = Courier(
            terms,
            host=around.hosts[account],
            ledger=self._ledger,
            gate=gate,
            audience=audience,
            outcomes=outcomes,
            closed=closed,
            shelves=around.shelves,
            attempts=around.settings.attempts,
            broken=pause.broken,
            app_slowed=lambda: around.app_slowed(account, gate.pace),
            clock=around.clock,
            ticks=around.ticks,
            draw=around.draw,
        )
        return AccountSender(
            account,
            channel=channel.type,
            wire=self._wire,
            courier=courier,
            gate=gate,
            audience=audience,
            pause=pause,
            room=around.room,
            concurrency=around.settings.concurrency,
            metrics=around.metrics,
            lost=self._lost,
            ticks=around.ticks,
        )

    def _woken(self, accounts: Mapping[str, bool]) -> None:
        for account, paused in accounts.items():
            if (sender := self.senders.get(account)) is None:
                continue
            if paused:
                self._spawn(self._reload(sender))
            else:
                sender.poke()

    async def _broken(
        self, account: str, error: PlatformError, kinds: frozenset[str], at: int
    ) -> None:
        if (sender := self.senders.get(account)) is not None:
            await sender.pause.told(error, kinds=kinds, at=at)

    async def _reload(self, sender: AccountSender) -> None:
        try:
            await sender.pause.load()
        except RedisUnavailable:
            return  # looked at again in a few seconds
        sender.poke()

    async def _kept_running(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do something for ever, also after a mistake of ours or of a plugin."""
        while True:
            try:
                await work()
            except Exception as error:
                log.exception(
                    logs.SENDING_FAILED,
                    partition=self._wire.partition,
                    error=type(error).__name__,
                )
            await asyncio.sleep(AGAIN_SECONDS)

    async def _run_channel(self, channel: Channel[Any]) -> None:
        """Do what a channel does by itself, again and again."""
        failures = 0
        while True:
            try:
                await channel.run(self._around.hosts[channel.account])
            except RelevoError as error:  # foreseen: the platform or Redis is away, say
                failures += 1
                log.warning(logs.CHANNEL_RUN_FAILED, account=channel.account, error=str(error))
            except Exception as error:
                failures += 1
                log.warning(
                    logs.CHANNEL_RUN_FAILED,
                    account=channel.account,
                    error=type(error).__name__,
                    exc_info=error,
                )
            else:
                failures = 0
            draw, cap = self._around.draw(), RUN_AGAIN_SECONDS
            await asyncio.sleep(full_jitter(failures, draw, cap=cap) if failures else cap)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
