"""Every error answer, in one shape: problem details for HTTP APIs.

``response`` makes one to return, ``Problem`` is one to raise, wherever a request is handled.

Source: RFC 9457, "Problem Details for HTTP APIs".
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

import msgspec
from aiohttp import web

MEDIA_TYPE: Final = "application/problem+json"


class Details(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the caller reads.

    Attributes:
        title: The status in words.
        status: The HTTP status.
        type: A URI naming the kind of problem, where the status alone does not say it.
        detail: What is wrong with this request; nothing secret, nothing of the caller's text.
    """

    title: str
    status: int
    type: str = ""
    detail: str = ""


def body(status: int, detail: str = "", *, kind: str = "") -> bytes:
    """Return the JSON of a problem; ``kind`` is a URI for its ``type``."""
    title = HTTPStatus(status).phrase
    return msgspec.json.encode(Details(title=title, status=status, type=kind, detail=detail))


def response(
    status: int,
    detail: str = "",
    *,
    kind: str = "",
    headers: Mapping[str, str] | None = None,
) -> web.Response:
    """Make an error answer to return."""
    return web.Response(
        status=status,
        body=body(status, detail, kind=kind),
        content_type=MEDIA_TYPE,
        headers=headers,
    )


class Problem(web.HTTPException):
    """An error answer to raise; ``status`` says which.

    Args:
        status: 400 to 599.
        detail: See ``Details``.
        kind: See ``body``.
        headers: More headers of the answer, such as ``Allow``.
    """

    empty_body = True  # aiohttp shall not put a text of its own

    def __init__(
        self,
        status: int,
        detail: str = "",
        *,
        kind: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.status_code = status
        super().__init__(content_type=MEDIA_TYPE, headers=headers)
        self.body = body(status, detail, kind=kind)


def from_exception(error: web.HTTPException) -> web.Response | None:
    """Give an aiohttp error the common shape, or None where it has a meaning of its own.

    Redirects and problems stay as they are.
    """
    if error.status < 400 or isinstance(error, Problem):
        return None
    allow = error.headers.get("Allow")
    return response(error.status, headers={"Allow": allow} if allow else None)
