"""What is known of messages that were given to the gateway to be sent; times are milliseconds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypeAlias

from gateway.model.status import Failure, PlatformError, StatusName
from gateway.model.value import Json, Value

State: TypeAlias = Literal[
    "scheduled",
    "queued",
    "held",
    "sending",
    "accepted",
    "sent",
    "delivered",
    "read",
    "played",
    "failed",
    "cancelled",
]


class Part(Value, frozen=True, kw_only=True):
    """One call of a message that the platform took.

    Attributes:
        index: From 0, in the order the contact sees them.
        platform_id: What the platform calls it; None for what makes no message (read, typing).
        accepted_at: When it was taken.
    """

    index: int
    platform_id: str | None = None
    accepted_at: int | None = None


class Attempt(Value, frozen=True, kw_only=True):
    """One try that did not end well.

    Attributes:
        at: When it ended.
        outcome: ``temporary``, ``throttled``, ``in_doubt``, ``permanent`` or ``paused``.
        error: What the platform said.
    """

    at: int
    outcome: str
    error: PlatformError | None = None


class Step(Value, frozen=True, kw_only=True):
    """What the platform told about a message.

    Attributes:
        status: How far it came.
        at: When, by the platform's clock.
        late: A later step was known already.
        error: Why it failed.
    """

    status: StatusName
    at: int
    late: bool = False
    error: PlatformError | None = None


class OutboundRecord(Value, frozen=True, kw_only=True):
    """Everything that is known of one message.

    Attributes:
        id: Ours, as the answer to sending it told.
        account: Which account sends.
        channel: Type of the account's channel; empty where there is no such account any more.
        to: Whom it goes to, as the caller said.
        to_group: The group it goes to.
        lane: As the caller said.
        state: How far it is, what the platform told before what we know: ``scheduled`` waits for
            its time; ``queued`` for its turn, or to be tried again; ``held`` for the contact to
            write; ``sending`` a call to the platform is under way; ``accepted`` the platform took
            it; then what the platform tells.
        kind: The kind of its content.
        created_at: When it was accepted.
        updated_at: When something last became known of it.
        send_at: Not before; as the caller said.
        expires_at: Not after; as the caller said.
        parts: The calls that were taken.
        attempts: The tries that failed, oldest first; the last 20.
        steps: What the platform told, in the order of its clock.
        failure: Why it will not arrive.
        downgraded: How a content the channel cannot show is shown instead.
        fallback: A template was sent in its place, because the window was closed.
        in_doubt: It may have been sent more than once, or may not have been sent: nobody knows.
        metadata: As the sender gave it.
    """

    id: str
    account: str
    channel: str
    to: str | None = None
    to_group: str | None = None
    lane: Literal["live", "bulk"] = "live"
    state: State
    kind: str
    created_at: int
    updated_at: int
    send_at: int | None = None
    expires_at: int | None = None
    parts: tuple[Part, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    steps: tuple[Step, ...] = ()
    failure: Failure | None = None
    downgraded: str | None = None
    fallback: bool = False
    in_doubt: bool = False
    metadata: dict[str, Json] = {}


class FieldProblem(Value, frozen=True, kw_only=True):
    """What is wrong with one field; as a text the field first, then what would be right.

    Attributes:
        path: As in ``$.content.buttons[1].title``, where ``$`` is the body; of a parameter or a
            header its name.
        explanation: What would be right, for people.
        limit: The most or the least that is allowed, where that is what is wrong.
    """

    path: str
    explanation: str
    limit: int | None = None

    def __str__(self) -> str:
        return f"{self.path}: {self.explanation}"


def all_told(problems: Iterable[FieldProblem]) -> str:
    """Return every problem in one line for people."""
    return "; ".join(map(str, problems))


class Accepted(Value, frozen=True, kw_only=True, tag_field="outcome", tag="accepted"):
    """The message is safe and will be sent.

    Attributes:
        id: Ours: by it the message's record is asked for, and events name it.
        state: ``queued``; ``scheduled`` where it waits for its ``send_at``. Asked again under the
            same idempotency key, what was answered then.
        repeated: It was accepted before, under the same idempotency key.
        downgraded: How it will be shown, where the channel cannot show it as it is.
    """

    id: str
    state: State
    repeated: bool = False
    downgraded: str | None = None


class Refused(Value, frozen=True, kw_only=True, tag_field="outcome", tag="refused"):
    """The message will not be sent, and nothing was kept of it.

    Attributes:
        reason: A constant word: ``invalid``, ``unsendable``, ``unknown_account``,
            ``window_closed``, ``no_fallback``, ``fallback_incomplete``, ``opted_out``, ``blocked``,
            ``unreachable``, ``not_replayable``.
        explanation: For people; where fields are wrong, with each of them.
        problems: The fields that are wrong.
        templates: What could be sent instead.
    """

    reason: str
    explanation: str
    problems: tuple[FieldProblem, ...] = ()
    templates: tuple[str, ...] = ()


Submitted: TypeAlias = Accepted | Refused


class WindowState(Value, frozen=True, kw_only=True):
    """Whether free-form messages may go to a contact.

    Attributes:
        account: Id of the account that was asked about.
        contact: The address that was asked about.
        open: Whether they may; None where the platform has no window.
        opened_at: When the contact last did what opens it.
        expires_at: When it closes, or closed; None where nothing is known that opened it.
        rule: What opens it, and how long it stays open, in words.
    """

    account: str
    contact: str
    open: bool | None = None
    opened_at: int | None = None
    expires_at: int | None = None
    rule: str | None = None


class AccountState(Value, frozen=True, kw_only=True):
    """How an account's queues are.

    Attributes:
        id: Of the account.
        channel: Type of its channel.
        paused: Why nothing is sent; None while the account sends.
        paused_at: Since when nothing is sent.
        live: Messages waiting in the lane ``live``, those under way included.
        bulk: Messages waiting in the lane ``bulk``, those under way included.
        held: Messages waiting for their contact to write.
        scheduled: Messages waiting for their time.
        dead: Failed messages that can be replayed.
        oldest_at: When the oldest waiting message was queued.
        pace: Share of the platform's own rate that is used now, 1 unless it slowed us down; None
            where the account is owned by another process.
    """

    id: str
    channel: str
    paused: str | None = None
    paused_at: int | None = None
    live: int = 0
    bulk: int = 0
    held: int = 0
    scheduled: int = 0
    dead: int = 0
    oldest_at: int | None = None
    pace: float | None = None
