"""What callers ask of the sending side: take messages, tell how they are, change one's mind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from gateway.bus import keys
from gateway.bus.wire import Wire
from gateway.channel.channel import Channel
from gateway.channel.outbound import Rendered
from gateway.edge.outbound import fallback, intervention, overview, progress, suppression
from gateway.edge.outbound.attachments import Attachments
from gateway.edge.outbound.draft import Draft, claim, enqueue, enqueue_once, fingerprint
from gateway.edge.outbound.ids import partition_in
from gateway.edge.outbound.inquiry import opened_at, standing_refusals
from gateway.edge.outbound.judge import Judge
from gateway.edge.outbound.pause import Paused
from gateway.edge.outbound.shelves import Shelves
from gateway.edge.outbound.suppression import SuppressionReason
from gateway.edge.outbound.terms import Terms, refused
from gateway.edge.outbound.ticket import contact_of, places_of
from gateway.edge.turns import in_turns
from gateway.model.outbound import OutboundMessage
from gateway.model.outbox import (
    AccountState,
    OutboundRecord,
    Refused,
    Step,
    Submitted,
    WindowState,
)
from gateway.policy.window import Reject, SendFallback, words

_MS: Final = timedelta(milliseconds=1)


class Outbox:
    """Takes messages for every account and tells what became of them; any process may.

    Args:
        channels: The channel of every account, by its id.
        shelves: Their templates.
        attachments: Files that messages name.
        wires: One per partition.
        record_seconds: How long what is over is kept.
        clock: Milliseconds since 1970.

    Attributes:
        on_queued: Told the accounts of messages that were queued here: their owner may be near.
        pace_of: Tells which share of its platform's rate an account uses, where that is known.
    """

    def __init__(
        self,
        channels: Mapping[str, Channel[Any]],
        *,
        shelves: Shelves,
        attachments: Attachments,
        wires: Sequence[Wire],
        record_seconds: int,
        clock: Callable[[], int],
    ) -> None:
        self.terms = {account: Terms(channel) for account, channel in channels.items()}
        self._wires = wires
        self._record_seconds = record_seconds
        self._clock = clock
        self._shelves = shelves
        self._judge = Judge(self.terms, shelves, attachments)
        self.on_queued: Callable[[str], None] | None = None
        self.pace_of: Callable[[str], float | None] = lambda _: None

    async def submit(
        self,
        messages: Sequence[OutboundMessage],
        *,
        idempotency_key: str | None = None,
        names: Sequence[str] | None = None,
    ) -> list[Submitted]:
        """Take messages to be sent.

        Args:
            messages: Good ones are taken although others are refused.
            idempotency_key: Of the caller. With the same key and the same messages the first
                answers come back, for a day.
            names: For each message one under which it is taken once only, for a day.

        Returns:
            One answer for each message, in order.

        Raises:
            IdempotencyConflict: The key was used for other messages.
            RedisUnavailable: Some may have been taken; with a key the same again is safe.
        """
        judged = await self._judged(messages, names or [""] * len(messages))
        places: dict[int, list[int]] = {}
        for place, message in enumerate(messages):
            places.setdefault(self._partition(message.account), []).append(place)
        answers: list[Submitted | None] = [None] * len(messages)
        mark = b""
        if idempotency_key is not None:
            mark = fingerprint(messages)
            wire = self._wires[self._partition(idempotency_key)]
            await claim(wire, idempotency_key, mark)
        for partition, own in places.items():
            several = [judged[each] for each in own]
            told = await self._taken(partition, several, idempotency_key, mark)
            for place, answer in zip(own, told, strict=True):
                answers[place] = answer
            self._tell({messages[place].account for place in own})
        told_all = [each for each in answers if each is not None]
        return await self._shelves.advised(messages, told_all)

    async def preview(self, messages: Sequence[OutboundMessage]) -> list[Rendered | Refused]:
        """Return the calls that each message would become, without sending it.

        Raises:
            StoreError: What is known of templates cannot be read now.
        """
        return [calls for _, calls in await self._judge.rendered(messages, self._clock())]

    async def record(self, message_id: str) -> OutboundRecord | None:
        """Return what is known of a message; None for an id that is none, or is no longer known.

        Raises:
            RedisUnavailable: Not now.
        """
        if (wire := self._wire_of(message_id)) is None:
            return None
        raw = await wire.call(b"HGETALL", keys.message(wire.partition, message_id))
        if not raw:
            return None
        kept = progress.fields_of(raw)
        account = kept[b"a"].decode()
        steps = await self._steps(wire, account, kept)
        terms = self.terms.get(account)
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
        terms = self.terms.get(account)
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
            rule=f"{words(rule.length)} after: {'; '.join(rule.described)}",
        )

    async def cancel(self, message_id: str) -> OutboundRecord | None:
        """Take a message back before it is sent; None when nothing is known of it.

        Raises:
            NotCancellable: It is on its way, was sent, or failed.
            RedisUnavailable: It may be cancelled; the same again is safe.
        """
        if (wire := self._wire_of(message_id)) is None:
            return None
        keep, now = self._record_seconds, self._clock()
        if not await intervention.cancel(wire, message_id, record_seconds=keep, now=now):
            return None
        return await self.record(message_id)

    async def dead(
        self, account: str, *, after: str = "", limit: int = 100
    ) -> list[OutboundRecord]:
        """Return failed messages that can be sent again, newest first.

        Args:
            account: Whose.
            after: The last id of the page before.
            limit: How many.

        Raises:
            RedisUnavailable: Not now.
        """
        wire = self._wires[self._partition(account)]
        ids = await overview.dead_ids(wire, account, after=after, limit=limit)
        records = [await self.record(each) for each in ids]
        return [each for each in records if each is not None]

    async def replay(self, message_ids: Sequence[str]) -> list[Submitted]:
        """Send failed messages again, each from its first part that is not out.

        Raises:
            RedisUnavailable: Some may be queued; the same again is safe.
        """
        answers: list[Submitted] = []
        for message_id in message_ids:
            if (wire := self._wire_of(message_id)) is None:
                told = "there is no such message"
                answers.append(Refused(reason="not_replayable", explanation=told))
            else:
                answers.append(await intervention.replay(wire, message_id, now=self._clock()))
        return answers

    async def pause(self, account: str, *, reason: str) -> None:
        """Send nothing for an account until it is resumed; its queue is kept.

        Raises:
            RedisUnavailable: It may be paused; the same again is safe.
        """
        why = Paused(reason=reason, since=self._clock())
        await intervention.set_pause(self._wires[self._partition(account)], account, why)

    async def resume(self, account: str) -> None:
        """Send for an account again, whoever paused it.

        Raises:
            RedisUnavailable: It may be resumed; the same again is safe.
        """
        await intervention.set_pause(self._wires[self._partition(account)], account, None)

    async def accounts(self) -> list[AccountState]:
        """Tell how the queues of every account are.

        Raises:
            RedisUnavailable: Not now.
        """
        return [
            await overview.account_state(
                self._wires[self._partition(account)],
                account,
                channel=terms.channel.type,
                pace=self.pace_of(account),
            )
            for account, terms in sorted(self.terms.items())
        ]

    async def suppress(self, account: str, address: str, reason: SuppressionReason) -> None:
        """Leave a contact alone from now on.

        Raises:
            RedisUnavailable: It may be kept; the same again is safe.
        """
        wire, contact = self._wires[self._partition(account)], contact_of(account, address)
        await suppression.add(wire, contact, reason, now=self._clock())

    async def unsuppress(self, account: str, address: str) -> bool:
        """Write to a contact again; returns whether anything was against it.

        Raises:
            RedisUnavailable: It may be done; the same again is safe.
        """
        wire = self._wires[self._partition(account)]
        return await suppression.lift(wire, contact_of(account, address))

    async def suppressed(self, account: str, address: str) -> tuple[SuppressionReason, ...]:
        """Return why a contact is left alone; nothing when they are not.

        Raises:
            RedisUnavailable: Not now.
        """
        wire = self._wires[self._partition(account)]
        raw = await wire.call(
            b"HGET", keys.suppressed(wire.partition), contact_of(account, address)
        )
        return suppression.decode(raw).reasons(self._clock())

    # taking

    async def _judged(
        self, messages: Sequence[OutboundMessage], names: Sequence[str]
    ) -> list[Draft | Refused]:
        now = self._clock()
        rendered = await self._judge.rendered(messages, now)
        return [
            each
            if isinstance(each, Refused)
            else self._judge.draft(
                message, each, partition=self._partition(message.account), now=now, once=name
            )
            async for piece in in_turns(zip(rendered, names, strict=True))
            for (message, each), name in piece
        ]

    async def _taken(
        self,
        partition: int,
        judged: list[Draft | Refused],
        key: str | None,
        mark: bytes,
    ) -> list[Submitted]:
        """Take the messages of one partition."""
        wire = self._wires[partition]
        drafts = [each for each in judged if isinstance(each, Draft)]
        against = await self._against(wire, drafts, self._clock())
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
        async for piece in in_turns(zip(due, opened, strict=True)):
            for draft, at in piece:
                if (against := self._closed_against(draft.message, at, now)) is not None:
                    found.setdefault(draft.ticket.id, against)
        return found

    def _closed_against(
        self, message: OutboundMessage, opened: int | None, now: int
    ) -> Refused | None:
        terms = self.terms[message.account]
        match terms.decide(message, opened_at=opened, now=now, opener_sent=False):
            case Reject() as decided:
                return refused(decided)
            case SendFallback(template=template, keep_original=False):
                filled = fallback.filled(template, message)
                return fallback.refusal(filled) if filled.missing else None
            case _:
                return None

    def _tell(self, accounts: Iterable[str]) -> None:
        if self.on_queued is not None:
            for each in accounts:
                self.on_queued(each)

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
        commands.append((b"ZRANGE", keys.mark(wire.partition, contact), 0, -1, b"WITHSCORES"))
        *told, marks = [progress.fields_of(each) for each in await wire.calls(commands)]
        steps = [
            progress.decode_step(raw) for each in told for name, raw in each.items() if name != b"m"
        ]
        named = {each.status for each in steps}
        return steps + [each for each in progress.marked(known, marks) if each.status not in named]

    def _wire_of(self, message_id: str) -> Wire | None:
        """Return the way to the partition that an id names."""
        partition = partition_in(message_id)
        if partition is None or partition >= len(self._wires):
            return None
        return self._wires[partition]

    def _partition(self, account: str) -> int:
        return keys.partition_of(account, len(self._wires))
