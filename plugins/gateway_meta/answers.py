"""What an answer of the Send API means: a receipt, or an error of ours with the platform's code.

Code and subcode decide by the channel's table. A code that is new to us, or an answer without
one, is judged by what it says of itself and by the HTTP status.

Source: Meta for Developers, Messenger Platform, "Send API reference", "Error codes".
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final, Literal

import msgspec

from gateway.api import Address, Answer, PlatformFailure, Receipt
from gateway_meta import refusals
from gateway_meta.errors import PERMISSION, Meaning, Table, find
from gateway_meta.wire import Id, Wire

TAGGED: Final = "x-relevo-tagged"
"""A header of ours on answers to calls that carried the tag for people's late answers."""
_PASSING_TRIES: Final = 3
LOOK_AGAIN: Final = timedelta(seconds=5)
"""By then the message's echo has told whether it was taken; see ``echoes``."""
_BANNED: Final = "368"

_NO_TAG: Final = Meaning(
    "reject",
    "Late answers need Meta's Human Agent feature, and the app does not have it; ask for it in the "
    "app's review.",
)


def _cause(code: str) -> Literal["auth", "platform"]:
    """Return what is at fault: everything but a ban is about the token or what it may do."""
    return "platform" if code == _BANNED else "auth"


_JUDGE: Final = refusals.Judge(
    cause=_cause,
    tries=_PASSING_TRIES,
    look_again=LOOK_AGAIN,
    metered=frozenset({"throttle_app", "throttle_account"}),
)


class _Taken(Wire, frozen=True):
    recipient_id: Id | None = None
    message_id: str | None = None
    success: bool = False


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
        raise _JUDGE.in_doubt(answer) from error
    if taken.message_id is None and taken.recipient_id is None and not taken.success:
        raise _JUDGE.in_doubt(answer)
    found = (
        ()
        if taken.recipient_id is None
        else (Address(kind=address, value=str(taken.recipient_id)),)
    )
    return Receipt(platform_id=taken.message_id, addresses=found)


def failure(answer: Answer, table: Table) -> PlatformFailure:
    """Return the error that a refusal is."""
    told = refusals.refusal(answer)
    if told is None:
        return _JUDGE.without_code(answer)
    code = _number(told.code)
    meaning = None if code is None else find(table, code, _number(told.error_subcode))
    if meaning is None:
        meaning = _JUDGE.by_status(answer.status, transient=told.is_transient)
    if meaning is PERMISSION and TAGGED in answer.headers:
        meaning = _NO_TAG
    if no_proof := refusals.lack_of_proof(told):
        meaning = no_proof
    elif told.is_transient and meaning.action == "reject":
        meaning = Meaning("retry", meaning.explanation, tries=_PASSING_TRIES)
    return _JUDGE.failure(told, meaning, answer, detail=told.error_user_msg)


def subcode(answer: Answer) -> str | None:
    """Return the finer code of a refusal; None where there is none."""
    if 200 <= answer.status < 300:
        return None
    told = refusals.refusal(answer)
    return None if told is None else told.subcode


def _number(told: int | str | None) -> int | None:
    text = "" if told is None else str(told)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else None


def object_of(answer: Answer, table: Table) -> dict[str, Any]:
    """Return the object a question was answered with; see ``refusals.object_of``."""
    return refusals.object_of(answer, lambda answer: failure(answer, table))
