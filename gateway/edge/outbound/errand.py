"""One message on its way out: what is known of it in this process."""

from __future__ import annotations

from typing import Final

import msgspec

from gateway.edge.outbound import progress
from gateway.edge.outbound.progress import Progress
from gateway.edge.outbound.ticket import Ticket
from gateway.model.contact import Address
from gateway.model.outbound import OutboundMessage

NOT_BEGUN: Final = b"squeued"


class Errand(msgspec.Struct):
    """A message that is being sent; changes as it goes.

    Attributes:
        ticket: Its place in the lane.
        message: As it was given to us.
        shown: As it is sent: with the tag for late answers, or a template in its place.
        progress: How far it is.
        expected: What must be so in Redis when its end is told; see ``settle.lua``.
        decided: What was decided about it; see ``begin.lua``.
        sent_at: When the last call was made, in nanoseconds of a clock that is never put back.
        addresses: Of the contact, as the platform told them.
        kept_back: The platform said that it waits with it.
        marketing: It is, and that is to be remembered: see ``Change``.
        counts: Its contact counts among those written to first because of it.
    """

    ticket: Ticket
    message: OutboundMessage
    shown: OutboundMessage
    progress: Progress
    expected: bytes = NOT_BEGUN
    decided: int = 0
    sent_at: int = 0
    addresses: tuple[Address, ...] = ()
    kept_back: bool = False
    marketing: bool = False
    counts: bool = False

    @property
    def contact(self) -> str:
        """Whom it was held for, is to make write, or is marketing for; empty for all others."""
        concerned = self.marketing or self.ticket.opener or self.progress.held_until is not None
        return self.ticket.contact if concerned else ""

    @classmethod
    def read(cls, ticket: Ticket, message: bytes, kept: bytes) -> Errand:
        """Return the errand of a message as Redis has it."""
        read = progress.decode_message(message)
        return cls(ticket, read, read, progress.decode(kept))


class Finished(msgspec.Struct, frozen=True):
    """Nothing is left to be done with the ticket; ``accepted`` when the platform took it."""

    accepted: bool = False


class Later(msgspec.Struct, frozen=True):
    """The ticket has another turn after a wait, told as such: clocks are put back now and then.

    Attributes:
        wait: Milliseconds.
        due: Redis has it put off until then.
        full: Its contact would be one more that is written to first than the platform allows.
    """

    wait: int
    due: bool = False
    full: bool = False


class Stopped(msgspec.Struct, frozen=True):
    """The partition is not ours any more."""


Ending = Finished | Later | Stopped
DONE: Final = Finished()
ACCEPTED: Final = Finished(accepted=True)
STOPPED: Final = Stopped()
