"""Whether the OpenAPI document says what an answer of the API is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from gateway.http.api.openapi import document
from gateway.http.api.table import OPERATIONS

OF_HTTP: Final = frozenset(
    {"connection", "content-length", "content-type", "date", "server", "transfer-encoding"}
)
"""Headers that are HTTP's own, or told by the content."""


@cache
def _document() -> dict[str, Any]:
    return document(OPERATIONS)


def undescribed(method: str, path: str, status: int, headers: Mapping[str, str]) -> list[str]:
    """Return what the document does not say of an answer: its status, its type, its headers."""
    operation = _operation(method.lower().replace("head", "get"), path.partition("?")[0])
    if operation is None:
        return []
    answer = operation["responses"].get(str(status))
    if answer is None:
        return [f"status {status}"]
    kind, described = headers.get("Content-Type", "").partition(";")[0], answer.get("content", {})
    if described and kind not in described and "*/*" not in described:
        return [f"type {kind}"]
    known = {name.lower() for name in answer.get("headers", ())} | OF_HTTP
    return [name for name in headers if name.lower() not in known]


def _operation(method: str, path: str) -> dict[str, Any] | None:
    """Return the operation at a path; fixed words go before names."""
    for template in sorted(_document()["paths"], key=lambda each: each.count("{")):
        pattern = re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template))
        if re.fullmatch(pattern, path):
            found: dict[str, Any] | None = _document()["paths"][template].get(method)
            return found
    return None
