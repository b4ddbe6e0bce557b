"""What is known of contacts when a message is given to us: windows, and who wants none."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.bus import keys
from gateway.bus.pipe import Word
from gateway.bus.wire import Wire
from gateway.edge.outbound import suppression
from gateway.edge.outbound.draft import Draft
from gateway.model.outbox import Refused
from gateway.policy import consent

_PLACE = 12
"""Bytes: four digits of bucket, eight of field; see ``window_places``."""


async def opened_at(wire: Wire, places: Sequence[bytes]) -> list[int | None]:
    """Return when each contact last opened the window, in milliseconds since 1970.

    Args:
        wire: To the partition.
        places: Of each contact; one without any has no window.
    """
    windows = keys.windows(wire.partition).encode()
    commands: list[tuple[Word, ...]] = [
        (b"HGET", windows + each[at : at + 4], each[at + 4 : at + _PLACE])
        for each in places
        for at in range(0, len(each), _PLACE)
    ]
    answers = iter(await wire.calls(commands) if commands else ())
    found: list[int | None] = []
    for each in places:
        told = [next(answers) for _ in range(0, len(each), _PLACE)]
        seconds = [int(at) for at in told if at is not None]
        found.append(max(seconds) * 1000 if seconds else None)
    return found


async def standing_refusals(wire: Wire, drafts: Sequence[Draft], now: int) -> dict[str, Refused]:
    """Return why some messages may not go to their contacts, by message id."""
    if not drafts:
        return {}
    contacts = [each.ticket.contact for each in drafts]
    kept = await wire.call(b"HMGET", keys.suppressed(wire.partition), *contacts)
    found: dict[str, Refused] = {}
    for draft, raw in zip(drafts, kept, strict=True):
        if raw is None:
            continue
        standing = suppression.decode(raw).standing(now)
        against = consent.suppressed(consent.purpose(draft.message), standing)
        if against is not None:
            found[draft.ticket.id] = Refused(reason=against.reason, explanation=against.explanation)
    return found
