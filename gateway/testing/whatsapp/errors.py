"""The platform's errors: one table of codes, and how an answer and a status word them.

Source: Meta, "Cloud API error codes" and "Flows error codes".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from gateway.testing.graph import GraphRefusal

_HREF: Final = "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/"


class Code(NamedTuple):
    """What a code comes with: the status of the HTTP answer, and the title."""

    http_status: int
    title: str


CODES: Final[Mapping[int, Code]] = {
    0: Code(401, "AuthException"),
    1: Code(400, "Invalid request or possible server error"),
    2: Code(503, "Service temporarily unavailable"),
    3: Code(500, "Capability or permissions issue"),
    4: Code(400, "Application request limit reached"),
    10: Code(403, "Permission denied"),
    33: Code(400, "Unsupported request. The object does not exist"),
    100: Code(400, "Invalid parameter"),
    190: Code(401, "Invalid OAuth access token."),
    200: Code(403, "Permission denied"),
    368: Code(403, "Temporarily blocked for policies violations"),
    80007: Code(400, "Rate limit issues"),
    130403: Code(400, "Recipient has blocked the business"),
    130429: Code(400, "Rate limit hit"),
    130472: Code(400, "User's number is part of an experiment"),
    130497: Code(403, "Business account is restricted from messaging users in this country"),
    131000: Code(500, "Something went wrong"),
    131005: Code(403, "Access denied"),
    131008: Code(400, "Required parameter is missing"),
    131009: Code(400, "Parameter value is not valid"),
    131016: Code(500, "Service unavailable"),
    131020: Code(400, "Group not found or not usable"),
    131021: Code(400, "Recipient cannot be sender"),
    131026: Code(400, "Message undeliverable"),
    131030: Code(400, "Recipient phone number not in allowed list"),
    131031: Code(403, "Business account has been locked"),
    131037: Code(400, "Display name approval required"),
    131042: Code(400, "Business eligibility payment issue"),
    131045: Code(500, "Incorrect certificate"),
    131047: Code(400, "Re-engagement message"),
    131048: Code(400, "Spam rate limit hit"),
    131049: Code(400, "Not delivered to maintain healthy ecosystem engagement"),
    131050: Code(400, "User has stopped marketing messages from your business"),
    131051: Code(400, "Unsupported message type"),
    131052: Code(400, "Media download error"),
    131053: Code(400, "Media upload error"),
    131055: Code(400, "Message type not supported by this API"),
    131056: Code(400, "(Business Account, Consumer Account) pair rate limit hit"),
    131057: Code(500, "Account in maintenance mode"),
    131059: Code(400, "Invalid paging cursor"),
    131062: Code(400, "Business-scoped user id not supported for this message"),
    131063: Code(400, "Marketing messages are disabled on Cloud API"),
    131064: Code(400, "Limit reached because of classification violations"),
    131070: Code(400, "No control of this conversation"),
    132000: Code(400, "Number of parameters does not match the expected number of params"),
    132001: Code(404, "Template name does not exist in the translation"),
    132005: Code(400, "Translated text too long"),
    132007: Code(400, "Template format character policy violated"),
    132008: Code(400, "Template parameter value is not valid"),
    132012: Code(400, "Parameter format does not match format in the created template"),
    132015: Code(400, "Template is paused"),
    132016: Code(400, "Template is disabled"),
    132018: Code(400, "Template parameters are not valid"),
    132068: Code(400, "Flow is in blocked state"),
    132069: Code(400, "Flow is in throttled state"),
    133000: Code(500, "Incomplete deregistration"),
    133004: Code(503, "Server temporarily unavailable"),
    133005: Code(400, "Two-step verification PIN mismatch"),
    133006: Code(400, "Phone number re-verification needed"),
    133008: Code(400, "Too many two-step verification PIN guesses"),
    133009: Code(400, "Two-step verification PIN guessed too fast"),
    133010: Code(400, "Phone number not registered"),
    133015: Code(400, "Wait a few minutes before attempting to register this number"),
    133016: Code(400, "Account register deregister rate limit exceeded"),
    134100: Code(400, "Only marketing messages are supported"),
    134101: Code(400, "Template is syncing"),
    134102: Code(500, "Template unavailable for use"),
    135000: Code(400, "Generic user error"),
    136024: Code(400, "Request code error"),
    136025: Code(400, "Verify code error"),
    137000: Code(400, "Identity key hash mismatch"),
    139000: Code(400, "Blocked by integrity"),
    139001: Code(400, "Flow can't be updated"),
    139002: Code(400, "Flow can't be published"),
    139003: Code(400, "Flow can't be deprecated"),
    139004: Code(400, "Flow can't be deleted"),
    139100: Code(400, "Failed to block or unblock some users"),
    139101: Code(400, "Block list limit reached"),
    139102: Code(400, "Block list concurrent update"),
    139103: Code(400, "Internal error of the block list"),
}
"""136024 and 136025 stand for what ``request_code`` and ``verify_code`` answer."""


class GraphError(GraphRefusal):
    """A call is refused.

    Attributes:
        code: What clients switch on.
        details: What exactly is wrong.
        more: Further keys of ``error``, and with ``beside`` of the answer.
    """

    def __init__(
        self,
        code: int,
        details: str = "",
        *,
        message: str = "",
        http_status: int | None = None,
        more: Mapping[str, Any] | None = None,
        beside: Mapping[str, Any] | None = None,
    ) -> None:
        known = CODES.get(code, Code(400, "Unknown error"))
        super().__init__(message or known.title)
        self.code = code
        self.details = details
        self.title = message or known.title
        self.http_status = http_status or known.http_status
        self.more = dict(more or {})
        self.beside = dict(beside or {})

    def answer(self, trace_id: str) -> dict[str, Any]:
        """Return the body of the answer."""
        error: dict[str, Any] = {
            "message": f"(#{self.code}) {self.title}",
            "type": "OAuthException",
            "code": self.code,
        }
        if self.details:
            error["error_data"] = {"messaging_product": "whatsapp", "details": self.details}
        return {"error": {**error, **self.more, "fbtrace_id": trace_id}, **self.beside}

    def entry(self) -> dict[str, Any]:
        """Return it as a failed status lists it."""
        return {
            "code": self.code,
            "title": self.title,
            "message": self.title,
            "error_data": {"details": self.details or self.title},
            "href": _HREF,
        }


def required(name: str) -> GraphError:
    """Return the refusal of a call without a parameter of the call itself."""
    return GraphError(100, message=f"The parameter {name} is required.")


def refused(name: str, why: str) -> GraphError:
    """Return the refusal of a parameter of the call itself: ``refused("type", "must be …")``."""
    return GraphError(100, message=f"Param {name} {why}")


def missing(details: str) -> GraphError:
    """Return the refusal of a message that lacks a part."""
    return GraphError(131008, details)


def invalid(details: str) -> GraphError:
    """Return the refusal of a message with a part that breaks a rule."""
    return GraphError(131009, details)
