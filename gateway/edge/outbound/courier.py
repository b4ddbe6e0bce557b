"""Carries one message after the other to the platform, for one account; see docs/sending.md."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

import msgspec
import structlog

from gateway.channel.host import Host
from gateway.channel.outbound import Call, Receipt
from gateway.edge.outbound.audience import ASK_AGAIN_MS, Audience
from gateway.edge.outbound.closed import ClosedWindow
from gateway.edge.outbound.errand import (
    ACCEPTED,
    DONE,
    NOT_BEGUN,
    STOPPED,
    Ending,
    Errand,
    Later,
)
from gateway.edge.outbound.gate import Gate
from gateway.edge.outbound.ledger import (
    ALTHOUGH_EARLY,
    ALTHOUGH_IN_DOUBT,
    ALTHOUGH_UNFIT,
    Ask,
    Begun,
    Doubt,
    Gone,
    Ledger,
    Look,
    Lost,
    Wait,
)
from gateway.edge.outbound.outcome import Outcomes
from gateway.edge.outbound.shelves import Shelves
from gateway.edge.outbound.terms import InDoubtPolicy, Terms
from gateway.edge.outbound.ticket import Ticket
from gateway.edge.outbound.verdict import (
    Again,
    Closed,
    Failed,
    Situation,
    expired,
    unclear,
    verdict,
)
from gateway.errors import (
    AccountBroken,
    InDoubt,
    NotCarried,
    PlatformFailure,
    RedisUnavailable,
    Rejected,
    StoreError,
    TemplatePaused,
    TemplateRefused,
    Temporary,
    Throttled,
)
from gateway.model.outbox import Attempt, Part
from gateway.model.status import PlatformError
from gateway.policy import consent
from gateway.telemetry import logs

log = structlog.get_logger(__name__)

REDIS_AWAY_MS: Final = 1000
PREPARED_NS: Final = 1_000_000_000
"""After an upload that took longer, whose the message is must be asked again before the call."""
MS: Final = 1_000_000
_FULL: Final = Throttled(
    PlatformError(
        code="reach",
        explanation="As many contacts were written to first in 24 hours as the platform allows the "
        "business. It goes when there is room, or when the contact writes.",
    ),
    scope="account",
)


class Courier:
    """Sends the messages of one account, each when its turn has come.

    Args:
        terms: Of the account.
        host: What its channel works with.
        ledger: Takes the steps in Redis.
        gate: Keeps the platform's rates.
        audience: Keeps to how many contacts may be written to first.
        outcomes: Tells what became of messages.
        closed: Decides while the contact's window is closed.
        shelves: Every account's templates.
        attempts: How often a message is tried.
        broken: Told that nothing goes until the account is mended.
        app_slowed: Told that all accounts of this application must go slower.
        clock: Milliseconds since 1970.
        ticks: Nanoseconds that only go forward.
        draw: A random number from 0 to 1.
    """

    def __init__(  # noqa: PLR0913 - what a message meets on its way
        self,
        terms: Terms,
        *,
        host: Host,
        ledger: Ledger,
        gate: Gate,
        audience: Audience,
        outcomes: Outcomes,
        closed: ClosedWindow,
        shelves: Shelves,
        attempts: int,
        broken: Callable[[AccountBroken], Awaitable[None]],
        app_slowed: Callable[[], None],
        clock: Callable[[], int],
        ticks: Callable[[], int],
        draw: Callable[[], float],
    ) -> None:
        self._terms = terms
        self._channel = terms.channel
        self._words = bool(terms.channel.settings.opt_out_words)
        self._host = host
        self._ledger = ledger
        self._gate = gate
        self._audience = audience
        self._outcomes = outcomes
        self._closed = closed
        self._shelves = shelves
        self._attempts = attempts
        self._broken = broken
        self._app_slowed = app_slowed
        self._clock = clock
        self._ticks = ticks
        self._draw = draw

    async def carry(self, ticket: Ticket, *, due: bool = False) -> Ending:
        """Send a message whose turn it is, as far as that can be done now; never raises.

        Args:
            ticket: Its place.
            due: It was put off here, and has waited; see ``Later``.
        """
        try:
            begun = await self._begun(ticket, ALTHOUGH_EARLY if due else 0)
            return await self._sent(begun) if isinstance(begun, Errand) else begun
        except RedisUnavailable:
            # Whether it was begun is not known here, but Redis knows that it was by us.
            return Later(REDIS_AWAY_MS)

    async def _begun(  # noqa: C901 - one arm for each answer
        self, ticket: Ticket, decided: int
    ) -> Errand | Ending:
        """Begin a message, and decide what is to be decided before."""
        errand: Errand | None = None
        expected = NOT_BEGUN
        while True:
            told = await self._ledger.begin(Ask(ticket, self._closed.opened_after(), decided))
            match told:
                case Begun():
                    if errand is None:
                        errand = Errand.read(ticket, told.message, told.progress)
                    errand.expected = self._ledger.mine
                    if told.doubt:
                        self._tell_doubt(errand, "retry")
                    return errand
                case Look():
                    # What was found out already stays: Redis does not know that it is in doubt.
                    errand = errand or Errand.read(ticket, told.message, told.progress)
                    errand.expected, errand.decided = expected, decided
                    if (ending := await self._closed.looked(errand, told)) is not None:
                        if decided & ALTHOUGH_IN_DOUBT:
                            self._tell_doubt(errand, "retry")
                        return ending
                    decided = errand.decided
                case Doubt():
                    errand = Errand.read(ticket, told.message, told.progress)
                    errand.expected = expected = b"b" + told.mark
                    errand.progress = msgspec.structs.replace(errand.progress, in_doubt=True)
                    if self._terms.in_doubt(errand.message.lane) == "report":
                        ending = await self._outcomes.failed(errand, unclear())
                        self._tell_doubt(errand, "report")
                        return ending
                    decided |= ALTHOUGH_IN_DOUBT
                case Wait(until=until):
                    return Later(max(0, until - self._clock()), due=True)
                case Gone():
                    return DONE
                case Lost():
                    return STOPPED

    def _tell_doubt(self, errand: Errand, action: InDoubtPolicy) -> None:
        """Tell that another had begun a message; when that cannot get lost any more, so once."""
        self._doubtful(errand, action)
        log.warning(
            logs.MESSAGE_IN_DOUBT,
            account=errand.message.account,
            message=errand.ticket.id,
            action=action,
        )

    async def _sent(self, errand: Errand) -> Ending:
        """Send a message that was begun."""
        # One after the other rather than one inside the other: each answer from outside goes through
        # every coroutine that waits for it.
        made = await self._made(errand)
        return await self._delivered(errand, made) if isinstance(made, tuple) else made

    async def _made(self, errand: Errand) -> tuple[Call, ...] | Ending:
        """Return the calls that a message becomes, if it may go now."""
        expires_at = errand.message.expires_at
        if expires_at is not None and self._clock() >= expires_at:
            return await self._outcomes.failed(errand, expired())
        if self._audience.is_limited and not errand.progress.parts:
            opened_after = self._closed.opened_after()
            entered = await self._audience.enter(errand.shown, opened_after=opened_after)
            if entered == "full":
                return await self._full(errand)
            errand.counts = entered == "new"
        return await self._rendered(errand)

    async def _rendered(self, errand: Errand) -> tuple[Call, ...] | Ending:
        """Put a message into the platform's form."""
        errand.sent_at = self._ticks()
        try:
            prepared = await self._channel.prepare(errand.shown, self._host)
            if self._words:
                errand.marketing = consent.purpose(prepared) == "marketing"
            calls = self._channel.render(prepared, reference=errand.ticket.id).calls
        except PlatformFailure as error:
            return await self._judged(errand, error)
        except RedisUnavailable:
            raise  # nothing was sent: as when a step of ours does not go
        except StoreError as error:
            return await self._judged(errand, _unread(error))
        except Exception as error:  # noqa: BLE001 - a plugin's mistake is one message's trouble
            return await self._judged(errand, self._unsendable(errand, error))
        if self._ticks() - errand.sent_at > PREPARED_NS:
            ask = Ask(errand.ticket, 0, ALTHOUGH_UNFIT | ALTHOUGH_EARLY)
            told = await self._ledger.begin(ask)
            if not isinstance(told, Begun):
                return STOPPED if isinstance(told, Lost) else DONE
        return calls

    async def _delivered(self, errand: Errand, calls: tuple[Call, ...]) -> Ending:
        """Make the calls that were not taken yet, one after the other."""
        first = len(errand.progress.parts)
        for index in range(first, len(calls)):
            if index > first and (passed := self._gate.enter(errand.ticket)).wait:
                # Waiting here would take a place from others, and might outlast the lease.
                return await self._outcomes.later(errand, passed.wait // MS + 1)
            errand.sent_at = self._ticks()
            try:
                answer = await self._channel.deliver(calls[index], self._host)
                receipt = self._channel.read_answer(answer)
            except PlatformFailure as error:
                return await self._judged(errand, error)
            except Exception as error:  # noqa: BLE001 - and may have come after the call
                return await self._judged(errand, self._surprised(errand, error))
            self._took(errand, index, receipt)
            if index + 1 < len(calls) and not await self._outcomes.part(errand, receipt):
                return STOPPED
        await self._outcomes.accepted(errand)
        return ACCEPTED

    def _took(self, errand: Errand, index: int, receipt: Receipt) -> None:
        now = self._clock()
        self._outcomes.called(errand)
        part = Part(index=index, platform_id=receipt.platform_id, accepted_at=now)
        errand.progress = msgspec.structs.replace(
            errand.progress, updated_at=now, parts=(*errand.progress.parts, part)
        )
        errand.addresses = receipt.addresses or errand.addresses
        errand.kept_back = errand.kept_back or receipt.held

    async def _judged(self, errand: Errand, error: PlatformFailure) -> Ending:
        """Do what an error asks for."""
        situation = Situation(
            progress=errand.progress,
            expires_at=errand.message.expires_at,
            attempts=self._attempts,
            in_doubt=self._terms.in_doubt(errand.message.lane),
            now=self._clock(),
            draw=self._draw(),
        )
        match verdict(error, situation):
            case Closed():
                ago = (self._ticks() - errand.sent_at) // MS
                ending = await self._closed.told(errand, error, called_at=self._clock() - ago)
                return await self._sent(errand) if ending is None else ending
            case Failed(failure=failure, suppress=reason):
                if isinstance(error, InDoubt):
                    self._doubtful(errand, "report")
                elif errand.counts:
                    await self._audience.leave(errand.shown)
                self._note(errand, error, outcome="permanent")
                if isinstance(error, TemplateRefused | TemplatePaused):
                    failure = await self._shelves.explained(failure, errand.message)
                return await self._outcomes.failed(errand, failure, suppress=reason)
            case Again() as again:
                return await self._again(errand, error, again, max(0, again.when - situation.now))

    async def _again(
        self, errand: Errand, error: PlatformFailure, again: Again, wait: int
    ) -> Ending:
        if isinstance(error, InDoubt):
            self._doubtful(errand, "retry")
        if isinstance(error, Throttled):
            self._gate.refused(errand.ticket, error, sent_at=errand.sent_at)
            wait = max(wait, self._gate.stopped(error.scope, errand.ticket.contact) // MS)
            if error.scope == "app":
                self._app_slowed()
        self._note(errand, error, outcome=again.why, counted=again.counted)
        if isinstance(error, AccountBroken):
            await self._broken(error)
        return await self._outcomes.again(errand, wait, why=again.why)

    async def _full(self, errand: Errand) -> Ending:
        """Put a message off: nobody else may be written to first now."""
        attempts = errand.progress.attempts
        if not attempts or attempts[-1].error != _FULL.error:
            self._note(errand, _FULL, outcome="throttled", counted=False)
        self._outcomes.full()
        ending = await self._outcomes.later(errand, ASK_AGAIN_MS)
        return msgspec.structs.replace(ending, full=True) if isinstance(ending, Later) else ending

    def _doubtful(self, errand: Errand, action: InDoubtPolicy) -> None:
        errand.progress = msgspec.structs.replace(errand.progress, in_doubt=True)
        self._outcomes.in_doubt(action)

    def _note(
        self, errand: Errand, error: PlatformFailure, *, outcome: str, counted: bool = True
    ) -> None:
        attempt = Attempt(at=self._clock(), outcome=outcome, error=error.error)
        errand.progress = errand.progress.tried(attempt, counted=counted)

    def _unsendable(self, errand: Errand, error: Exception) -> PlatformFailure:
        """Return what a plugin's mistake before anything was sent counts as."""
        if not isinstance(error, NotCarried):
            self._log_surprise(errand, error)
        told = f"It cannot be put into the platform's form ({type(error).__name__})."
        return Rejected(PlatformError(code="unsendable", explanation=told))

    def _surprised(self, errand: Errand, error: Exception) -> PlatformFailure:
        """Return what a plugin's mistake counts as when something may have been sent."""
        if isinstance(error, NotCarried):
            return self._unsendable(errand, error)
        self._log_surprise(errand, error)
        told = f"The answer could not be read ({type(error).__name__}); it may have been sent."
        return InDoubt(PlatformError(code="surprise", explanation=told))

    def _log_surprise(self, errand: Errand, error: Exception) -> None:
        log.error(
            logs.CHANNEL_FAILED,
            account=errand.message.account,
            message=errand.ticket.id,
            error=type(error).__name__,
            exc_info=error,
        )


def _unread(error: StoreError) -> PlatformFailure:
    """Return what it counts as that our store does not give a file, or does not answer."""
    return Temporary(PlatformError(code="store", explanation=f"Our store failed: {error}."))
