"""What an answer of the Bot API means: a receipt, or an error of ours with Telegram's code.

Source: Telegram Bot API, "Making requests", "ResponseParameters".
"""

from __future__ import annotations

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
from gateway_telegram import errors, places, wire
from gateway_telegram.errors import Meaning

SCOPE: Final = "relevo-throttled"
"""Header that ``delivery`` puts on an answer of 429: whom it is about, which Telegram leaves open."""

_DOUBT: Final = "Telegram did not say whether it took the message."


class Parameters(wire.Wire, frozen=True):
    """What helps to do it right the next time."""

    retry_after: int | None = None
    migrate_to_chat_id: int | None = None


class Refusal(wire.Wire, frozen=True):
    """Why a call was refused."""

    error_code: int
    description: str = ""
    parameters: Parameters | None = None


class _Sent(wire.Wire, frozen=True):
    message_id: int
    chat: wire.Chat
    business_connection_id: str | None = None


class _Success(wire.Wire, frozen=True):
    ok: Literal[True]
    result: Any = None


def read(answer: Answer) -> Receipt:
    """Read one answer; see ``Channel.read_answer``."""
    try:
        sent = msgspec.convert(result(answer), _Sent)
    except msgspec.ValidationError:
        return Receipt()
    return Receipt(
        platform_id=places.message_id(sent.chat.id, sent.message_id, sent.business_connection_id),
        addresses=(Address(kind="chat", value=str(sent.chat.id)),)
        if places.is_private(sent.chat)
        else (),
    )


def result(answer: Answer) -> Any:
    """Return what a method gave back; None where nothing had to be done.

    Raises:
        PlatformFailure: It was refused, or nobody can tell.
    """
    if not 200 <= answer.status < 300:
        if (failure := _failure(answer)) is not None:
            raise failure
        return None
    try:
        return msgspec.json.decode(answer.body, type=_Success).result
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _in_doubt(answer) from error


def refusal(answer: Answer) -> Refusal | None:
    """Return why a call was refused; None when it was not, or by something else than Telegram."""
    try:
        return msgspec.json.decode(answer.body, type=Refusal)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _failure(answer: Answer) -> PlatformFailure | None:
    """Return the error that an answer is; None when what was asked for is so already."""
    told = refusal(answer)
    if told is None:
        return _without_code(answer)
    meaning = errors.meaning(told.error_code, told.description) or _new_to_us(answer.status)
    error = PlatformError(
        code=str(told.error_code),
        title=told.description or None,
        explanation=meaning.explanation,
        action=meaning.action,
    )
    if meaning.action == "none":
        return None
    wait = told.parameters.retry_after if told.parameters else None
    return _of(meaning, error, _seconds(wait), answer)


def _without_code(answer: Answer) -> PlatformFailure:
    """Judge an answer that is not Telegram's JSON: a proxy's page, or nothing at all."""
    if answer.status >= 500 or answer.status < 400:
        return _in_doubt(answer)
    meaning = errors.meaning(answer.status, "") or _new_to_us(answer.status)
    error = PlatformError(
        code=f"http_{answer.status}", explanation=meaning.explanation, action=meaning.action
    )
    return _of(meaning, error, None, answer)


def _of(
    meaning: Meaning, error: PlatformError, wait: timedelta | None, answer: Answer
) -> PlatformFailure:
    match meaning.action:
        case "retry":
            # It failed somewhere inside: what it had done by then, nobody knows.
            again = Temporary(error, retry_after=wait, tries=meaning.tries)
            return InDoubt(error) if answer.status >= 500 else again
        case "throttle_account":
            contact = answer.headers.get(SCOPE) == "contact"
            return Throttled(error, scope="contact" if contact else "account", retry_after=wait)
        case "window_closed":
            return WindowClosed(error)
        case "unreachable":
            return Unreachable(error)
        case "pause_account":
            return AccountBroken(error, cause="auth" if answer.status in {401, 404} else "platform")
        case "reject" | "move_contact" | "send_plain" | "send_unquoted" | "send_file" | "none":
            return Rejected(error)


def _new_to_us(status: int) -> Meaning:
    return Meaning("reject", f"An error that is new to us, taken by its status {status}.")


def _in_doubt(answer: Answer) -> InDoubt:
    return InDoubt(PlatformError(code=f"http_{answer.status}", explanation=_DOUBT))


def _seconds(wait: int | None) -> timedelta | None:
    if wait is None or wait < 0:
        return None
    return timedelta(seconds=min(wait, 86_400))
