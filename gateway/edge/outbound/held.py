"""Messages that wait for their contact: given up together, or one by one when their time is over."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import msgspec

from gateway.bus import keys
from gateway.edge.outbound import progress, ticket
from gateway.edge.outbound.ledger import Change, Ledger
from gateway.edge.outbound.news import News
from gateway.model.status import Failure


async def fail_held(
    ledger: Ledger, news: News, contact: str, *, failure: Failure, now: int
) -> None:
    """Give up everything that is held for a contact: what was to make them write cannot be sent.

    Raises:
        RedisUnavailable: Some may be given up; the same again is safe.
    """
    held = keys.held(ledger.wire.partition, contact)
    ids = [each.decode() for each in await ledger.wire.call(b"LRANGE", held, 0, -1)]
    await give_up(ledger, news, ids, failure=failure, now=now)


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
                expected=b"sheld",
                what="d",
                arg="failed",
                progress=known,
                event=told,
                contact=ticket.decode(place).contact,
                dead=True,
            )
        )
    return sum(await asyncio.gather(*[ledger.settle(each) for each in changes]))
