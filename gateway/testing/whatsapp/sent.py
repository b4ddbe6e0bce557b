"""What the platform accepted, and what became of it: the judge of crash tests."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from gateway.testing.courier import AnyTiming
from gateway.testing.sent import AcceptedMessages
from gateway.testing.whatsapp.body import Number

if TYPE_CHECKING:  # a contact has an inbox of what was sent
    from gateway.testing.whatsapp.contact import Contact


class Timing(AnyTiming, frozen=True, kw_only=True):
    """When a message's statuses come, after it was accepted.

    Attributes:
        sent: Also when a failure is told.
        delivered: When it is in the inbox.
        read: None if it is never read.
        played: For voice messages; None if never.
        on_arrival: How probable it is that a message is read as it arrives: then ``delivered``
            is skipped.
        silent: Nothing is told; messages arrive at once.
    """

    sent: timedelta = timedelta(milliseconds=20)
    delivered: timedelta = timedelta(milliseconds=60)
    read: timedelta | None = timedelta(milliseconds=150)
    played: timedelta | None = timedelta(milliseconds=300)
    on_arrival: float = 0.0
    silent: bool = False


class Sent(msgspec.Struct, kw_only=True, eq=False):
    """One accepted message.

    Attributes:
        id: What the caller was told.
        number: From which.
        contact: To whom; None for a message to a group, and for one that goes nowhere.
        body: As the caller wrote it.
        kind: Its type.
        said: Its words, a template's with the variables filled.
        at: When it was accepted, in seconds since 1970.
        category: What it is charged as, in lower case: service, utility, marketing …
        statuses: What became of it and when: ``("delivered", 1795000000.5)``.
        group_id: The group it went to.
        held: Whether the platform still waits with it.
        arrived: Whether it ever reached an inbox.
    """

    id: str
    number: Number
    contact: Contact | None
    body: dict[str, Any]
    kind: str
    said: str
    at: float
    category: str = "service"
    statuses: list[tuple[str, float]] = []
    group_id: str | None = None
    held: bool = False
    arrived: bool = False

    @property
    def metadata(self) -> str | None:
        """What the caller wants echoed in statuses."""
        return self.body.get("biz_opaque_callback_data")

    @property
    def key(self) -> str:
        """What makes two accepted messages the same one: their metadata, or all of their body."""
        return self.metadata or json.dumps(self.body, sort_keys=True)

    @property
    def status(self) -> str:
        """What became of it last; ``accepted`` before anything did."""
        return self.statuses[-1][0] if self.statuses else "accepted"


class SentLedger(AcceptedMessages[Sent]):
    """Every message ever accepted, in that order."""

    def arrivals(self) -> Counter[str]:
        """Count how often each message reached an inbox."""
        return Counter(each.key for each in self if each.arrived)

    def times(self, key: str) -> int:
        """Return how often the message of this key was accepted."""
        return self.counts()[key]


def words(kind: str, body: dict[str, Any]) -> str:
    """Return a message's words, for people; empty for one without."""
    value = body.get(kind)
    match kind:
        case "text":
            return str(value["body"]) if value else ""
        case "interactive":
            return str((value or {}).get("body", {}).get("text", ""))
        case "reaction":
            return str((value or {}).get("emoji", ""))
        case "image" | "video" | "document":
            return str((value or {}).get("caption", ""))
        case _:
            return ""
