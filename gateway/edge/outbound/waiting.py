"""Messages given up while they wait: for their contact, or for their turn until their time is over."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from typing import Final

import msgspec

from gateway.bus import keys
from gateway.bus.wire import Wire
from gateway.edge.outbound import progress, ticket
from gateway.edge.outbound.ledger import Change, Ledger, unchanged
from gateway.edge.outbound.news import News
from gateway.edge.outbound.progress import Progress
from gateway.edge.outbound.terms import Terms
from gateway.edge.outbound.verdict import expired
from gateway.model.status import Failure


async def give_up_unopened(ledger: Ledger, terms: Mapping[str, Terms], *, now: int) -> None:
    """Give up what waits for the answer to openers that did not arrive, or were cancelled.

    They are noted in the step that keeps or learns it, so that this can be done by any owner.

    Args:
        ledger: Of their partition.
        terms: By the account's id; what is noted for others stays.
        now: Milliseconds since 1970.

    Raises:
        RedisUnavailable: Some may be given up; the same again is safe.
    """
    wire = ledger.wire
    noted = await wire.call(b"HGETALL", keys.unopened(wire.partition))
    for raw, contact in zip(noted[::2], noted[1::2], strict=True):
        opener = raw.decode()
        key = keys.message(wire.partition, opener)
        account, kept, state = await wire.call(b"HMGET", key, "a", "r", "s")
        if account is None:
            # Its record is over, and with it the time for which anything waits.
            await wire.call(b"HDEL", keys.unopened(wire.partition), opener)
            continue
        own = terms.get(account.decode())
        if own is None:
            continue
        failure = _CANCELLED
        if state != b"cancelled":
            failure = await _failure_of(wire, own.channel.account, progress.decode(kept))
        news = News(own.channel.type, own.channel.account)
        waiting = await _waiting(wire, opener, contact.decode())
        if waiting:
            # The note stays for the next look: others may have come to wait for the same.
            await give_up(ledger, news, waiting, failure=failure, now=now)
        else:
            await wire.call(b"HDEL", keys.unopened(wire.partition), opener)


async def _failure_of(wire: Wire, account: str, known: Progress) -> Failure:
    """Return why an opener did not arrive: as we found it, or as the platform told later."""
    if known.failure is not None:
        return known.failure
    ids = [each.platform_id for each in known.parts if each.platform_id is not None]
    told = await wire.calls(
        [(b"HGET", keys.sent(wire.partition, account, each), "failed") for each in ids]
    )
    errors = [progress.decode_step(each).error for each in told if each is not None]
    error = next((each for each in errors if each is not None), None)
    words = error and (error.explanation or error.title)
    return Failure(
        reason="rejected",
        explanation=words or "The template that was to make the contact write did not arrive.",
        error=error,
    )


async def _waiting(wire: Wire, opener: str, contact: str) -> list[str]:
    ids = await wire.call(b"LRANGE", keys.held(wire.partition, contact), 0, -1)
    listed = [each.decode() for each in ids]
    found = await wire.calls(
        [(b"HMGET", keys.message(wire.partition, each), "s", "o") for each in listed]
    )
    sought = [b"held", opener.encode()]
    return [each for each, told in zip(listed, found, strict=True) if told == sought]


async def give_up(
    ledger: Ledger,
    news: News,
    ids: Sequence[str],
    *,
    failure: Failure,
    now: int,
    states: Collection[bytes] = (b"held",),
) -> int:
    """Give up messages that wait.

    Args:
        ledger: Of their partition.
        news: Of their account.
        ids: Which.
        failure: Why.
        now: Milliseconds since 1970.
        states: What they may be; others, and what somebody has begun, are left.

    Returns:
        How many were given up.

    Raises:
        RedisUnavailable: Some may be given up; the same again is safe.
    """
    wire = ledger.wire
    found = await wire.calls(
        [(b"HMGET", keys.message(wire.partition, each), *"smrtb") for each in ids]
    )
    changes: list[Change] = []
    for message_id, (state, message, kept, place, begun) in zip(ids, found, strict=True):
        if state not in states or begun is not None:
            continue
        known = msgspec.structs.replace(
            progress.decode(kept), updated_at=now, failure=failure, held_until=None
        )
        told = news.failed(message_id, progress.decode_message(message), known, failure)
        read = ticket.decode(place)
        changes.append(
            Change(
                id=message_id,
                expected=unchanged(state, kept),
                what="d",
                arg="failed",
                progress=known,
                event=told,
                contact=read.contact,
                dead=True,
                opener=read.opener,
                expires=read.expires_at is not None,
            )
        )
    return sum(await asyncio.gather(*[ledger.settle(each) for each in changes]))


async def give_up_expired(
    ledger: Ledger, news: News, account: str, ids: Sequence[str], *, now: int
) -> int:
    """Give up messages whose time is over before their turn has come, as ``give_up`` does.

    What is held, or begun, is looked at again: it ends by itself.
    """
    wire = ledger.wire
    found = await wire.calls([(b"HGET", keys.message(wire.partition, each), "s") for each in ids])
    over = [each for each, state in zip(ids, found, strict=True) if state not in _WAITS]
    if over:
        await wire.call(b"ZREM", keys.out(wire.partition, account, "expiring"), *over)
    waits = (b"queued", b"scheduled")
    return await give_up(ledger, news, ids, failure=expired(), now=now, states=waits)


_WAITS: Final = frozenset({b"queued", b"scheduled", b"held"})
_CANCELLED: Final = Failure(
    reason="opener_cancelled",
    explanation="The template that was to make the contact write was cancelled, so nothing waits "
    "for the answer.",
)
