"""Answers to browsers: JSON for the site that asked, errors as problem details.

Source: RFC 9457 for errors; the Fetch standard for what other sites may read.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

import msgspec
from aiohttp import web

_ALLOWED: Final = {
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, X-File-Name",
    "Access-Control-Max-Age": "600",
}


def sharing(request: web.BaseRequest) -> dict[str, str]:
    """Return the headers that let the page that asked read the answer."""
    headers = {"Vary": "Origin", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    if origin := request.headers.get("Origin"):
        headers["Access-Control-Allow-Origin"] = origin
    return headers


def json(request: web.BaseRequest, value: Any) -> web.Response:
    """Answer a value, or JSON that is written already."""
    body = value if isinstance(value, bytes) else msgspec.json.encode(value)
    return web.Response(body=body, content_type="application/json", headers=sharing(request))


def preflight(request: web.BaseRequest) -> web.Response:
    """Answer a browser that asks what it may do."""
    return web.Response(status=204, headers={**sharing(request), **_ALLOWED})


def problem(
    request: web.BaseRequest, status: int, code: str, *, retry_after: float = 0.0
) -> web.Response:
    """Answer an error; ``code`` says why in a word for programs."""
    told: dict[str, Any] = {"title": HTTPStatus(status).phrase, "status": status, "code": code}
    headers = sharing(request)
    if retry_after:
        told["retry_after"] = max(0.1, round(retry_after, 1))
        headers["Retry-After"] = str(max(1, round(retry_after)))
    return web.Response(
        status=status,
        body=msgspec.json.encode(told),
        content_type="application/problem+json",
        headers=headers,
    )
