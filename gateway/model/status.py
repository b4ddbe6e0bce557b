"""What became of an outbound message."""

from __future__ import annotations

from typing import Literal, TypeAlias

from gateway.model.value import Json, Value

StatusName: TypeAlias = Literal["sent", "delivered", "read", "played", "failed"]


class PlatformError(Value, frozen=True, kw_only=True):
    """An error of a platform, its code kept and its meaning in our words.

    Attributes:
        code: As the platform gave it, text also where it is a number.
        subcode: The platform's finer code.
        title: The platform's words.
        detail: The platform's longer words.
        explanation: Ours: what it means and what to do.
        action: What was done about it, in one word: see ``docs/reference/platform-errors.md``.
    """

    code: str
    subcode: str | None = None
    title: str | None = None
    detail: str | None = None
    explanation: str | None = None
    action: str | None = None


class Pricing(Value, frozen=True, kw_only=True):
    """What the platform charges for, in its own words.

    Attributes:
        category: What kind of message it counts as: ``marketing``, ``utility``, ``authentication``,
            ``service`` …
        type: Whether it costs and why not: ``regular``, ``free_customer_service``,
            ``free_entry_point`` …
        model: How it counts: ``PMP`` for each message.
        billable: Whether it costs; None where not told.
    """

    category: str
    type: str | None = None
    model: str | None = None
    billable: bool | None = None


class Status(Value, frozen=True, kw_only=True):
    """One step in the life of an outbound message.

    Attributes:
        status: See ``gateway.policy.status`` for the order.
        timestamp: Milliseconds since 1970, the platform's clock.
        platform_id: Which message; None where only a watermark is told.
        watermark: Milliseconds since 1970: everything sent until then as well (Messenger).
        message_id: Ours, where it is known.
        group_id: The group it was sent to; the event's contact is then the member.
        error: Why it failed, of a ``failed``.
        pricing: What the platform charges, on the steps where it tells.
        template_id: The platform's id of the template, where told.
        metadata: What we attached when sending.
    """

    status: StatusName
    timestamp: int
    platform_id: str | None = None
    watermark: int | None = None
    message_id: str | None = None
    group_id: str | None = None
    error: PlatformError | None = None
    pricing: Pricing | None = None
    template_id: str | None = None
    metadata: str | None = None


class Failure(Value, frozen=True, kw_only=True):
    """Why an outbound message will not arrive, decided on our side.

    Attributes:
        reason: A constant word: one of those for which a message is refused, or of those that only
            time shows; ``docs/api.md`` tells each.
        explanation: Why, for people.
        error: What the platform said, if it was asked.
        data: More facts: ``problems`` names each wrong field, ``templates`` approved templates that
            may be sent instead.
    """

    reason: str
    explanation: str
    error: PlatformError | None = None
    data: dict[str, Json] = {}
