"""Every error answer, in one shape: problem details for HTTP APIs.

``response`` makes one to return, ``Problem`` is one to raise, wherever a request is handled.

Source: RFC 9457, "Problem Details for HTTP APIs".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Final

import msgspec
from aiohttp import web

from gateway.model.outbox import FieldProblem, all_told
from gateway.model.status import PlatformError

NOTHING_THERE: Final = "there is nothing at this address"
MEDIA_TYPE: Final = "application/problem+json"
TYPE: Final = "urn:relevo:problem:"
"""Begins the ``type`` of a problem that has a reason; the reason follows."""


class Details(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is wrong (RFC 9457).

    Attributes:
        title: The status in words.
        status: The HTTP status.
        type: A URI naming the kind of problem, where the status alone does not say it.
        detail: What is wrong with this request, for people; nothing secret.
        reason: The kind of problem in one constant word, for programs.
        problems: Each field that is wrong, with its path.
        templates: Approved templates that could be sent instead.
        platform: What the platform said, where it was asked and refused.
    """

    title: str
    status: int
    type: str = ""
    detail: str = ""
    reason: str = ""
    problems: tuple[FieldProblem, ...] = ()
    templates: tuple[str, ...] = ()
    platform: PlatformError | None = None


def details(
    status: int,
    detail: str = "",
    *,
    reason: str = "",
    problems: Sequence[FieldProblem] = (),
    templates: Sequence[str] = (),
    platform: PlatformError | None = None,
) -> Details:
    """Return the details of a problem; see ``Details``."""
    return Details(
        title=HTTPStatus(status).phrase,
        status=status,
        type=f"{TYPE}{reason}" if reason else "",
        detail=detail,
        reason=reason,
        problems=tuple(problems),
        templates=tuple(templates),
        platform=platform,
    )


def response(
    status: int, detail: str = "", *, headers: Mapping[str, str] | None = None
) -> web.Response:
    """Make an error answer to return."""
    return web.Response(
        status=status,
        body=msgspec.json.encode(details(status, detail)),
        content_type=MEDIA_TYPE,
        headers=headers,
    )


class Problem(web.HTTPException):
    """An error answer to raise; ``status`` says which.

    Args:
        status: 400 to 599.
        detail: See ``Details``; so are the others.
        headers: More headers of the answer, such as ``Allow``.
    """

    empty_body = True  # aiohttp shall not put a text of its own

    def __init__(
        self,
        status: int,
        detail: str = "",
        *,
        reason: str = "",
        problems: Sequence[FieldProblem] = (),
        templates: Sequence[str] = (),
        platform: PlatformError | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.status_code = status
        super().__init__(content_type=MEDIA_TYPE, headers=headers)
        self.details = details(
            status,
            detail,
            reason=reason,
            problems=problems,
            templates=templates,
            platform=platform,
        )
        self.body = msgspec.json.encode(self.details)


def of_fields(problems: Sequence[FieldProblem]) -> Problem:
    """Return the answer that names every field that is wrong."""
    return Problem(422, all_told(problems), reason="invalid", problems=problems)


def from_exception(error: web.HTTPException) -> web.Response | None:
    """Give an aiohttp error the common shape, or None where it has a meaning of its own.

    Redirects and problems stay as they are.
    """
    if error.status < 400 or isinstance(error, Problem):
        return None
    match error:
        case web.HTTPMethodNotAllowed(allowed_methods=methods):
            told, headers = methods_taken(methods)
            return response(405, told, headers=headers)
        case web.HTTPNotFound():
            return response(404, NOTHING_THERE)
        case _:
            return response(error.status)


def methods_taken(methods: Iterable[str]) -> tuple[str, dict[str, str]]:
    """Return the detail and the headers of a 405: which methods a path takes."""
    allowed = ", ".join(sorted(methods))
    return f"this takes {allowed}", {"Allow": allowed}
