"""What operations that ask a platform have in common: the account's part, and its refusals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, TypeVar

from aiohttp import hdrs

from gateway.channel.channel import Channel
from gateway.channel.host import Host
from gateway.channel.outbound import Problem as Wrong
from gateway.daemon.daemon import Daemon
from gateway.errors import AccountBroken, InDoubt, PlatformFailure, Temporary, Throttled
from gateway.http.api.contacts import require_account
from gateway.http.problem import Problem, of_fields

T = TypeVar("T")

NOT_OFFERED: Final = "There is no such account, or its platform has nothing of the kind."
REFUSALS: Final = {
    404: NOT_OFFERED,
    409: "The account is broken: the platform does not take its token, or restricts it.",
    422: "A field is wrong, or the platform refuses it (`platform` says why).",
    429: "The platform wants to be asked less often; see `Retry-After`.",
    502: "The platform cannot be asked now.",
}
"""Problems of every operation that asks a platform."""


def opened(daemon: Daemon, account: str) -> tuple[Channel[Any], Host]:
    """Return an account's channel and host.

    Raises:
        Problem: 404, there is no such account.
    """
    require_account(daemon, account)
    return daemon.channels[account], daemon.hosts[account]


def offered(part: T | None, channel: Channel[Any], what: str) -> T:
    """Return a part that a channel may offer.

    Raises:
        Problem: 404, it does not.
    """
    if part is None:
        raise Problem(404, f"{channel.title} has no {what}", reason="not_offered")
    return part


def require_right(problems: Sequence[Wrong]) -> None:
    """Refuse what a channel finds wrong in a body, before its platform is asked.

    Raises:
        Problem: 422, with every field.
    """
    if problems:
        raise of_fields(problems)


@contextmanager
def asking() -> Iterator[None]:
    """Answer the platform's refusals.

    Raises:
        Problem: One of ``REFUSALS``.
    """
    try:
        yield
    except PlatformFailure as failure:
        raise _problem(failure) from failure


def _problem(failure: PlatformFailure) -> Problem:
    error = failure.error
    said = error.detail or error.title
    told = error.explanation or said or "the platform refused"
    if error.explanation and said:
        told = f"{told} The platform says: {said}"
    status, reason = 422, "platform_refused"
    match failure:
        case Throttled():
            status, reason = 429, "platform_throttles"
        case Temporary() | InDoubt():
            status, reason = 502, "platform_away"
        case AccountBroken():
            status, reason = 409, "account_broken"
        case _:
            pass
    wait = failure.retry_after
    headers: dict[str, str] = {}
    if wait is not None:
        headers[hdrs.RETRY_AFTER] = str(max(1, round(wait.total_seconds())))
    return Problem(status, told, reason=reason, platform=error, headers=headers)
