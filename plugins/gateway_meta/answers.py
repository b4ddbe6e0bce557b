"""What an answer of the Graph API means: a receipt, or an error of ours with the platform's code.

Code and subcode decide by the channel's table. A code that is new to us, or an answer without
one, is judged by what it says of itself and by the HTTP status.

Source: Meta for Developers, Messenger Platform, "Send API reference", "Error codes"; Graph API,
"Handle errors", "Rate limits".
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final, Literal

import msgspec

from gateway.api import (
    AccountBroken,
    Address,
    Answer,
    InDoubt,
    PlatformError,
    PlatformFailure,
    Receipt,
    Rejected,
    Temporary,
    Throttled,
    Unreachable,
    WindowClosed,
)
from gateway_meta import proof
from gateway_meta.errors import PERMISSION, Meaning, Table, find
from gateway_meta.wire import Id, Wire

_USAGE: Final = "x-business-use-case-usage"
TAGGED: Final = "x-relevo-tagged"
"""A header of ours on answers to calls that carried the tag for people's late answers."""
_PASSING_TRIES: Final = 3
_DOUBT: Final = "The platform did not say whether it took the message."
LOOK_AGAIN: Final = timedelta(seconds=5)
"""By then the message's echo has told whether it was taken; see ``echoes``."""

_NO_PROOF: Final = Meaning("pause_account", proof.REFUSED)
_NO_TAG: Final = Meaning(
    "reject",
    "Late answers need Meta's Human Agent feature, and the app does not have it; ask for it in the "
    "app's review.",
)


class _Taken(Wire, frozen=True):
    recipient_id: Id | None = None
    message_id: str | None = None
    success: bool = False


class _Failed(Wire, frozen=True):
    code: int | str
    message: str | None = None
    error_subcode: int | str | None = None
    error_user_msg: str | None = None
    is_transient: bool = False


class _Failure(Wire, frozen=True):
    error: _Failed


class _Usage(Wire, frozen=True):
    estimated_time_to_regain_access: int = 0


def read(
    answer: Answer, *, table: Table, address: Literal["page_scoped", "instagram_scoped"]
) -> Receipt:
    """Read one answer; see ``Channel.read_answer``.

    Args:
        answer: To one call.
        table: What codes mean on the channel.
        address: What kind of address a recipient's id is.
    """
    if not 200 <= answer.status < 300:
        raise failure(answer, table)
    try:
        taken = msgspec.json.decode(answer.body, type=_Taken)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _in_doubt(answer) from error
    if taken.message_id is None and taken.recipient_id is None and not taken.success:
        raise _in_doubt(answer)
    found = (
        ()
        if taken.recipient_id is None
        else (Address(kind=address, value=str(taken.recipient_id)),)
    )
    return Receipt(platform_id=taken.message_id, addresses=found)


def failure(answer: Answer, table: Table) -> PlatformFailure:
    """Return the error that a refusal is."""
    try:
        failed = msgspec.json.decode(answer.body, type=_Failure).error
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _without_code(answer)
    code, subcode = _number(failed.code), _number(failed.error_subcode)
    meaning = None if code is None else find(table, code, subcode)
    if meaning is None:
        meaning = _by_status(answer.status, transient=failed.is_transient)
    if meaning is PERMISSION and TAGGED in answer.headers:
        meaning = _NO_TAG
    if proof.PARAMETER in (failed.message or ""):
        meaning = _NO_PROOF
    elif failed.is_transient and meaning.action == "reject":
        meaning = Meaning("retry", meaning.explanation, tries=_PASSING_TRIES)
    error = PlatformError(
        code=str(failed.code),
        subcode=None if failed.error_subcode is None else str(failed.error_subcode),
        title=failed.message,
        detail=failed.error_user_msg,
        explanation=meaning.explanation,
        action=meaning.action,
    )
    return _of(meaning, error, answer.headers)


def subcode(answer: Answer) -> str | None:
    """Return the finer code of a refusal; None where there is none."""
    if 200 <= answer.status < 300:
        return None
    try:
        told = msgspec.json.decode(answer.body, type=_Failure).error.error_subcode
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return None if told is None else str(told)


def _number(told: int | str | None) -> int | None:
    text = "" if told is None else str(told)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else None


def _without_code(answer: Answer) -> PlatformFailure:
    """Judge an answer that is not Meta's JSON: a proxy's page, or nothing at all."""
    if answer.status >= 500 or answer.status < 400:
        return _in_doubt(answer)
    meaning = _by_status(answer.status)
    error = PlatformError(
        code=f"http_{answer.status}", explanation=meaning.explanation, action=meaning.action
    )
    return _of(meaning, error, answer.headers)


def _in_doubt(answer: Answer) -> InDoubt:
    error = PlatformError(code=f"http_{answer.status}", explanation=_DOUBT)
    return InDoubt(error, retry_after=LOOK_AGAIN)


def _by_status(status: int, *, transient: bool = False) -> Meaning:
    new = f"An error that is new to us, taken by its HTTP status {status}"
    if transient or status >= 500 or status == 408:
        return Meaning("retry", f"{new} for a passing one.", tries=_PASSING_TRIES)
    if status == 401:
        return Meaning("pause_account", f"{new} for trouble with the access token.")
    if status == 429:
        return Meaning("throttle_account", f"{new} for a limit.", wait_seconds=1, growth=2)
    return Meaning("reject", f"{new} for a refusal.")


BANNED: Final = "368"


def _of(  # noqa: PLR0911 - one line for each action
    meaning: Meaning, error: PlatformError, headers: Mapping[str, str]
) -> PlatformFailure:
    wait, growth = _wait(meaning, headers)
    match meaning.action:
        case "retry":
            return Temporary(error, retry_after=wait, tries=meaning.tries)
        case "in_doubt":
            return InDoubt(error, retry_after=LOOK_AGAIN)
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
        case "pause_account":
            # Everything but a ban is about the token or what it may do.
            return AccountBroken(
                error, retry_after=wait, cause="platform" if error.code == BANNED else "auth"
            )
        case "reject" | "not_owner":
            return Rejected(error, retry_after=wait)


def _wait(meaning: Meaning, headers: Mapping[str, str]) -> tuple[timedelta | None, int]:
    """Return how long to wait, and by how much that grows: not at all where the platform said it."""
    told = _told(meaning, headers)
    if told is None and meaning.wait_seconds is not None:
        return timedelta(seconds=meaning.wait_seconds), meaning.growth
    return told, 1 if told else meaning.growth


def _told(meaning: Meaning, headers: Mapping[str, str]) -> timedelta | None:
    """Return how long the platform itself says to wait."""
    told = headers.get("retry-after", "")
    if told.isdecimal() and len(told) < 8:
        return timedelta(seconds=int(told))
    throttled = meaning.action in ("throttle_app", "throttle_account")
    minutes = _minutes(headers.get(_USAGE)) if throttled else 0
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


def object_of(answer: Answer, table: Table) -> dict[str, Any]:
    """Return the object a question was answered with.

    Raises:
        PlatformFailure: It was refused, or the answer cannot be read; never in doubt, for asking
            again harms nothing.
    """
    if not 200 <= answer.status < 300:
        error = failure(answer, table)
        raise Temporary(error.error) if isinstance(error, InDoubt) else error
    try:
        return msgspec.json.decode(answer.body, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError):
        told = "The platform's answer cannot be read."
        raise Temporary(PlatformError(code="unreadable", explanation=told)) from None
