"""What an answer of the Graph API means: a receipt, or an error of ours with the platform's code.

The code decides by the one table in ``errors``. A code that is new to us, or an answer without
one, is judged by the HTTP status.

Source: Meta for Developers, WhatsApp Business Platform, "Error codes".
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from gateway.api import Address, Answer, PlatformFailure, Receipt
from gateway_meta import refusals
from gateway_meta.errors import Meaning
from gateway_whatsapp import errors, payloads
from gateway_whatsapp.outbound import BUSINESS_SCOPED

_JUDGE: Final = refusals.Judge(cause=errors.fault)
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


def read(answer: Answer) -> Receipt:
    """Read one answer; see ``Channel.read_answer``."""
    if not 200 <= answer.status < 300:
        raise failure(answer)
    try:
        success = msgspec.json.decode(answer.body, type=_Success)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _JUDGE.in_doubt(answer) from error
    if success.messages:
        first = success.messages[0]
        # Paced templates are kept back until Meta has seen how the first ones are received.
        held = first.message_status not in (None, "accepted")
        return Receipt(platform_id=first.id, addresses=_addresses(success.contacts), held=held)
    if success.success:
        return Receipt()
    raise _JUDGE.in_doubt(answer)


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
    told = refusals.refusal(answer)
    if told is None:
        return _JUDGE.without_code(answer)
    code = str(told.code)
    known = errors.meaning(code)
    if no_proof := refusals.lack_of_proof(told):
        known = no_proof
    elif FORGOTTEN in answer.headers:
        known = _FORGOTTEN
    elif code == "131009" and MARKETING in answer.headers:
        known = _ON_ITS_WAY
    meaning = known or _JUDGE.by_status(answer.status, transient=told.is_transient)
    # Refused templates are explained in words for people alone.
    detail = _details(told.error_data) or told.error_user_msg
    return _JUDGE.failure(told, meaning, answer, detail=detail)


def code_of(answer: Answer) -> str:
    """Return the code of a refusal; empty where there is none."""
    told = refusals.refusal(answer)
    return "" if told is None else str(told.code)


def lacks_file(answer: Answer) -> bool:
    """Whether a call was refused because the platform does not have a file that it names."""
    told = refusals.refusal(answer)
    if told is None or str(told.code) not in {"100", "131009", "131053"}:
        return False
    words = f"{told.message} {_details(told.error_data)}".lower()
    return str(told.code) == "131053" or any(each in words for each in _NO_FILE)


def noted(answer: Answer, header: str) -> Answer:
    """Return a refusal with a header of ours, by which ``failure`` knows more than it says."""
    return msgspec.structs.replace(answer, headers={**answer.headers, header: "1"})


def _details(error_data: Any) -> str | None:
    found = error_data.get("details") if isinstance(error_data, dict) else error_data
    return found if isinstance(found, str) else None
