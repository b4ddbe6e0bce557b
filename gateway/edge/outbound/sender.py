"""Sends for one account: whose turn it is, how many at a time, and what comes back."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from functools import partial
from typing import Final

import structlog

from gateway.bus import keys
from gateway.bus.wire import Wire
from gateway.edge.outbound import ticket as tickets
from gateway.edge.outbound.audience import Audience
from gateway.edge.outbound.courier import Courier
from gateway.edge.outbound.errand import Ending, Finished, Later, Stopped
from gateway.edge.outbound.gate import Gate
from gateway.edge.outbound.lineup import Cause, Lineup
from gateway.edge.outbound.pause import Pause
from gateway.edge.outbound.room import Room
from gateway.edge.outbound.ticket import Ticket
from gateway.edge.outbound.vacancy import Vacancy
from gateway.errors import RedisUnavailable
from gateway.telemetry import logs
from gateway.telemetry.metrics import Metrics

log = structlog.get_logger(__name__)

READ_AT_ONCE: Final = 500
AHEAD: Final = 5_000
"""Tickets of a lane that are in memory: a contact with more than this many keeps others waiting."""
MOST_ASIDE: Final = 50_000
"""Tickets that are passed over besides, while they wait for what concerns all of their kind. Each
takes half a kilobyte."""
MS: Final = 1_000_000
AWAY_SECONDS: Final = 0.5


class LaneReader:
    """One lane as far as it was read."""

    def __init__(self, key: str, *, bulk: bool) -> None:
        self.key = key
        self.bulk = bulk
        self.lineup = Lineup()
        self.unread = True
        self._last = b"-"

    @property
    def wanted(self) -> bool:
        """Whether more should be read."""
        return self._wants(AHEAD)

    @property
    def is_low(self) -> bool:
        """Whether more should be read before what was read is through."""
        return self._wants(AHEAD // 2)

    def _wants(self, most: int) -> bool:
        lineup = self.lineup
        return self.unread and lineup.going < most and lineup.aside < MOST_ASIDE

    async def read(self, wire: Wire) -> None:
        """Read the next tickets."""
        self.unread = False
        entries = await wire.call(b"XRANGE", self.key, self._last, b"+", b"COUNT", READ_AT_ONCE)
        for entry, (_, place) in entries:
            self._last = b"(" + entry
            self.lineup.add(tickets.decode(place))
        self.unread = self.unread or len(entries) == READ_AT_ONCE


class AccountSender:
    """Sends for one account that this process owns.

    Args:
        account: Its id.
        channel: Type of its channel.
        wire: To its partition.
        courier: Carries a message.
        gate: Keeps the platform's rates.
        audience: Keeps to how many contacts may be written to first.
        pause: Whether it sends at all.
        room: Shared with the other accounts of this process.
        concurrency: Messages under way at the same time.
        metrics: What is counted.
        lost: Told that the partition is not ours any more.
        ticks: Nanoseconds that only go forward.
    """

    def __init__(  # noqa: PLR0913 - everything an account's sending is made of
        self,
        account: str,
        *,
        channel: str,
        wire: Wire,
        courier: Courier,
        gate: Gate,
        audience: Audience,
        pause: Pause,
        room: Room,
        concurrency: int,
        metrics: Metrics,
        lost: Callable[[], None],
        ticks: Callable[[], int],
    ) -> None:
        self.account = account
        self.gate = gate
        self.audience = audience
        self.pause = pause
        self._wire = wire
        self._courier = courier
        self._room = room
        self._concurrency = concurrency
        self._lost = lost
        self._ticks = ticks
        self._loop = asyncio.get_running_loop()
        self.lanes: Final = tuple(
            LaneReader(keys.out(wire.partition, account, lane), bulk=lane == "bulk")
            for lane in ("live", "bulk")
        )
        self._under_way: set[asyncio.Task[Ending]] = set()
        self._put_off: set[str] = set()
        self._probe: Ticket | None = None
        self._vacancy = Vacancy()
        self._was_aside = False
        self._wanted = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = 0
        self._soon: asyncio.Handle | None = None
        self._stopping = False
        waits = metrics.outbound.waits
        self._account_waits = waits.labels(channel, account, "account")
        self._contact_waits = waits.labels(channel, account, "contact")

    def poke(self) -> None:
        """Look for new messages, and whether there is something to do."""
        for lane in self.lanes:
            lane.unread = True
        self._wanted.set()

    @property
    def waits_for_room(self) -> bool:
        """Whether messages wait until their contacts may be written to first, or write."""
        return any(lane.lineup.has_aside("reach") for lane in self.lanes)

    def wrote(self, contact: str) -> None:
        """Let a contact's messages go that wait for room: it wrote, so it counts no more."""
        for lane in self.lanes:
            lane.lineup.wrote(contact)
        self._wanted.set()

    async def run(self) -> None:
        """Read lanes and start what may go, until cancelled."""
        while True:
            self._wanted.clear()
            try:
                for lane in self.lanes:
                    while lane.wanted:
                        await lane.read(self._wire)
                        self.start()
            except RedisUnavailable:
                self.poke()
                await asyncio.sleep(AWAY_SECONDS)
            self.start()
            await self._wanted.wait()

    def start(self, most: int = sys.maxsize) -> None:
        """Start the messages that may go now, so many at most; the rest when there is room again."""
        while not self._stopping and len(self._under_way) < self._concurrency:
            if not most:
                self._wait_for_room()
                break
            most -= 1
            chosen = self._next()
            if chosen is None:
                break
            ticket, lineup, cause = chosen
            if self._is_paused(ticket):
                self._probe = ticket
            if cause == "reach":
                self._vacancy.asks(ticket)
            self._room.enter()
            due = ticket.id in self._put_off
            self._put_off.discard(ticket.id)
            task = self._loop.create_task(self._courier.carry(ticket, due=due))
            self._under_way.add(task)
            task.add_done_callback(partial(self._came_back, ticket, lineup, cause))
        if any(lane.is_low for lane in self.lanes):
            self._wanted.set()

    def _wait_for_room(self) -> None:
        now = self._ticks()
        for lane in self.lanes:
            if self._has_turn(lane.lineup, now):
                self._room.wait(self.start, bulk=lane.bulk)

    def _start_soon(self) -> None:
        """Start in the loop's next round: many come back in one."""
        if self._soon is None:
            self._soon = self._loop.call_soon(self._started_soon)

    def _started_soon(self) -> None:
        self._soon = None
        self.start()

    async def stop(self, seconds: float) -> None:
        """Start nothing more and let what is under way come back; what does not is cut off."""
        self._stopping = True
        if self._timer is not None:
            self._timer.cancel()
        if self._under_way:
            _, late = await asyncio.wait(set(self._under_way), timeout=seconds)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late)

    def _next(self) -> tuple[Ticket, Lineup, Cause | None] | None:
        """Return whose turn it is, live before bulk, and for what it was aside; it has passed the gate."""
        now = self._ticks()
        if self.pause.state is not None and not self._may_send(now):
            return None
        wakes: list[int] = []
        for lane in self.lanes:
            lineup = lane.lineup
            if not self._room.has_place(bulk=lane.bulk) and self._has_turn(lineup, now):
                self._room.wait(self.start, bulk=lane.bulk)
                break
            while (turn := self._turn(lineup, now)) is not None:
                ticket, cause = turn
                passed = self.gate.enter(ticket)
                if not passed.wait:
                    return ticket, lineup, cause
                if passed.everybody:
                    if cause is None:
                        lineup.back(ticket)
                    else:
                        lineup.set_aside(ticket, cause, again=True)
                    self._account_waits.inc()
                    self._wake_at(now + passed.wait)
                    return None
                self._contact_waits.inc()
                lineup.later(ticket, now + passed.wait)
            if (wakes_at := lineup.wakes_at) is not None:
                wakes.append(wakes_at)
        if wakes:
            self._wake_at(min(wakes))
        return None

    def _turn(self, lineup: Lineup, now: int) -> tuple[Ticket, Cause | None] | None:
        """Return whose turn it is in a lane, and for what it was set aside."""
        if self.pause.state is None and not lineup.aside:
            ticket = lineup.next(now)
            return None if ticket is None else (ticket, None)
        cause = self._is_over(lineup, now)
        if cause is not None and self._was_aside and lineup.has_turn(now):
            cause = None  # in turns: however many were aside, nobody new waits for all of them
        self._was_aside = cause is not None
        while (ticket := lineup.first_aside(cause) if cause else lineup.next(now)) is not None:
            if not self._is_paused(ticket) or self._probe_is_due(now):
                return ticket, cause
            lineup.set_aside(ticket, "pause")
        return None

    def _has_turn(self, lineup: Lineup, now: int) -> bool:
        return lineup.has_turn(now) or (
            bool(lineup.aside) and self._is_over(lineup, now) is not None
        )

    def _is_over(self, lineup: Lineup, now: int) -> Cause | None:
        """Return what the first who is set aside for it may find to be over."""
        if lineup.has_aside("pause") and self._probe_is_due(now):
            return "pause"
        if lineup.has_aside("reach") and self._probe_is_due(now):
            wait = self._vacancy.wait(now)
            if wait == 0:
                return "reach"
            if wait is not None:
                self._wake_at(now + wait)
        return None

    def _may_send(self, now: int) -> bool:
        return self._pauses_some() or self._probe_is_due(now)

    def _pauses_some(self) -> bool:
        """Whether some kinds of content wait, and others go."""
        return self.pause.state is not None and bool(self.pause.state.kinds)

    def _is_paused(self, ticket: Ticket) -> bool:
        return self.pause.state is not None and self.pause.state.concerns(ticket.kind)

    def _probe_is_due(self, now: int) -> bool:
        """Whether nothing is paused, or one message may show that it need not be any more."""
        paused, wait = self.pause.state, self.pause.wait
        if paused is None:
            return True
        under_way = self._probe is not None if paused.kinds else bool(self._under_way)
        if wait is None or under_way:
            return False
        if wait:
            self._wake_at(now + wait)
            return False
        return True

    def _wake_at(self, when: int) -> None:
        """Start again at a time, unless that is to happen sooner."""
        now = self._ticks()
        if self._timer is not None:
            if now < self._timer_at <= when:
                return
            self._timer.cancel()
        self._timer_at = when
        self._timer = self._loop.call_later(max(0.0, (when - now) / 1e9), self._woken)

    def _woken(self) -> None:
        self._timer = None
        self.start()

    def _came_back(
        self, ticket: Ticket, lineup: Lineup, cause: Cause | None, task: asyncio.Task[Ending]
    ) -> None:
        self._under_way.discard(task)
        self._room.leave()
        if self._probe is ticket:
            self._probe = None
        if task.cancelled():
            return
        error = task.exception()
        ending: Ending = Later(1000) if error else task.result()
        if error is not None:
            log.error(
                logs.CHANNEL_FAILED,
                account=self.account,
                message=ticket.id,
                error=type(error).__name__,
                exc_info=error,
            )
        now = self._ticks()
        is_full = self._vacancy.came_back(ticket, ending, now=now)
        match ending:
            case Finished(accepted=accepted):
                lineup.done(ticket)
                if accepted and self._is_paused(ticket):
                    self._resume(ticket.kind)
            case Later(wait=wait, due=due):
                if is_full:
                    self.gate.give_back(ticket)
                    lineup.set_aside(ticket, "reach", again=cause == "reach")
                else:
                    lineup.later(ticket, now + wait * MS)
                if due:
                    self._put_off.add(ticket.id)
            case Stopped():
                self._stopping = True
                self._lost()
        self._start_soon()

    def _resume(self, kind: str) -> None:
        task = self._loop.create_task(self._resumed(kind))
        task.add_done_callback(lambda _: self.start())

    async def _resumed(self, kind: str) -> None:
        try:
            await self.pause.worked(kind)
        except RedisUnavailable:
            return  # it sends; the next owner will find out the same way
