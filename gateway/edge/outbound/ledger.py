"""The steps of outbound messages of one partition, as its owner takes them: one script each.

Every step says who takes it. Beginning needs the lease; what becomes of a message that was begun
is told by whoever began it, also when the lease was lost meanwhile, as long as nobody else has
begun it since. So nothing that is known gets lost, and nobody writes over a successor.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, Literal, TypeAlias

import msgspec

from gateway.bus import keys
from gateway.bus.pipe import Word
from gateway.bus.script import BEGIN, HOLD, REQUEUE, SETTLE
from gateway.bus.wire import Wire
from gateway.edge.outbound import progress
from gateway.edge.outbound.batch import Batch
from gateway.edge.outbound.progress import Progress
from gateway.edge.outbound.ticket import Ticket
from gateway.model.event import Event, type_of
from gateway.model.outbox import State

_encode: Final = msgspec.msgpack.Encoder().encode

ALTHOUGH_IN_DOUBT: Final = 1
ALTHOUGH_UNFIT: Final = 2
ALTHOUGH_EARLY: Final = 4
"""What was decided: see ``begin.lua``."""


class Ask(msgspec.Struct, frozen=True, gc=False):
    """A message to be begun.

    Attributes:
        opened_after: Seconds since 1970 after which the contact must have opened the window.
        decided: Sum of ``ALTHOUGH_…``.
    """

    ticket: Ticket
    opened_after: int
    decided: int = 0


class Gone(msgspec.Struct, frozen=True, gc=False):
    """It is not to be sent any more."""


class Lost(msgspec.Struct, frozen=True, gc=False):
    """The partition is not ours any more."""


class Wait(msgspec.Struct, frozen=True, gc=False):
    """It is to be tried later, in milliseconds since 1970."""

    until: int


class Doubt(msgspec.Struct, frozen=True, gc=False):
    """Another owner began it; nobody knows the end. ``mark`` is how that one signed."""

    message: bytes
    progress: bytes
    mark: bytes


class Look(msgspec.Struct, frozen=True, gc=False):
    """Something is to be decided first.

    Attributes:
        opened_at: Seconds since 1970; 0 for never.
        ahead: 2 when messages wait for this contact to write, 1 when those that did are to go first.
        wishes: What is kept of them; see ``suppression``.
    """

    message: bytes
    progress: bytes
    opened_at: int
    ahead: int
    wishes: bytes


class Begun(msgspec.Struct, frozen=True, gc=False):
    """It may be sent: nobody else will. ``doubt`` when another may have sent it before."""

    message: bytes
    progress: bytes
    doubt: bool


Told: TypeAlias = Gone | Lost | Wait | Doubt | Look | Begun


class Change(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What became of a message; see ``settle.lua``.

    Attributes:
        expected: What must still be so, as the script takes it.
        what: ``p`` a part is out and it goes on, ``l`` try again, ``d`` it is over.
        arg: When to try again, in milliseconds, or the state it ends in.
        progress: None to keep it as it is.
        platform_ids: What the platform calls it.
        event: What consumers are told.
        contact: Of a message that is, or was, held, of an opener, and of marketing.
        dead: It can be sent again by hand.
        opener: Others wait for the contact to answer it.
        marketing: Some words of the contact mean an answer to it for a while.
        expires: It has an ``expires_at``.
    """

    id: str
    expected: bytes
    what: Literal["p", "l", "d"]
    arg: int | State = 0
    progress: Progress | None = None
    platform_ids: tuple[str, ...] = ()
    event: Event | None = None
    contact: str = ""
    dead: bool = False
    opener: bool = False
    marketing: bool = False
    expires: bool = False

    def words(self) -> tuple[Word, ...]:
        """Return it as the script takes it."""
        event = self.event
        marks = self.dead + 2 * self.opener + 4 * self.marketing + 8 * self.expires
        return (
            *(self.id, self.expected, self.what, self.arg),
            b"" if self.progress is None else progress.encode(self.progress),
            _encode(self.platform_ids) if self.platform_ids else b"",
            *((b"", b"") if event is None else (type_of(event), _encode(event))),
            *(self.contact, marks),
        )


def unchanged(state: bytes, progress: bytes | None) -> bytes:
    """Return, for ``Change``, that nobody began a message or changed it since it was read."""
    return b"r" + state + b" " + (progress or b"")


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A message to be put aside until its contact writes.

    Attributes:
        refused_at: The second of a call to which the platform said that the window is closed,
            whatever we know; 0 when it did not.
        expected: Who else may have begun it, as for ``Change``.
        opener: Sent first, unless something was put aside for this contact before: its id, itself,
            its ticket and its progress.
    """

    ticket: Ticket
    opened_after: int
    refused_at: int
    expected: bytes
    until: int
    progress: Progress
    event: Event
    opener: tuple[str, bytes, bytes, bytes] = ("", b"", b"", b"")


class Ledger:
    """Takes the steps of one partition's messages.

    Args:
        wire: To the partition.
        owner: The lease, as Redis has it: name and fencing token.
        record_seconds: How long what is over is kept.
        clock: Milliseconds since 1970.
    """

    def __init__(
        self, wire: Wire, *, owner: bytes, record_seconds: int, clock: Callable[[], int]
    ) -> None:
        self.wire = wire
        self.owner = owner
        self.mine: Final = b"b" + owner
        self._clock = clock
        self._keep = record_seconds
        self._tag = keys.tag(wire.partition)
        self._lease = keys.lease(wire.partition)
        self._begin: Batch[Ask, Told] = Batch(self._begun)
        self._settle: Batch[Change, int] = Batch(self._settled)
        self.begin = self._begin.add
        self.settle = self._settle.add

    async def hold(self, held: Held) -> str:
        """Put a message aside; returns ``held``, ``open``, ``gone`` or ``lost``.

        Raises:
            RedisUnavailable: It may be held; the same again is safe.
        """
        ticket = held.ticket
        told = await self.wire.run(
            *(HOLD, 1, self._lease, self._tag, self.owner),
            *(ticket.id, ticket.contact, ticket.places, held.opened_after),
            *(held.refused_at, held.until),
            *(progress.encode(held.progress), _encode(held.event), *held.opener),
            held.expected.removeprefix(b"b"),
        )
        return str(told.decode())

    async def requeue(
        self, from_state: State, several: Sequence[tuple[str, bytes]], *, contact: str = ""
    ) -> int:
        """Put messages into their lanes; see ``requeue``."""
        return sum(await requeue(self.wire, from_state, several, contact=contact))

    async def release(self, contact: str) -> int:
        """Put everything that is held for a contact into its lane, in order.

        Raises:
            RedisUnavailable: Some may be; the same again is safe.
        """
        held = keys.held(self.wire.partition, contact)
        ids = await self.wire.call(b"LRANGE", held, 0, -1)
        several = [(each.decode(), b"") for each in ids]
        return await self.requeue("held", several, contact=contact) if several else 0

    async def _begun(self, asked: Sequence[Ask]) -> Sequence[Told]:
        words: list[Word] = []
        for each in asked:
            ticket = each.ticket
            words += (ticket.id, ticket.contact, ticket.places, each.opened_after, each.decided)
        answers = await self.wire.run(
            BEGIN, 1, self._lease, self._tag, self.owner, self._clock(), *words
        )
        if answers is None:
            return [Lost()] * len(asked)
        return [_told(each) for each in answers]

    async def _settled(self, changes: Sequence[Change]) -> Sequence[int]:
        words: list[Word] = []
        for each in changes:
            words += each.words()
        stream = keys.events(self.wire.partition)
        told: list[int] = await self.wire.run(
            SETTLE, 1, stream, self._tag, self._keep, self._clock(), *words
        )
        return told


async def requeue(
    wire: Wire, from_state: State, several: Sequence[tuple[str, bytes]], *, contact: str = ""
) -> list[int]:
    """Put messages into their lanes, in this order.

    Args:
        wire: To their partition.
        from_state: Those that are in another are left where they are.
        several: Ids, each with its new progress, or nothing to keep what it has.
        contact: Of held messages.

    Returns:
        1 or 0 for each: whether it was put there.

    Raises:
        RedisUnavailable: Some may be; the same again is safe.
    """
    words = [word for each in several for word in each]
    told: list[int] = await wire.run(
        *(REQUEUE, 1, keys.wake(wire.partition), keys.tag(wire.partition)),
        *(from_state, contact, *words),
    )
    return told


def _told(answer: list[Any]) -> Told:
    match answer:
        case [b"go", message, kept, doubt]:
            return Begun(message, kept, bool(doubt))
        case [b"look", message, kept, opened, ahead, wishes]:
            return Look(message, kept, opened, ahead, wishes)
        case [b"doubt", message, kept, mark]:
            return Doubt(message, kept, mark)
        case [b"wait", until]:
            return Wait(int(until))
        case _:
            return Gone()
