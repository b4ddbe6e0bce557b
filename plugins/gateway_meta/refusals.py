"""What a refusal of the Graph API becomes: an error of ours that says who must act.

The code decides by the channel's own table. Here is what is the same on every channel: the form
of a refusal, what one with a new code or none at all is taken for, and how long to wait.

Source: Meta for Developers, Graph API, "Handle errors", "Rate limits".
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any, Final, Literal

import msgspec

from gateway.api import (
    AccountBroken,
    Answer,
    InDoubt,
    OptedOut,
    PlatformError,
    PlatformFailure,
    Rejected,
    TemplatePaused,
    TemplateRefused,
    Temporary,
    Throttled,
    Unreachable,
    WindowClosed,
)
from gateway_meta import proof
from gateway_meta.errors import Action, Meaning
from gateway_meta.wire import Wire

_USAGE: Final = "x-business-use-case-usage"
_DOUBT: Final = "The platform did not say whether it took the message."
_BILLABLE: Final = frozenset({"template"})
_NO_PROOF: Final = Meaning("pause_account", proof.REFUSED)


class Refusal(Wire, frozen=True):
    """The ``error`` of an answer."""

    code: int | str
    message: str | None = None
    error_data: Any = None
    error_subcode: int | str | None = None
    error_user_msg: str | None = None
    is_transient: bool = False

    @property
    def subcode(self) -> str | None:
        """The finer code; None where there is none."""
        return None if self.error_subcode is None else str(self.error_subcode)


class _Refused(Wire, frozen=True):
    error: Refusal


class _Usage(Wire, frozen=True):
    estimated_time_to_regain_access: int = 0


def refusal(answer: Answer) -> Refusal | None:
    """Return what an answer that is no success tells; None where it is not Meta's JSON."""
    try:
        return msgspec.json.decode(answer.body, type=_Refused).error
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def lack_of_proof(told: Refusal) -> Meaning | None:
    """Return what a refusal means that blames our proof: no code tells it from a wrong message."""
    return _NO_PROOF if proof.PARAMETER in (told.message or "") else None


class Judge(msgspec.Struct, frozen=True, kw_only=True):
    """Makes errors of ours; what it holds is how channels differ.

    Attributes:
        cause: Returns what is at fault, by its code, when an account cannot send.
        tries: How often to try what is new to us and seems to pass; None as often as the engine
            likes.
        look_again: When it may be known whether a message in doubt was taken; None for never.
        metered: Limits for which a header tells when there is access again.
    """

    cause: Callable[[str], Literal["auth", "platform"]]
    tries: int | None = None
    look_again: timedelta | None = None
    metered: frozenset[Action] = frozenset({"throttle_app"})

    def failure(
        self, told: Refusal, meaning: Meaning, answer: Answer, *, detail: str | None
    ) -> PlatformFailure:
        """Return the error that a refusal is.

        Args:
            told: Of the answer.
            meaning: Of its code; see ``by_status`` for one that is new to us.
            answer: Its headers may say how long to wait.
            detail: The platform's longer words.
        """
        error = PlatformError(
            code=str(told.code),
            subcode=told.subcode,
            title=told.message,
            detail=detail,
            explanation=meaning.explanation,
            action=meaning.action,
        )
        return self._error(meaning, error, answer.headers)

    def without_code(self, answer: Answer) -> PlatformFailure:
        """Judge an answer that is not Meta's JSON: a proxy's page, or nothing at all."""
        if answer.status >= 500 or answer.status < 400:
            return self.in_doubt(answer)
        meaning = self.by_status(answer.status)
        error = PlatformError(
            code=f"http_{answer.status}", explanation=meaning.explanation, action=meaning.action
        )
        return self._error(meaning, error, answer.headers)

    def in_doubt(self, answer: Answer) -> InDoubt:
        """Return the error that an answer is which does not say whether the message was taken."""
        error = PlatformError(code=f"http_{answer.status}", explanation=_DOUBT)
        return InDoubt(error, retry_after=self.look_again)

    def by_status(self, status: int, *, transient: bool = False) -> Meaning:
        """Return what is done about a code that is new to us.

        Args:
            status: Of the answer.
            transient: The platform says that it will pass.
        """
        new = f"An error that is new to us, taken by its HTTP status {status}"
        if transient or status >= 500 or status == 408:
            return Meaning("retry", f"{new} for a passing one.", tries=self.tries)
        if status == 401:
            return Meaning("pause_account", f"{new} for trouble with the access token.")
        if status == 429:
            return Meaning("throttle_account", f"{new} for a limit.", wait_seconds=1, growth=2)
        return Meaning("reject", f"{new} for a refusal.")

    def _error(  # noqa: C901, PLR0911, PLR0912 - one line for each action
        self, meaning: Meaning, error: PlatformError, headers: Mapping[str, str]
    ) -> PlatformFailure:
        wait, growth = self._wait(meaning, headers)
        match meaning.action:
            case "retry":
                return Temporary(error, retry_after=wait, tries=meaning.tries)
            case "in_doubt":
                return InDoubt(error, retry_after=self.look_again)
            case "throttle_app":
                return Throttled(error, scope="app", retry_after=wait, growth=growth)
            case "throttle_account":
                return Throttled(error, scope="account", retry_after=wait, growth=growth)
            case "throttle_contact":
                return Throttled(error, scope="contact", retry_after=wait, growth=growth)
            case "window_closed":
                return WindowClosed(error)
            case "unreachable":
                return Unreachable(error)
            case "opted_out":
                return OptedOut(error)
            case "pause_account":
                return AccountBroken(error, retry_after=wait, cause=self.cause(error.code))
            case "pause_billable":
                return AccountBroken(error, retry_after=wait, kinds=_BILLABLE)
            case "pause_template":
                return TemplatePaused(error, retry_after=wait)
            case "reject_template":
                return TemplateRefused(error, retry_after=wait)
            case "reject" | "not_owner" | "none":
                return Rejected(error, retry_after=wait)

    def _wait(self, meaning: Meaning, headers: Mapping[str, str]) -> tuple[timedelta | None, int]:
        """Return how long to wait, and by how much that grows: not at all where the platform said it."""
        told = self._told(meaning, headers)
        if told is None and meaning.wait_seconds is not None:
            return timedelta(seconds=meaning.wait_seconds), meaning.growth
        return told, 1 if told else meaning.growth

    def _told(self, meaning: Meaning, headers: Mapping[str, str]) -> timedelta | None:
        """Return how long the platform itself says to wait."""
        told = headers.get("retry-after", "")
        if told.isdecimal() and len(told) < 8:
            return timedelta(seconds=int(told))
        minutes = _minutes(headers.get(_USAGE)) if meaning.action in self.metered else 0
        return timedelta(minutes=minutes) if minutes else None


def _minutes(usage: str | None) -> int:
    """Return the longest time until access comes back that the usage header tells, in minutes."""
    try:
        told = msgspec.json.decode(usage or "{}", type=dict[str, list[_Usage]])
    except msgspec.DecodeError:
        return 0
    return max(
        (each.estimated_time_to_regain_access for many in told.values() for each in many), default=0
    )


def object_of(answer: Answer, failure: Callable[[Answer], PlatformFailure]) -> dict[str, Any]:
    """Return the object a question was answered with.

    Args:
        answer: To the question.
        failure: Returns what a refusal is.

    Raises:
        PlatformFailure: It was refused, or the answer cannot be read; never in doubt, for asking
            again harms nothing.
    """
    if not 200 <= answer.status < 300:
        error = failure(answer)
        raise Temporary(error.error) if isinstance(error, InDoubt) else error
    try:
        return msgspec.json.decode(answer.body, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError):
        told = "The platform's answer cannot be read."
        raise Temporary(PlatformError(code="unreadable", explanation=told)) from None


async def again(asking: Awaitable[Answer]) -> Answer:
    """Return the answer to what may be asked again, and so is never in doubt.

    Raises:
        Temporary: There is none.
    """
    try:
        return await asking
    except InDoubt as error:
        raise Temporary(error.error, retry_after=error.retry_after) from error
