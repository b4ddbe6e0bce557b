"""What is given to us to be sent, looked at before anything is kept of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import structlog

from gateway.channel.outbound import Rendered
from gateway.edge.outbound.attachments import Attachments
from gateway.edge.outbound.draft import Draft
from gateway.edge.outbound.ids import MessageIds
from gateway.edge.outbound.shelves import Shelves
from gateway.edge.outbound.terms import Terms
from gateway.edge.turns import in_turns
from gateway.model.outbound import OutboundMessage
from gateway.model.outbox import Accepted, FieldProblem, Refused
from gateway.telemetry import logs

log = structlog.get_logger(__name__)

NONE: Final[tuple[FieldProblem, ...]] = ()


class Judge:
    """Says of messages what they become, or why they are not taken.

    Args:
        terms: Of every account, by its id.
        shelves: Every account's templates.
        attachments: Our files.
    """

    def __init__(
        self, terms: Mapping[str, Terms], shelves: Shelves, attachments: Attachments
    ) -> None:
        self._terms = terms
        self._shelves = shelves
        self._attachments = attachments
        self._ids = MessageIds()

    async def rendered(
        self, messages: Sequence[OutboundMessage], now: int
    ) -> list[tuple[OutboundMessage, Rendered | Refused]]:
        """Return each message as it is sent, with the calls that it becomes.

        Its template says what the platform files it under, where that is known: this decides to
        whom it may go, how, and what the contact's wishes say of it.

        Raises:
            StoreError: What is known of templates cannot be read now.
        """
        unfit = await self._shelves.problems(messages)
        gone = await self._attachments.problems(messages)
        filed = await self._shelves.filed(messages)
        return [
            (message, self._rendered(message, now, unfit.get(place, NONE) + gone.get(place, NONE)))
            async for piece in in_turns(enumerate(filed))
            for place, message in piece
        ]

    def draft(
        self, message: OutboundMessage, rendered: Rendered, *, partition: int, now: int, once: str
    ) -> Draft:
        """Return a good message as it is queued.

        Args:
            message: Of an account of ours.
            rendered: What it becomes.
            partition: Of the account.
            now: Milliseconds since 1970.
            once: A name under which it is taken once only; empty for none.
        """
        later = message.send_at is not None and message.send_at > now
        message_id = self._ids.make(now, partition)
        answer = Accepted(
            id=message_id,
            state="scheduled" if later else "queued",
            downgraded=rendered.downgraded,
        )
        ticket = self._terms[message.account].ticket(message_id, message)
        return Draft(message, ticket, answer, once)

    def _rendered(
        self, message: OutboundMessage, now: int, found: tuple[FieldProblem, ...]
    ) -> Rendered | Refused:
        terms = self._terms.get(message.account)
        if terms is None:
            return _unknown(message.account)
        try:
            return terms.problems(message, now, found) or terms.channel.render(message)
        except Exception as error:
            # A plugin's mistake must not keep back the messages that were given with this one.
            log.exception(
                logs.CHANNEL_FAILED,
                account=message.account,
                message=None,
                error=type(error).__name__,
            )
            told = f"it cannot be put into the platform's form ({type(error).__name__})"
            return Refused(reason="unsendable", explanation=told)


def _unknown(account: str) -> Refused:
    told = f"there is no account {account}"
    problem = FieldProblem(path="$.account", explanation=told)
    return Refused(reason="unknown_account", explanation=str(problem), problems=(problem,))
