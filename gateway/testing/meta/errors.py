"""The platform's errors: one table of codes and subcodes, and how an answer words them.

Source: Meta, Messenger Platform, "Error codes"; Instagram Platform, "Messaging API".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from gateway.testing.graph import GraphRefusal


class Code(NamedTuple):
    """What a code comes with: the status of the HTTP answer, the text and the type."""

    http_status: int
    text: str
    type: str = "OAuthException"


CODES: Final[Mapping[tuple[int, int | None], Code]] = {
    (1, 99): Code(500, "An unknown error occurred"),
    (1, 1357046): Code(500, "An error occurred while processing this request"),
    (2, None): Code(500, "Service temporarily unavailable"),
    (3, None): Code(400, "Application does not have the capability to make this API call."),
    (4, None): Code(400, "Application request limit reached"),
    (9, 2018352): Code(400, "Too many actions on this subscription"),
    (10, None): Code(403, "Application does not have permission for this action"),
    (10, 2018278): Code(400, "This message is sent outside of allowed window."),
    (10, 2018300): Code(400, "Another app is controlling this thread now."),
    (10, 2534022): Code(400, "This message is sent outside of allowed window.", "IGApiException"),
    (32, None): Code(400, "Page request limit reached"),
    (33, None): Code(400, "This object does not exist or does not support this action"),
    (100, None): Code(400, "Invalid parameter"),
    (100, 33): Code(400, "Unsupported request.", "GraphMethodException"),
    (100, 2018001): Code(400, "No matching user found"),
    (100, 2018047): Code(400, "Upload attachment failure."),
    (100, 2018218): Code(400, "The user's profile is not available."),
    (100, 2534014): Code(400, "The requested user cannot be found.", "IGApiException"),
    (190, None): Code(401, "Invalid OAuth access token."),
    (190, 460): Code(401, "The session has been invalidated because the password changed."),
    (190, 463): Code(401, "Error validating access token: Session has expired."),
    (200, None): Code(403, "Permissions error"),
    (230, None): Code(403, "Permissions disallow message to user"),
    (368, None): Code(400, "The action attempted has been deemed abusive or is disallowed"),
    (551, 1545041): Code(400, "This person isn't available right now."),
    (613, None): Code(400, "Calls to this api have exceeded the rate limit."),
    (1200, None): Code(500, "Temporary send message failure. Please try again later."),
    (36000, None): Code(400, "The image size is too large."),
    (80006, None): Code(400, "There have been too many calls to this page."),
}
"""Those whose words are known; any other pair can be asked for as well."""


class SendRefused(GraphRefusal):
    """The platform does not do what was asked.

    Args:
        code: The error's code.
        subcode: Its finer one.
        text: Instead of the usual words.
        http_status: Instead of the usual one.
        transient: Whether the answer says that it will pass.
    """

    def __init__(
        self,
        code: int,
        subcode: int | None = None,
        *,
        text: str = "",
        http_status: int | None = None,
        transient: bool = False,
    ) -> None:
        known = CODES.get((code, subcode), CODES.get((code, None), Code(400, "Unknown error")))
        super().__init__(text or known.text)
        self.code = code
        self.subcode = subcode
        self.text = text or known.text
        self.type = known.type
        self.http_status = http_status or known.http_status
        self.transient = transient

    def answer(self, trace_id: str) -> dict[str, Any]:
        """Return the body of the answer."""
        error: dict[str, Any] = {
            "message": f"(#{self.code}) {self.text}",
            "type": self.type,
            "code": self.code,
        }
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        if self.transient:
            error["is_transient"] = True
        return {"error": {**error, "fbtrace_id": trace_id}}


def invalid(why: str) -> SendRefused:
    """Return the refusal of a parameter."""
    return SendRefused(100, text=why)
