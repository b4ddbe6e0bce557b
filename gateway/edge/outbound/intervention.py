"""What people change about messages and accounts that are queued: cancel, send again, pause."""

from __future__ import annotations

from typing import Any

import msgspec

from gateway.bus import keys
from gateway.bus.script import SETTLE
from gateway.bus.wire import Wire
from gateway.edge.outbound import pause, progress, ticket
from gateway.edge.outbound.ledger import Change, requeue, unchanged
from gateway.edge.outbound.pause import Paused
from gateway.errors import NotCancellable
from gateway.model.outbox import Accepted, Refused, Submitted

CANCELLABLE = ("queued", "scheduled", "held")


async def cancel(wire: Wire, message_id: str, *, record_seconds: int, now: int) -> bool:
    """Take a message back before it is sent.

    Returns:
        False when there is no such message.

    Raises:
        NotCancellable: It is on its way, was sent, or failed.
        RedisUnavailable: It may be cancelled; the same again is safe.
    """
    key = keys.message(wire.partition, message_id)
    # Its state may change between the look and the step; then it is looked at again.
    for _ in range(5):
        state, place, kept = await wire.call(b"HMGET", key, "s", "t", "r")
        if state is None:
            return False
        if state == b"cancelled":
            return True
        if state.decode() not in CANCELLABLE:
            raise NotCancellable(f"the message is {state.decode()}")
        known = msgspec.structs.replace(progress.decode(kept), updated_at=now, held_until=None)
        read = ticket.decode(place)
        change = Change(
            id=message_id,
            expected=unchanged(state, kept),
            what="d",
            arg="cancelled",
            progress=known,
            contact=read.contact,
            opener=read.opener,
            expires=read.expires_at is not None,
        )
        done = await wire.run(
            *(SETTLE, 1, keys.events(wire.partition), keys.tag(wire.partition)),
            *(record_seconds, now, *change.words()),
        )
        if done[0]:
            return True
    raise NotCancellable("the message is on its way")


async def replay(wire: Wire, message_id: str, *, now: int) -> Submitted:
    """Send a failed message again.

    Raises:
        RedisUnavailable: It may be queued; the same again is safe.
    """
    key = keys.message(wire.partition, message_id)
    state, message, kept = await wire.call(b"HMGET", key, "s", "m", "r")
    if state != b"failed":
        told = f"the message is {state.decode()}" if state else "there is no such message"
        return Refused(reason="not_replayable", explanation=f"{told}; only failed ones can be")
    expires_at = progress.decode_message(message).expires_at
    if expires_at is not None and expires_at <= now:
        return Refused(reason="not_replayable", explanation="its expires_at has passed")
    if expires_at is not None:
        # Before it is queued, or it might be over without anybody looking.
        expiring = keys.out(wire.partition, progress.decode_message(message).account, "expiring")
        await wire.call(b"ZADD", expiring, expires_at, message_id)
    known = progress.decode(kept)
    again = msgspec.structs.replace(
        known, updated_at=now, tries=0, failure=None, held_until=None, fallback=False
    )
    (done,) = await requeue(wire, "failed", [(message_id, progress.encode(again))])
    if not done:
        return Refused(reason="not_replayable", explanation="somebody else replayed it just now")
    return Accepted(id=message_id, state="queued", downgraded=known.downgraded)


async def set_pause(wire: Wire, account: str, why: Paused | None) -> None:
    """Pause an account until a person resumes it, or resume it; its owner is told.

    Raises:
        RedisUnavailable: It may be done; the same again is safe.
    """
    paused = keys.paused(wire.partition)
    change: tuple[Any, ...] = (b"HDEL", paused, account)
    if why is not None:
        change = (b"HSET", paused, account, pause.encode(why))
    woken = (
        *(b"XADD", keys.wake(wire.partition), b"MAXLEN", b"~", 1000, b"*"),
        *(b"account", account, b"pause", 1),
    )
    await wire.calls([change, woken])
