"""What callers ask of the sending side: take messages, tell how they are, change one's mind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from gateway.bus import keys
from gateway.bus.wire import Wire
from gateway.channel.channel import Channel
from gateway.channel.outbound import Rendered
from gateway.edge.outbound import progress
from gateway.edge.outbound.draft import Draft, enqueue, enqueue_once, fingerprint
from gateway.edge.outbound.ids import MessageIds, partition_in
from gateway.edge.outbound.inquiry import opened_at, standing_refusals
from gateway.edge.outbound.terms import Terms, refused
from gateway.edge.outbound.ticket import contact_of, places_of
from gateway.model.outbound import OutboundMessage
from gateway.model.outbox import (
    Accepted,
    FieldProblem,
    OutboundRecord,
    Refused,
    Step,
    Submitted,
    WindowState,
)
from gateway.policy.window import Reject

_MS: Final = timedelta(milliseconds=1)


class Outbox:
    """Takes messages for every account and tells what became of them; any process may.

    Args:
        channels: The channel of every account, by its id.
        wires: One per partition.
        clock: Milliseconds since 1970.
    """

    def __init__(
        self,
        channels: Mapping[str, Channel[Any]],
        *,
        wires: Sequence[Wire],
        clock: Callable[[], int],
    ) -> None:
        self._terms = {account: Terms(channel) for account, channel in channels.items()}
        self._wires = wires
        self._clock = clock
        self._ids = MessageIds()

    async def submit(
        self, messages: Sequence[OutboundMessage], *, idempotency_key: str | None = None
    ) -> list[Submitted]:
        """Take messages to be sent.

        Args:
            messages: Good ones are taken although others are refused.
            idempotency_key: Of the caller. With the same key and the same messages the first
                answers come back, for a day.

        Returns:
            One answer for each message, in order.

        Raises:
            IdempotencyConflict: The key was used for other messages.
            RedisUnavailable: Some may have been taken; with a key the same again is safe.
        """
        now = self._clock()
        judged = [self._judged(each, now) for each in messages]
        places: dict[int, list[int]] = {}
        for place, message in enumerate(messages):
            places.setdefault(self._partition(message.account), []).append(place)
        answers: list[Submitted | None] = [None] * len(messages)
        mark = fingerprint(messages) if idempotency_key is not None else b""
        for partition, own in places.items():
            several = [judged[each] for each in own]
            told = await self._taken(partition, several, now, idempotency_key, mark)
            for place, answer in zip(own, told, strict=True):
                answers[place] = answer
        return [each for each in answers if each is not None]

    def preview(self, message: OutboundMessage) -> Rendered | Refused:
        """Return the calls a message would become, without sending it."""
        terms = self._terms.get(message.account)
        if terms is None:
            return _unknown(message.account)
        return terms.problems(message, self._clock()) or terms.channel.render(message)

    async def record(self, message_id: str) -> OutboundRecord | None:
        """Return what is known of a message; None for an id that is none, or is no longer known.

        Raises:
            RedisUnavailable: Not now.
        """
        partition = partition_in(message_id)
        if partition is None or partition >= len(self._wires):
            return None
        wire = self._wires[partition]
        raw = await wire.call(b"HGETALL", keys.message(partition, message_id))
        if not raw:
            return None
        kept = progress.fields_of(raw)
        account = kept[b"a"].decode()
        steps = await self._steps(wire, account, kept)
        terms = self._terms.get(account)
        channel = terms.channel.type if terms is not None else ""
        return progress.record_of(message_id, kept, channel=channel, steps=steps)

    async def find(self, account: str, platform_id: str) -> OutboundRecord | None:
        """Return the message that a platform calls so.

        Raises:
            RedisUnavailable: Not now.
        """
        partition = self._partition(account)
        key = keys.sent(partition, account, platform_id)
        found = await self._wires[partition].call(b"HGET", key, "m")
        return None if found is None else await self.record(found.decode())

    async def window(self, account: str, contact: str) -> WindowState:
        """Tell whether free-form messages may go to a contact.

        Raises:
            RedisUnavailable: Not now.
        """
        terms = self._terms.get(account)
        rule = terms.channel.window if terms is not None else None
        if rule is None:
            return WindowState(account=account, contact=contact)
        wire = self._wires[self._partition(account)]
        (opened,) = await opened_at(wire, [places_of(account, contact)])
        expires = None if opened is None else opened + rule.length // _MS
        return WindowState(
            account=account,
            contact=contact,
            open=expires is not None and self._clock() < expires,
            opened_at=opened,
            expires_at=expires,
            rule=f"{rule.length} after: {'; '.join(rule.described)}",
        )

    # taking

    def _judged(self, message: OutboundMessage, now: int) -> Draft | Refused:
        terms = self._terms.get(message.account)
        if terms is None:
            return _unknown(message.account)
        if (against := terms.problems(message, now)) is not None:
            return against
        later = message.send_at is not None and message.send_at > now
        message_id = self._ids.make(now, self._partition(message.account))
        answer = Accepted(
            id=message_id,
            state="scheduled" if later else "queued",
            downgraded=terms.channel.render(message).downgraded,
        )
        return Draft(message, terms.ticket(message_id, message), answer)

    async def _taken(
        self,
        partition: int,
        judged: list[Draft | Refused],
        now: int,
        key: str | None,
        mark: bytes,
    ) -> list[Submitted]:
        """Take the messages of one partition."""
        wire = self._wires[partition]
        drafts = [each for each in judged if isinstance(each, Draft)]
        against = await self._against(wire, drafts, now)
        good = [each for each in drafts if each.ticket.id not in against]
        answers: list[Submitted] = [
            each if isinstance(each, Refused) else against.get(each.ticket.id, each.answer)
            for each in judged
        ]
        if key is not None:
            return await enqueue_once(wire, good, key=key, mark=mark, answers=answers)
        await enqueue(wire, good)
        return answers

    async def _against(self, wire: Wire, drafts: list[Draft], now: int) -> dict[str, Refused]:
        """Tell which messages may not go to their contacts, as far as that is known now."""
        found = await standing_refusals(wire, drafts, now)
        due = [each for each in drafts if each.ticket.places and each.answer.state == "queued"]
        opened = await opened_at(wire, [each.ticket.places for each in due])
        for draft, at in zip(due, opened, strict=True):
            terms = self._terms[draft.message.account]
            decided = terms.decide(draft.message, opened_at=at, now=now, opener_sent=False)
            if isinstance(decided, Reject):
                found.setdefault(draft.ticket.id, refused(decided))
        return found

    # telling

    async def _steps(self, wire: Wire, account: str, kept: Mapping[bytes, Any]) -> list[Step]:
        """Return what the platform told of a message."""
        known, message = progress.decode(kept.get(b"r")), progress.decode_message(kept[b"m"])
        commands: list[tuple[Any, ...]] = [
            (b"HGETALL", keys.sent(wire.partition, account, part.platform_id))
            for part in known.parts
            if part.platform_id is not None
        ]
        if not known.parts:
            return []
        contact = contact_of(account, message.to or "")
        commands.append((b"HGETALL", keys.mark(wire.partition, contact)))
        *told, marks = [progress.fields_of(each) for each in await wire.calls(commands)]
        steps = [
            progress.decode_step(raw) for each in told for name, raw in each.items() if name != b"m"
        ]
        return steps + progress.marked(known, marks)

    def _partition(self, account: str) -> int:
        return keys.partition_of(account, len(self._wires))


def _unknown(account: str) -> Refused:
    told = f"there is no account {account}"
    problem = FieldProblem(path="$.account", explanation=told)
    return Refused(reason="unknown_account", explanation=told, problems=(problem,))
