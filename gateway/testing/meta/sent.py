"""What the platform accepted, and what became of it: the judge of sending tests."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from gateway.testing.courier import AnyTiming
from gateway.testing.meta.account import Business
from gateway.testing.sent import AcceptedMessages

if TYPE_CHECKING:  # a contact has an inbox of what was sent
    from gateway.testing.meta.contact import Contact


class Timing(AnyTiming, frozen=True, kw_only=True):
    """When what becomes of a message is told, after it was accepted.

    Attributes:
        echo: When it comes back as an echo; None if it does not.
        delivered: When it is in the inbox; Instagram tells nothing of that.
        read: None if it is never read.
        names: How probable it is that a delivery names its message; else there is a watermark
            only.
    """

    echo: timedelta | None = timedelta(milliseconds=10)
    delivered: timedelta = timedelta(milliseconds=30)
    read: timedelta | None = timedelta(milliseconds=60)
    names: float = 1.0


class Sent(msgspec.Struct, kw_only=True, eq=False):
    """One accepted message.

    Attributes:
        id: What the caller was told.
        business: From which page or account.
        contact: To whom; None where nobody knows yet (a ticked checkbox, a subscription).
        message: As the caller wrote it.
        why: ``RESPONSE``, ``UPDATE``, ``MESSAGE_TAG`` or ``UTILITY``.
        tag: The tag it carried.
        reply_to: Which message it answers.
        at: When it was accepted, in seconds since 1970.
        statuses: What became of it and when: ``("delivered", 1795000000.5)``.
        comment_id: The comment it answers privately.
    """

    id: str
    business: Business
    contact: Contact | None
    message: dict[str, Any]
    why: str
    at: float
    tag: str | None = None
    reply_to: str | None = None
    comment_id: str | None = None
    statuses: list[tuple[str, float]] = []

    @property
    def said(self) -> str:
        """Its words: of a template with buttons, those above them; empty for files."""
        if text := self.message.get("text"):
            return str(text)
        attachment = self.message.get("attachment")
        payload = attachment.get("payload", {}) if isinstance(attachment, dict) else {}
        return str(payload.get("text", ""))

    @property
    def metadata(self) -> str | None:
        """What the caller wants back with the echo."""
        return self.message.get("metadata")

    @property
    def key(self) -> str:
        """What makes two accepted messages the same one: their metadata and their body."""
        return json.dumps(self.message, sort_keys=True)

    @property
    def status(self) -> str:
        """What became of it last; ``accepted`` before anything did."""
        return self.statuses[-1][0] if self.statuses else "accepted"


class SentLedger(AcceptedMessages[Sent]):
    """Every message ever accepted, in that order."""

    def times(self, metadata: str) -> int:
        """Return how often a message with this metadata was accepted."""
        return sum(each.metadata == metadata for each in self)
