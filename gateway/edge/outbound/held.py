"""Messages that wait for their contact: given up together, or one by one when their time is over."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import msgspec

from gateway.bus import keys
from gateway.bus.wire import Wire
from gateway.edge.outbound import progress, ticket
from gateway.edge.outbound.ledger import Change, Ledger, unchanged
from gateway.edge.outbound.news import News
from gateway.edge.outbound.progress import Progress
from gateway.edge.outbound.terms import Terms
from gateway.model.status import Failure


async def give_up_unopened(ledger: Ledger, terms: Mapping[str, Terms], *, now: int) -> None:
    """Give up what waits for the answer to openers that did not arrive.

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
        account, kept = await wire.call(b"HMGET", keys.message(wire.partition, opener), "a", "r")
        own = terms.get(account.decode()) if account else None
        if own is None:
            continue
        failure = await _failure_of(wire, own.channel.account, progress.decode(kept))
        news = News(own.channel.type, own.channel.account)
        while waiting := await _waiting(wire, opener, contact.decode()):
            # Again: meanwhile others may have come to wait for the same.
            await give_up(ledger, news, waiting, failure=failure, now=now)
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
    ledger: Ledger, news: News, ids: Sequence[str], *, failure: Failure, now: int
) -> int:
    """Give up held messages.

    Args:
        ledger: Of their partition.
        news: Of their account.
        ids: Which.
        failure: Why.
        now: Milliseconds since 1970.

    Returns:
        How many were still held.

    Raises:
        RedisUnavailable: Some may be given up; the same again is safe.
    """
    wire = ledger.wire
    found = await wire.calls(
        [(b"HMGET", keys.message(wire.partition, each), "m", "r", "t") for each in ids]
    )
    changes: list[Change] = []
    for message_id, (message, kept, place) in zip(ids, found, strict=True):
        if message is None:
            continue
        known = msgspec.structs.replace(
            progress.decode(kept), updated_at=now, failure=failure, held_until=None
        )
        told = news.failed(message_id, progress.decode_message(message), known, failure)
        changes.append(
            Change(
                id=message_id,
                expected=unchanged(b"held", kept),
                what="d",
                arg="failed",
                progress=known,
                event=told,
                contact=ticket.decode(place).contact,
                dead=True,
            )
        )
    return sum(await asyncio.gather(*[ledger.settle(each) for each in changes]))
