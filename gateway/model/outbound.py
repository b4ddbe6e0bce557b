"""What senders ask of us: one channel-neutral message."""

from __future__ import annotations

from typing import Literal

from gateway.model.content import OutboundContent
from gateway.model.template_content import Template
from gateway.model.value import Json, Value


class Fallback(Value, frozen=True, kw_only=True):
    """What to send when the window is closed.

    Attributes:
        template: The template, with its variables filled.
    """

    template: Template


class OutboundMessage(Value, frozen=True, kw_only=True):
    """A message to be sent.

    Attributes:
        account: Which account sends.
        content: What it says; ``kind`` tells which of these it is. What each channel carries, and how
            much of it, is told by ``GET /v1/channels`` and in ``docs/reference/capabilities.md``; what
            is too much is refused with the field and the limit.
        to: Any address of the contact: phone number, platform's id, user id.
        to_group: A group instead of a contact; never both.
        thread: Topic inside a group (Telegram), as ``message.thread`` had it.
        via: Business connection or guest chat (Telegram), as ``message.via`` had it.
        reply_to: Platform id of the message to quote.
        metadata: Given back with ``message.accepted``, ``held`` and ``failed``, and in the record.
        lane: ``bulk`` waits until nothing of the account is ``live``.
        human: Written by a person, not by a program; Messenger's and Instagram's HUMAN_AGENT tag
            may only be put on such messages.
        send_at: Milliseconds since 1970; not before.
        expires_at: Milliseconds since 1970; not after.
        on_closed_window: What to do while only templates may be sent: ``reject`` the message, send
            the ``template`` of ``fallback`` instead, send it and ``hold`` the message until the contact
            answers, or send it with the platform's ``tag`` for people's late answers. The account's
            own setting by default.
        fallback: The template for that; the account's own by default.
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
