"""Messages: sent, looked up, cancelled, and sent again."""

from __future__ import annotations

import re
from typing import Annotated, Final

from aiohttp import hdrs
from msgspec import Meta

from gateway.errors import IdempotencyConflict, NotCancellable
from gateway.http.api.contacts import NO_ACCOUNT, require_account
from gateway.http.api.operation import Call, Header, Nothing, Reply, operation
from gateway.http.api.sending import (
    CONFLICT,
    EXAMPLE,
    SENDING,
    UNPROCESSABLE,
    BatchAnswer,
    BatchPreview,
    Preview,
    Sending,
    batch_answer,
    preview,
    refusal,
    told_of,
)
from gateway.http.problem import Problem, of_fields
from gateway.model.outbox import Accepted, FieldProblem, OutboundRecord, Refused
from gateway.model.value import Value

GROUP: Final = "Messages"
IDEMPOTENCY_KEY: Final = "Idempotency-Key"
REPLAYED: Final = "Idempotent-Replayed"
MOST_REPLAYED: Final = 1000
LONGEST_KEY: Final = 255
KEY_PATTERN: Final = r"^[!-~]{1,255}$"


_REPLAYED: Final = Header(
    "`true`: this is the first answer to the Idempotency-Key, come back; nothing was sent again.",
    shape={"const": "true"},
)


class SendOptions(Value, frozen=True, kw_only=True):
    """How to send.

    Attributes:
        dry_run: Send nothing: answer what would be asked of the platform.
    """

    dry_run: bool = False


@operation(
    "POST",
    "/v1/messages",
    group=GROUP,
    scope="messages:send",
    body=SENDING,
    headers={
        IDEMPOTENCY_KEY: Header(
            "A word of yours for this request, 1 to 255 visible characters without spaces. Sent "
            "again with the same messages within 24 hours, the first answer comes back and nothing "
            "is sent twice.",
            shape={"type": "string", "pattern": KEY_PATTERN},
        )
    },
    sends={
        202: {
            hdrs.LOCATION: Header("Where to look the message up; not of a batch."),
            REPLAYED: _REPLAYED,
        },
        207: {REPLAYED: _REPLAYED},
    },
    answers={
        202: (Accepted, BatchAnswer),
        200: (Preview, BatchPreview),
        207: (BatchAnswer, BatchPreview),
    },
    problems={each: told_of(each) for each in (CONFLICT, UNPROCESSABLE)},
    example=EXAMPLE,
    answer_example={
        "outcome": "accepted",
        "id": "01a2148e5694000002c453095bbce101",
        "state": "queued",
    },
)
async def send_messages(call: Call[SendOptions, Sending]) -> Reply:
    """Send messages.

    One message is the body itself; several, up to 1 000, are `{"messages": […]}`. Everything is
    checked before it is accepted; 202 means that the message is safe and will be sent under the
    platform's rules: follow it by its `id`, or on the event stream.

    Of a batch, good messages go although others are refused: 202 when all were accepted, 207 when
    not. `results` has one answer for each message, in order.

    With `dry_run=true` nothing is sent and the answer (200, or 207 of a batch with bad messages)
    has the platform calls.
    """
    key = _idempotency_key(call.request.headers.get(IDEMPOTENCY_KEY))
    outbox, asked = call.daemon.outbox, call.body
    if call.parameters.dry_run:
        return preview(asked, await outbox.preview(asked.good()))
    try:
        submitted = await outbox.submit(asked.good(), idempotency_key=key)
    except IdempotencyConflict:
        raise Problem(
            409,
            "this Idempotency-Key was used for other messages",
            reason="idempotency_conflict",
        ) from None
    headers = {REPLAYED: "true"} if any(_is_repeated(each) for each in submitted) else {}
    if asked.is_batch:
        return batch_answer(asked.answered(submitted), headers)
    (only,) = asked.answered(submitted)
    if isinstance(only, Refused):
        raise refusal(only)
    return Reply(only, 202, {hdrs.LOCATION: f"/v1/messages/{only.id}", **headers})


def _is_repeated(submitted: Accepted | Refused) -> bool:
    return isinstance(submitted, Accepted) and submitted.repeated


def _idempotency_key(given: str | None) -> str | None:
    if given is None or re.fullmatch(KEY_PATTERN, given):
        return given
    problem = FieldProblem(
        path=IDEMPOTENCY_KEY,
        explanation=f"must be 1 to {LONGEST_KEY} visible characters, without spaces",
        limit=LONGEST_KEY,
    )
    raise of_fields([problem])


class MessageId(Value, frozen=True, kw_only=True):
    """Which message.

    Attributes:
        id: Ours, as it was answered when the message was accepted.
    """

    id: str


@operation(
    "GET",
    "/v1/messages/{id}",
    group=GROUP,
    scope="messages:read",
    answers={200: OutboundRecord},
    problems={404: "No message has this id, or it is older than is remembered."},
    answer_example={
        "id": "01a2148e5694000002c453095bbce101",
        "account": "wa-main",
        "channel": "whatsapp",
        "to": "34600000000",
        "state": "delivered",
        "kind": "text",
        "created_at": 1795000000000,
        "updated_at": 1795000002310,
        "parts": [{"index": 0, "platform_id": "wamid.HBgLMzQ2MDAw", "accepted_at": 1795000000420}],
        "steps": [
            {"status": "sent", "at": 1795000001000},
            {"status": "delivered", "at": 1795000002000},
        ],
        "metadata": {"order": 7},
    },
)
async def get_message(call: Call[MessageId, Nothing]) -> Reply:
    """Tell what became of a message.

    Its state, its parts with the platform's ids, every try that failed with the platform's code
    and what it means, every status with its time.
    """
    return Reply(_known(await call.daemon.outbox.record(call.parameters.id)))


def _known(record: OutboundRecord | None) -> OutboundRecord:
    if record is None:
        raise Problem(404, "no message has this id, or it is older than is remembered")
    return record


class ByPlatform(Value, frozen=True, kw_only=True):
    """What a platform calls a message.

    Attributes:
        account: Which account sent it.
        platform_id: The platform's id of the message, or of one of its parts.
    """

    account: str
    platform_id: str


class Records(Value, frozen=True, kw_only=True):
    """Messages, and where to go on.

    Attributes:
        messages: What is known of each.
        next: Give it as `after` for those that follow; absent when there are no more.
    """

    messages: tuple[OutboundRecord, ...]
    next: str | None = None


@operation(
    "GET",
    "/v1/messages",
    group=GROUP,
    scope="messages:read",
    answers={200: Records},
    problems=NO_ACCOUNT,
)
async def find_messages(call: Call[ByPlatform, Nothing]) -> Reply:
    """Find a message by its platform's id.

    None or one: `messages` is empty when we did not send it, or when it is older than 30 days.
    """
    wanted = call.parameters
    require_account(call.daemon, wanted.account)
    found = await call.daemon.outbox.find(wanted.account, wanted.platform_id)
    return Reply(Records(messages=() if found is None else (found,)))


@operation(
    "DELETE",
    "/v1/messages/{id}",
    group=GROUP,
    scope="messages:send",
    answers={200: OutboundRecord},
    problems={
        404: "No message has this id.",
        409: "It is too late: the message is on its way, was sent, or failed.",
    },
)
async def cancel_message(call: Call[MessageId, Nothing]) -> Reply:
    """Cancel a message that waits.

    One that is scheduled, queued or held; cancelling twice is no error.
    """
    try:
        return Reply(_known(await call.daemon.outbox.cancel(call.parameters.id)))
    except NotCancellable as error:
        raise Problem(409, str(error), reason="not_cancellable") from None


class DeadOf(Value, frozen=True, kw_only=True):
    """Which failed messages.

    Attributes:
        account: Which account was to send them.
        after: `next` of the page before.
        limit: Most messages in an answer.
    """

    account: str
    after: str = ""
    limit: Annotated[int, Meta(ge=1, le=1000)] = 100


@operation(
    "GET",
    "/v1/messages/dead",
    group=GROUP,
    scope="messages:read",
    answers={200: Records},
    problems=NO_ACCOUNT,
)
async def list_dead_messages(call: Call[DeadOf, Nothing]) -> Reply:
    """List failed messages.

    Those that can be sent again, newest first.
    """
    wanted = call.parameters
    require_account(call.daemon, wanted.account)
    dead = call.daemon.outbox.dead
    found = await dead(wanted.account, after=wanted.after, limit=wanted.limit)
    full = len(found) == wanted.limit
    return Reply(Records(messages=tuple(found), next=found[-1].id if full else None))


class Replay(Value, frozen=True, kw_only=True):
    """Which failed messages to send again.

    Attributes:
        ids: Ours; up to 1 000.
    """

    ids: Annotated[tuple[str, ...], Meta(min_length=1, max_length=MOST_REPLAYED)]


@operation(
    "POST",
    "/v1/messages/replay",
    group=GROUP,
    scope="messages:send",
    answers={202: BatchAnswer, 207: BatchAnswer},
    example={"ids": ["01a2148e5694000002c453095bbce101"]},
)
async def replay_messages(call: Call[Nothing, Replay]) -> Reply:
    """Send failed messages again.

    Under their old ids, after the cause is mended: a paid bill, a new token, an approved template. 202 when all of them
    wait again; 207 when not, with the reason of each (`not_replayable`).
    """
    return batch_answer(await call.daemon.outbox.replay(call.body.ids), {})
