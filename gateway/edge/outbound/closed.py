"""What becomes of a message whose contact does not want it, or whose window is closed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final

import msgspec

from gateway.edge.outbound import fallback, progress, suppression, ticket
from gateway.edge.outbound.errand import DONE, STOPPED, Ending, Errand
from gateway.edge.outbound.ids import MessageIds
from gateway.edge.outbound.inquiry import opened_at
from gateway.edge.outbound.ledger import ALTHOUGH_UNFIT, Held, Ledger, Look
from gateway.edge.outbound.news import facts
from gateway.edge.outbound.outcome import Outcomes
from gateway.edge.outbound.progress import Progress
from gateway.edge.outbound.shelves import Shelves
from gateway.edge.outbound.terms import Terms
from gateway.edge.outbound.verdict import expired
from gateway.errors import PlatformFailure
from gateway.model.outbound import OutboundMessage
from gateway.model.status import Failure
from gateway.model.template_content import Template
from gateway.policy import consent
from gateway.policy.template import FilledTemplate
from gateway.policy.window import (
    Decision,
    Hold,
    Reject,
    Send,
    SendFallback,
    SendTagged,
)

_MS: Final = timedelta(milliseconds=1)
_encode: Final = msgspec.msgpack.Encoder().encode


class ClosedWindow:
    """Decides for one account.

    Args:
        terms: Of the account.
        ledger: Takes the steps in Redis.
        outcomes: Tells what became of messages.
        shelves: Every account's templates.
        ids: For openers.
        hold_ms: How long a message waits for its contact.
        clock: Milliseconds since 1970.
    """

    def __init__(
        self,
        terms: Terms,
        *,
        ledger: Ledger,
        outcomes: Outcomes,
        shelves: Shelves,
        ids: MessageIds,
        hold_ms: int,
        clock: Callable[[], int],
    ) -> None:
        rule = terms.channel.window
        self._length = 0 if rule is None else rule.length // _MS
        self._terms = terms
        self._ledger = ledger
        self._outcomes = outcomes
        self._shelves = shelves
        self._ids = ids
        self._hold_ms = hold_ms
        self._clock = clock

    def opened_after(self) -> int:
        """Return the second after which a contact must have opened a window that is open now."""
        return (self._clock() - self._length) // 1000

    async def looked(self, errand: Errand, look: Look) -> Ending | None:
        """Decide about a message before it is begun; None when it is to be sent as it is now."""
        now, expires_at = self._clock(), errand.message.expires_at
        if expires_at is not None and now >= expires_at:
            return await self._outcomes.failed(errand, expired())
        if look.wishes and (against := self._against(errand.message, look.wishes, now)):
            return await self._outcomes.failed(errand, against)
        if errand.progress.parts or not errand.ticket.places:
            # What is half out is finished; what needs no window has none to look at.
            errand.decided |= ALTHOUGH_UNFIT
            return None
        if look.ahead and look.opened_at > self.opened_after():
            # The contact wrote, and those who waited for it are not released yet: go behind them.
            return await self._held(errand, None, refused_at=0)
        decision = self._terms.decide(
            errand.message,
            opened_at=look.opened_at * 1000 or None,
            now=now,
            opener_sent=look.ahead > 1,
        )
        return await self._done(errand, decision, refused_at=0)

    async def told(
        self, errand: Errand, error: PlatformFailure, *, called_at: int
    ) -> Ending | None:
        """Decide about a message that the platform refused; None when it is to be sent as it is now.

        Args:
            errand: The message.
            error: What the platform said.
            called_at: When it was asked, in milliseconds since 1970.
        """
        if errand.shown is not errand.message or errand.progress.parts:
            return await self._outcomes.failed(errand, _refusal(error))
        decision = self._terms.decide(
            errand.message, opened_at=None, now=self._clock(), opener_sent=False
        )
        return await self._done(errand, decision, refused_at=called_at // 1000, error=error)

    async def _done(
        self,
        errand: Errand,
        decision: Decision,
        *,
        refused_at: int,
        error: PlatformFailure | None = None,
    ) -> Ending | None:
        """Carry a decision out; None when the message is to be sent as it is now."""
        match decision:
            case Send():
                if error is not None:
                    return await self._outcomes.failed(errand, _refusal(error))
            case SendTagged(tag=tag):
                errand.shown = msgspec.structs.replace(errand.message, tag=tag)
            case SendFallback(template=template, keep_original=True):
                return await self._held(errand, template, refused_at=refused_at)
            case SendFallback(template=template):
                return await self._replaced(errand, template)
            case Hold():
                return await self._held(errand, None, refused_at=refused_at)
            case Reject(explanation=told):
                failure = Failure(
                    reason="window_closed",
                    explanation=told,
                    error=error.error if error else None,
                    data=facts(templates=await self._shelves.approved(errand.message.account)),
                )
                return await self._outcomes.failed(errand, failure)
        errand.decided |= ALTHOUGH_UNFIT
        return None

    async def _replaced(self, errand: Errand, template: Template) -> Ending | None:
        """Have the fallback sent in place of the message."""
        filled = fallback.filled(template, errand.message)
        if filled.missing:
            return await self._outcomes.failed(errand, _incomplete(filled))
        errand.shown = msgspec.structs.replace(errand.message, content=filled.template)
        errand.progress = msgspec.structs.replace(
            errand.progress, fallback=True, downgraded=f"the template {template.name} was sent"
        )
        errand.decided |= ALTHOUGH_UNFIT
        return None

    async def _held(
        self, errand: Errand, template: Template | None, *, refused_at: int
    ) -> Ending | None:
        """Put the message aside; None when the window opened in the meantime."""
        now, message = self._clock(), errand.message
        opener = ("", b"", b"", b"")
        if template is not None:
            filled = fallback.filled(template, message)
            if filled.missing:
                return await self._outcomes.failed(errand, _incomplete(filled))
            opener = self._opener(message, filled.template, now)
        until = min(now + self._hold_ms, message.expires_at or now + self._hold_ms)
        kept = msgspec.structs.replace(errand.progress, updated_at=now, held_until=until)
        told = await self._ledger.hold(
            Held(
                ticket=errand.ticket,
                opened_after=self.opened_after(),
                refused_at=refused_at,
                expected=errand.expected,
                until=until,
                progress=kept,
                event=self._outcomes.news.held(errand.ticket.id, message, kept),
                opener=opener,
            )
        )
        match told:
            case "open":
                errand.decided |= ALTHOUGH_UNFIT
                return None
            case "lost":
                return STOPPED
            case "held":
                self._outcomes.held()
                if template is None and not refused_at:
                    await self._release_if_open(errand)
        return DONE

    async def _release_if_open(self, errand: Errand) -> None:
        (opened,) = await opened_at(self._ledger.wire, [errand.ticket.places])
        if opened is not None and opened // 1000 > self.opened_after():
            await self._ledger.release(errand.ticket.contact)

    def _opener(
        self, message: OutboundMessage, template: Template, now: int
    ) -> tuple[str, bytes, bytes, bytes]:
        """Return the message that asks the contact to write."""
        opener = OutboundMessage(
            account=message.account,
            to=message.to,
            thread=message.thread,
            via=message.via,
            content=template,
            lane=message.lane,
            metadata=message.metadata,
        )
        message_id = self._ids.make(now, self._ledger.wire.partition)
        place = self._terms.ticket(message_id, opener, opener=True)
        kept = Progress(updated_at=now, fallback=True)
        return message_id, _encode(opener), ticket.encode(place), progress.encode(kept)

    def _against(self, message: OutboundMessage, wishes: bytes, now: int) -> Failure | None:
        standing = suppression.decode(wishes).standing(now)
        found = consent.suppressed(consent.purpose(message), standing)
        if found is None:
            return None
        return Failure(reason=found.reason, explanation=found.explanation)


def _refusal(error: PlatformFailure) -> Failure:
    told = error.error.explanation or "The platform says that the window is closed."
    return Failure(reason="window_closed", explanation=told, error=error.error)


def _incomplete(filled: FilledTemplate) -> Failure:
    wrong = fallback.refusal(filled)
    data = facts(wrong.problems)
    return Failure(reason=wrong.reason, explanation=wrong.explanation, data=data)
