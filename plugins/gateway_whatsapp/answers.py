"""What an answer of the Graph API means: a receipt, or an error of ours with the platform's code.

The code decides by the one table in ``errors``. A code that is new to us, or an answer without
one, is judged by the HTTP status.

Source: Meta for Developers, WhatsApp Business Platform, "Error codes".
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import msgspec

from gateway.api import (
    AccountBroken,
    Address,
    Answer,
    InDoubt,
    OptedOut,
    PlatformError,
    PlatformFailure,
    Receipt,
    Rejected,
    TemplatePaused,
    TemplateRefused,
    Temporary,
    Throttled,
    Unreachable,
    WindowClosed,
)
from gateway_meta import proof
from gateway_whatsapp import errors, payloads
from gateway_whatsapp.errors import Meaning
from gateway_whatsapp.outbound import BUSINESS_SCOPED

_USAGE: Final = "x-business-use-case-usage"
_BILLABLE: Final = frozenset({"template"})
_NO_PROOF: Final = Meaning("pause_account", proof.REFUSED)
FORGOTTEN: Final = "x-relevo-forgotten"
"""A header of ours on refusals of calls whose files are uploaded again for the next try."""
MARKETING: Final = "x-relevo-marketing"
"""A header of ours on refusals by the endpoint for marketing."""
_FORGOTTEN: Final = Meaning(
    "retry", "The platform no longer has the file; it is uploaded again and tried once.", tries=1
)
_ON_ITS_WAY: Final = Meaning(
    "retry",
    "A parameter is wrong, or the template is still being copied for marketing; tried once more "
    "after ten minutes.",
    wait_seconds=600,
    tries=1,
)
_NO_FILE: Final = ("media attachment id", "media id", "does not exist or has expired")
"""By what the platform says when it has no such file: it has no code of its own for it."""
_DOUBT: Final = "The platform did not say whether it took the message."


class _Taken(payloads.Wire, frozen=True):
    id: str
    message_status: str | None = None


class _Person(payloads.Wire, frozen=True):
    wa_id: str | None = None
    user_id: str | None = None


class _Success(payloads.Wire, frozen=True):
    messages: tuple[_Taken, ...] = ()
    contacts: tuple[_Person, ...] = ()
    success: bool = False


class _Failed(payloads.Wire, frozen=True):
    code: int | str
    message: str | None = None
    error_data: Any = None
    error_subcode: int | str | None = None
    error_user_msg: str | None = None
    is_transient: bool = False


class _Failure(payloads.Wire, frozen=True):
    error: _Failed


class _Usage(payloads.Wire, frozen=True):
    estimated_time_to_regain_access: int = 0


def read(answer: Answer) -> Receipt:
    """Read one answer; see ``Channel.read_answer``."""
    if not 200 <= answer.status < 300:
        raise failure(answer)
    try:
        success = msgspec.json.decode(answer.body, type=_Success)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _in_doubt(answer) from error
    if success.messages:
        first = success.messages[0]
        # Paced templates are kept back until Meta has seen how the first ones are received.
        held = first.message_status not in (None, "accepted")
        return Receipt(platform_id=first.id, addresses=_addresses(success.contacts), held=held)
    if success.success:
        return Receipt()
    raise _in_doubt(answer)


def _addresses(contacts: tuple[_Person, ...]) -> tuple[Address, ...]:
    found: list[Address] = []
    for each in contacts:
        # Some answers have the user id where the number should be.
        for value in filter(None, (each.user_id, each.wa_id)):
            scoped = BUSINESS_SCOPED.fullmatch(value)
            address = Address(kind="business_scoped" if scoped else "phone", value=value)
            if address not in found:
                found.append(address)
    return tuple(found)


def failure(answer: Answer) -> PlatformFailure:
    """Return the error of ours that an answer stands for which is no success."""
    failed = _failed(answer)
    if failed is None:
        return _without_code(answer)
    code = str(failed.code)
    known = errors.meaning(code)
    if proof.PARAMETER in (failed.message or ""):
        known = _NO_PROOF
    elif FORGOTTEN in answer.headers:
        known = _FORGOTTEN
    elif code == "131009" and MARKETING in answer.headers:
        known = _ON_ITS_WAY
    meaning = known or _by_status(answer.status, transient=failed.is_transient)
    error = PlatformError(
        code=code,
        subcode=str(failed.error_subcode) if failed.error_subcode is not None else None,
        title=failed.message,
        # Refused templates are explained in words for people alone.
        detail=_details(failed.error_data) or failed.error_user_msg,
        explanation=meaning.explanation,
        action=meaning.action,
    )
    return of(meaning, error, headers=answer.headers)


def code_of(answer: Answer) -> str:
    """Return the code of a refusal; empty where there is none."""
    failed = _failed(answer)
    return "" if failed is None else str(failed.code)


def lacks_file(answer: Answer) -> bool:
    """Whether a call was refused because the platform does not have a file that it names."""
    failed = _failed(answer)
    if failed is None or str(failed.code) not in {"100", "131009", "131053"}:
        return False
    told = f"{failed.message} {_details(failed.error_data)}".lower()
    return str(failed.code) == "131053" or any(each in told for each in _NO_FILE)


def noted(answer: Answer, header: str) -> Answer:
    """Return a refusal with a header of ours, by which ``failure`` knows more than it says."""
    return msgspec.structs.replace(answer, headers={**answer.headers, header: "1"})


def _failed(answer: Answer) -> _Failed | None:
    try:
        return msgspec.json.decode(answer.body, type=_Failure).error
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _details(error_data: Any) -> str | None:
    found = error_data.get("details") if isinstance(error_data, dict) else error_data
    return found if isinstance(found, str) else None


def _without_code(answer: Answer) -> PlatformFailure:
    """Judge an answer that is not Meta's JSON: a proxy's page, or nothing at all."""
    if answer.status >= 500 or answer.status < 400:
        return _in_doubt(answer)
    meaning = _by_status(answer.status)
    error = PlatformError(
        code=f"http_{answer.status}", explanation=meaning.explanation, action=meaning.action
    )
    return of(meaning, error, headers=answer.headers)


def _in_doubt(answer: Answer) -> InDoubt:
    return InDoubt(PlatformError(code=f"http_{answer.status}", explanation=_DOUBT))


def _by_status(status: int, *, transient: bool = False) -> Meaning:
    new = f"An error that is new to us, taken by its HTTP status {status}"
    if transient or status >= 500 or status == 408:
        return Meaning("retry", f"{new} for a passing one.")
    if status == 401:
        return Meaning("pause_account", f"{new} for trouble with the access token.")
    if status == 429:
        return Meaning("throttle_account", f"{new} for a limit.", wait_seconds=1, growth=2)
    return Meaning("reject", f"{new} for a refusal.")


def of(  # noqa: C901, PLR0911 - one line for each action
    meaning: Meaning, error: PlatformError, *, headers: Mapping[str, str]
) -> PlatformFailure:
    """Return the error of ours that stands for an action.

    Args:
        meaning: What the code means.
        error: What the error will carry.
        headers: Of the answer; they may say how long to wait.
    """
    wait, growth = _wait(meaning, headers)
    match meaning.action:
        case "retry":
            return Temporary(error, retry_after=wait, tries=meaning.tries)
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
            return AccountBroken(error, retry_after=wait, cause=errors.fault(error.code))
        case "pause_billable":
            return AccountBroken(error, retry_after=wait, kinds=_BILLABLE)
        case "pause_template":
            return TemplatePaused(error, retry_after=wait)
        case "reject_template":
            return TemplateRefused(error, retry_after=wait)
        case "reject" | "none":
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
    minutes = _minutes(headers.get(_USAGE)) if meaning.action == "throttle_app" else 0
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
