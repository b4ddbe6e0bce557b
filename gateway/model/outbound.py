"""What senders ask of us: one channel-neutral message."""

from __future__ import annotations

from typing import Literal

from gateway.model.content import OutboundContent
from gateway.model.outbound_content import Template
from gateway.model.value import Json, Value


class Fallback(Value, frozen=True, kw_only=True):
    """What to send when the window is closed."""

    template: Template


class OutboundMessage(Value, frozen=True, kw_only=True):
    """A message to be sent.

    Attributes:
        account: Which account sends.
        to: Any address of the contact; ``to_group`` instead for a group.
        reply_to: Platform id of the message to quote.
        metadata: Given back with ``message.accepted``, ``held`` and ``failed``, and in the record.
        human: Written by a person, not by a program; Messenger's and Instagram's HUMAN_AGENT tag
            may only be put on such messages.
        send_at: Milliseconds since 1970; not before.
        expires_at: Milliseconds since 1970; not after.
        on_closed_window: Overrides the account's policy.
        tag: The platform's mark for people's late answers, put on by the gateway where its window
            policy says so, and by nobody else: a caller that gives it is refused.
    """

    account: str
    content: OutboundContent
    to: str | None = None
    to_group: str | None = None
    thread: str | None = None
    via: str | None = None
    reply_to: str | None = None
    metadata: dict[str, Json] = {}
    lane: Literal["live", "bulk"] = "live"
    human: bool = False
    send_at: int | None = None
    expires_at: int | None = None
    on_closed_window: Literal["reject", "template", "hold", "tag"] | None = None
    fallback: Fallback | None = None
    tag: str | None = None
