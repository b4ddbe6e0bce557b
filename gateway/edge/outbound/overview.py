"""How an account's queues are, for people."""

from __future__ import annotations

from gateway.bus import keys
from gateway.bus.wire import Wire
from gateway.edge.outbound import pause
from gateway.model.outbox import AccountState


async def account_state(
    wire: Wire, account: str, *, channel: str, pace: float | None
) -> AccountState:
    """Return how an account's queues are.

    Raises:
        RedisUnavailable: Not now.
    """
    live, bulk, scheduled, held, dead = (
        keys.out(wire.partition, account, each)
        for each in ("live", "bulk", "scheduled", "held", "dead")
    )
    told = await wire.calls(
        [
            (b"HGET", keys.paused(wire.partition), account),
            (b"XLEN", live),
            (b"XLEN", bulk),
            (b"ZCARD", scheduled),
            (b"ZCARD", held),
            (b"ZCARD", dead),
            (b"XRANGE", live, b"-", b"+", b"COUNT", 1),
            (b"XRANGE", bulk, b"-", b"+", b"COUNT", 1),
        ]
    )
    why = pause.decode(told[0]) if told[0] else None
    oldest = [int(entry.split(b"-")[0]) for lane in told[6:] for entry, _ in lane]
    return AccountState(
        id=account,
        channel=channel,
        paused=why.reason if why else None,
        paused_at=why.since if why else None,
        live=told[1],
        bulk=told[2],
        scheduled=told[3],
        held=told[4],
        dead=told[5],
        oldest_at=min(oldest, default=None),
        pace=pace,
    )


async def dead_ids(wire: Wire, account: str, *, after: str, limit: int) -> list[str]:
    """Return the ids of failed messages that can be sent again, newest first.

    Args:
        wire: To the account's partition.
        account: Its id.
        after: The last id of the page before; empty for the first page.
        limit: How many.

    Raises:
        RedisUnavailable: Not now.
    """
    dead = keys.out(wire.partition, account, "dead")
    begin = 0
    if after:
        rank = await wire.call(b"ZREVRANK", dead, after)
        if rank is not None:
            begin = rank + 1
    ids = await wire.call(b"ZREVRANGE", dead, begin, begin + limit - 1)
    return [each.decode() for each in ids]
