"""What ``POST /v1/messages`` takes and answers: one message or many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, TypeVar

import msgspec
from aiohttp import web
from msgspec import Meta

from gateway.channel.outbound import Call, Rendered
from gateway.codec import asked
from gateway.daemon.daemon import Daemon
from gateway.edge.turns import in_turns
from gateway.errors import FieldsWrong
from gateway.http.api.operation import Body, Reply
from gateway.http.api.routes import JSON, read_json
from gateway.http.problem import Problem
from gateway.model.outbound import OutboundMessage
from gateway.model.outbox import Accepted, FieldProblem, Refused, Submitted
from gateway.model.value import Json, Value

A = TypeVar("A")

CONFLICT: Final = 409
UNPROCESSABLE: Final = 422
MOST: Final = 1000
"""Messages in a request."""

EXAMPLE: Final[Json] = {
    "account": "wa-main",
    "to": "34600000000",
    "content": {"kind": "text", "text": "Tu pedido ya está en camino."},
}

# Reasons why a message is refused, the status of each, and what it means.
REASONS: Final[Mapping[str, tuple[int, str]]] = {
    "invalid": (422, "A field is wrong, or the channel cannot carry it: `problems` names each."),
    "unsendable": (422, "The channel's plugin failed on it: please report that."),
    "unknown_account": (422, "There is no account of this id."),
    "window_closed": (
        409,
        "The time for free-form messages is over: send one of `templates`, or give a `fallback`.",
    ),
    "no_fallback": (
        409,
        "The policy wants a fallback template, and neither the message nor the account has one.",
    ),
    "fallback_incomplete": (
        422,
        "The window is closed, and the message lacks what the fallback's variables need.",
    ),
    "opted_out": (409, "The contact does not want such messages."),
    "blocked": (409, "The contact blocked the account, or is blocked by it."),
    "unreachable": (409, "The platform said that the contact cannot be reached there."),
    "not_replayable": (409, "The message is unknown, or did not fail."),
}


def told_of(status: int) -> str:
    """Return why a message is answered with an error status, as a list for people."""
    reasons = {reason: told for reason, (own, told) in REASONS.items() if own == status}
    reasons.pop("not_replayable", None)  # of another operation
    if status == CONFLICT:
        reasons["idempotency_conflict"] = "The Idempotency-Key was used for other messages."
    lines = [f"- `{reason}`: {told}" for reason, told in reasons.items()]
    return "\n".join(["Refused; `reason` says why.\n", *lines])


class Batch(Value, frozen=True, kw_only=True):
    """Several messages.

    Attributes:
        messages: Each is checked and answered by itself; up to 1 000.
    """

    messages: Annotated[tuple[OutboundMessage, ...], Meta(min_length=1, max_length=MOST)]


class BatchAnswer(Value, frozen=True, kw_only=True):
    """What became of each message of a batch.

    Attributes:
        accepted: How many will be sent.
        refused: How many will not.
        results: One for each message, in the order they were given. Paths of problems begin at
            the message.
    """

    accepted: int
    refused: int
    results: tuple[Submitted, ...]


class Preview(Value, frozen=True, kw_only=True, tag_field="outcome", tag="rendered"):
    """What a message would become on its platform.

    Attributes:
        calls: The platform's requests, in order.
        downgraded: What the contact would see otherwise than it was asked for, and why.
    """

    calls: tuple[Call, ...]
    downgraded: str | None = None


class BatchPreview(Value, frozen=True, kw_only=True):
    """What each message of a batch would become.

    Attributes:
        results: One for each message, in the order they were given.
    """

    results: tuple[Preview | Refused, ...]


class Sending(msgspec.Struct, frozen=True, kw_only=True):
    """A decoded request.

    Attributes:
        messages: Each decoded, or refused because it could not be.
        is_batch: Whether it came as a list, and wants to be answered by one.
    """

    messages: tuple[OutboundMessage | Refused, ...]
    is_batch: bool

    def good(self) -> list[OutboundMessage]:
        """Return what could be decoded."""
        return [each for each in self.messages if isinstance(each, OutboundMessage)]

    def answered(self, answers: Sequence[A | Refused]) -> list[A | Refused]:
        """Return an answer for each message, given those of the good ones in their order."""
        left = iter(answers)
        return [each if isinstance(each, Refused) else next(left) for each in self.messages]


async def _read(request: web.Request, daemon: Daemon) -> Sending:
    raw = await read_json(request, daemon)
    match raw:
        case {"messages": list(several), **rest} if not rest:
            return Sending(messages=await _several(several), is_batch=True)
        case {"messages": _}:
            told = 'must be the only field and a list: {"messages": […]}'
            raise _fields_wrong("$.messages", told)
        case list():
            raise _fields_wrong("$", 'must be an object: for several, {"messages": […]}')
        case _:
            return Sending(messages=(asked.converted(raw, OutboundMessage),), is_batch=False)


SENDING: Final = Body(content={JSON: (OutboundMessage, Batch)}, read=_read)


async def _several(raw: list[Any]) -> tuple[OutboundMessage | Refused, ...]:
    if not 1 <= len(raw) <= MOST:
        raise _fields_wrong("$.messages", f"has {len(raw)} items, 1 to {MOST} are taken", MOST)
    return tuple([asked.message(each) async for piece in in_turns(raw) for each in piece])


def _fields_wrong(path: str, explanation: str, limit: int | None = None) -> FieldsWrong:
    return FieldsWrong([FieldProblem(path=path, explanation=explanation, limit=limit)])


def batch_answer(results: Sequence[Submitted], headers: Mapping[str, str]) -> Reply:
    """Return the answer of a batch: 202, or 207 where not all were accepted."""
    accepted = sum(isinstance(each, Accepted) for each in results)
    refused = len(results) - accepted
    answer = BatchAnswer(accepted=accepted, refused=refused, results=tuple(results))
    return Reply(answer, 207 if refused else 202, headers)


def preview(sending: Sending, rendered: Sequence[Rendered | Refused]) -> Reply:
    """Return the answer of a dry run.

    Args:
        sending: What was asked.
        rendered: What each of the good messages would become.

    Raises:
        Problem: The only message would be refused.
    """
    results = [_shown(each) for each in sending.answered(rendered)]
    if sending.is_batch:
        refused = any(isinstance(each, Refused) for each in results)
        return Reply(BatchPreview(results=tuple(results)), 207 if refused else 200)
    (only,) = results
    if isinstance(only, Refused):
        raise refusal(only)
    return Reply(only)


def _shown(rendered: Rendered | Refused) -> Preview | Refused:
    if isinstance(rendered, Refused):
        return rendered
    return Preview(calls=rendered.calls, downgraded=rendered.downgraded)


def refusal(refused: Refused) -> Problem:
    """Return the error answer of a message that was refused."""
    status, _ = REASONS.get(refused.reason, (422, ""))
    return Problem(
        status,
        refused.explanation,
        reason=refused.reason,
        problems=refused.problems,
        templates=refused.templates,
    )
