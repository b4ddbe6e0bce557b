"""Keeps to how many contacts a business may write to first within a day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final, Literal, TypeAlias

import msgspec
import structlog

from gateway.bus import keys
from gateway.bus.script import REACH
from gateway.bus.wire import Wire
from gateway.edge.outbound.batch import Batch
from gateway.edge.outbound.inquiry import opened_at
from gateway.edge.outbound.ticket import places_of
from gateway.errors import RedisUnavailable
from gateway.model.identity import contact_digest
from gateway.model.limits import Reach
from gateway.model.outbound import OutboundMessage
from gateway.model.template_content import Template
from gateway.policy.phone import canonical
from gateway.telemetry import logs

log = structlog.get_logger(__name__)

DAY_MS: Final = 24 * 3600 * 1000
ASK_AGAIN_MS: Final = 60_000
"""The first that waits for room asks again after this time; what is behind it waits for its answer."""
TOLD_EVERY_MS: Final = 3600 * 1000

Entry: TypeAlias = Literal["free", "new", "full"]
"""The message may go; it may, and its contact counts because of it; there is no room for them."""

_decoder: Final = msgspec.json.Decoder(Reach)


class Audience:
    """Counts whom an account writes to first, together with the accounts it shares that with.

    A contact counts for 24 hours after the last template that went to them while their window was
    closed. Nobody counts for whom the platform names no limit.

    Args:
        account: Its id.
        own: To the account's partition, where windows are.
        wires: One per partition: what is counted is where the business is, not the account.
        clock: Milliseconds since 1970.
    """

    def __init__(
        self, account: str, *, own: Wire, wires: Sequence[Wire], clock: Callable[[], int]
    ) -> None:
        self._account = account
        self._own = own
        self._wires = wires
        self._clock = clock
        self._reach: Reach | None = None
        self._told_at = 0
        self._asked: Batch[bytes, int] = Batch(self._counted)

    def learn(self, raw: bytes | None) -> None:
        """Keep to what the channel was told; None while it was told nothing."""
        self._reach = None if raw is None else _decoder.decode(raw)

    @property
    def is_limited(self) -> bool:
        """Whether anybody counts."""
        return self._limit() is not None

    async def enter(self, message: OutboundMessage, *, opened_after: int) -> Entry:
        """Count the contact of a message, if it makes them count and there is room.

        Args:
            message: As it is sent.
            opened_after: The second after which a contact must have opened a window that is open.

        Raises:
            RedisUnavailable: They may count; the same again is safe.
        """
        contact = self._contact(message)
        if contact is None or await self._is_open(message, opened_after):
            return "free"
        told = await self._asked.add(contact)
        if told < 0:
            self._tell()
            return "full"
        return "new" if told else "free"

    async def leave(self, message: OutboundMessage) -> None:
        """Count the contact of a message no more: the platform refused it.

        Where Redis is away they go on to count, which harms nobody.
        """
        contact, reach = self._contact(message), self._limit()
        if contact is not None and reach is not None:
            wire, key = self._place(reach)
            with suppress(RedisUnavailable):
                await wire.call(b"ZREM", key, contact)

    async def reached(self) -> int | None:
        """Return how many contacts count now; None where there is no limit.

        Raises:
            RedisUnavailable: Not now.
        """
        if (reach := self._limit()) is None:
            return None
        wire, key = self._place(reach)
        return int(await wire.call(b"ZCOUNT", key, f"({self._clock() - DAY_MS}", b"+inf"))

    def _contact(self, message: OutboundMessage) -> bytes | None:
        """Return whom a message makes count, whichever account writes; None for nobody."""
        reach = self._limit()
        if reach is None or message.to is None:
            return None
        if not isinstance(message.content, Template):
            return None
        return contact_digest(reach.shared, canonical(message.to))

    async def _is_open(self, message: OutboundMessage, opened_after: int) -> bool:
        places = places_of(message.account, message.to or "")
        (last,) = await opened_at(self._own, [places])
        return last is not None and last > opened_after * 1000

    async def _counted(self, contacts: Sequence[bytes]) -> Sequence[int]:
        reach = self._limit()
        if reach is None or reach.most is None:  # lifted while they waited to be asked for
            return [0] * len(contacts)
        wire, key = self._place(reach)
        told: list[int] = await wire.run(
            REACH, 1, key, self._clock(), DAY_MS, reach.most, *contacts
        )
        return told

    def _limit(self) -> Reach | None:
        """Return what is kept to; None where there is no limit."""
        return None if self._reach is None or self._reach.most is None else self._reach

    def _place(self, reach: Reach) -> tuple[Wire, str]:
        """Return where a business's contacts are counted."""
        partition = keys.partition_of(reach.shared, len(self._wires))
        return self._wires[partition], keys.reached(partition, reach.shared)

    def _tell(self) -> None:
        now = self._clock()
        if now - self._told_at >= TOLD_EVERY_MS and self._reach is not None:
            self._told_at = now
            log.warning(logs.CONTACTS_REACHED, account=self._account, most=self._reach.most)
