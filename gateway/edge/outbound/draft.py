"""Messages on their way into the queue: judged, and then kept together."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any, Final

import msgspec

from gateway.bus import keys
from gateway.bus.pipe import Word
from gateway.bus.script import ENQUEUE
from gateway.bus.wire import Wire
from gateway.edge.outbound import progress, ticket
from gateway.edge.outbound.ticket import Ticket
from gateway.edge.turns import in_turns
from gateway.errors import IdempotencyConflict
from gateway.model.outbound import OutboundMessage
from gateway.model.outbox import Accepted, Submitted

AT_ONCE: Final = 256
"""Messages of one script call; more keep Redis busy for too long."""
IDEMPOTENCY_SECONDS: Final = 24 * 3600
_USED: Final = "this idempotency key was used for other messages"

_encode: Final = msgspec.msgpack.Encoder().encode


class Draft(msgspec.Struct, frozen=True):
    """A message that passed every check; taken once only under its name, where it has one."""

    message: OutboundMessage
    ticket: Ticket
    answer: Accepted
    once: str = ""

    def words(self) -> tuple[Word, ...]:
        """Return it as ``enqueue.lua`` takes it."""
        message, kept = self.message, b""
        if self.answer.downgraded is not None:
            kept = progress.encode(progress.Progress(downgraded=self.answer.downgraded))
        send_at = message.send_at if self.answer.state == "scheduled" else ""
        return (
            *(self.ticket.id, message.account, message.lane, send_at or ""),
            *(_encode(message), ticket.encode(self.ticket), kept, self.once),
            "" if message.expires_at is None else message.expires_at,
        )


class _Answered(msgspec.Struct, frozen=True, array_like=True):
    """What is kept under an idempotency key."""

    fingerprint: bytes
    answers: tuple[Submitted, ...]


_answered: Final = msgspec.msgpack.Decoder(_Answered)


def fingerprint(messages: Any) -> bytes:
    """Return what tells some messages from any others."""
    return blake2b(_encode(messages), digest_size=16).digest()


async def claim(wire: Wire, key: str, mark: bytes) -> None:
    """Take an idempotency key for some messages, before any of their partitions does.

    Raises:
        IdempotencyConflict: The key was used for other messages.
        RedisUnavailable: It may be taken; the same again is safe.
    """
    name = keys.claim(wire.partition, key)
    before = await wire.call(b"SET", name, mark, b"NX", b"GET", b"EX", IDEMPOTENCY_SECONDS)
    if before is not None and before != mark:
        raise IdempotencyConflict(_USED)


async def enqueue(wire: Wire, drafts: list[Draft]) -> None:
    """Keep and queue messages of one partition.

    Raises:
        RedisUnavailable: Some may be queued and some not.
    """
    tag = keys.tag(wire.partition)
    for start in range(0, len(drafts), AT_ONCE):
        words = await _words(drafts[start : start + AT_ONCE])
        await wire.run(ENQUEUE, 1, keys.wake(wire.partition), tag, "", "", 0, *words)


async def enqueue_once(
    wire: Wire, drafts: list[Draft], *, key: str, mark: bytes, answers: list[Submitted]
) -> list[Submitted]:
    """Keep and queue messages of one partition, unless that was done under this key before.

    Args:
        wire: To the partition.
        drafts: Those of the messages that are good.
        key: The caller's.
        mark: What tells these messages from others.
        answers: To all messages of this partition.

    Returns:
        The answers, or the first ones.

    Raises:
        IdempotencyConflict: The key was used for other messages.
        RedisUnavailable: It may have been done; the same again is safe.
    """
    kept = _encode(_Answered(mark, tuple(answers)))
    words = await _words(drafts)
    before = await wire.run(
        *(ENQUEUE, 1, keys.wake(wire.partition), keys.tag(wire.partition)),
        *(key, kept, IDEMPOTENCY_SECONDS, *words),
    )
    if before is None:
        return answers
    first = _answered.decode(before)
    if first.fingerprint != mark:
        raise IdempotencyConflict(_USED)
    return [_repeated(each) for each in first.answers]


async def _words(drafts: list[Draft]) -> list[Word]:
    return [word async for piece in in_turns(drafts) for each in piece for word in each.words()]


def _repeated(answer: Submitted) -> Submitted:
    match answer:
        case Accepted():
            return msgspec.structs.replace(answer, repeated=True)
        case _:
            return answer
