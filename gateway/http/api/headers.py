"""Headers of answers that many operations share, with what each means.

An operation names those of its own in its row of the table.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from aiohttp import hdrs

from gateway.http.api.operation import Header

# Answers name contacts: nothing on the way may keep them.
HEADERS: Final = {hdrs.CACHE_CONTROL: "no-store", "X-Content-Type-Options": "nosniff"}
"""What every answer in JSON carries."""

_SECONDS: Final = {"type": "integer", "minimum": 1}
_CHALLENGE: Final = Header("`Bearer`, with what is wrong with the key in `error` (RFC 6750).")
_RETRY_AFTER: Final = Header("Seconds to wait before asking again.", shape=_SECONDS)

OF_EVERY: Final[Mapping[str, Header]] = MappingProxyType(
    {
        hdrs.CACHE_CONTROL: Header(
            "`no-store`: answers name contacts; files may be kept and asked after."
        ),
        "X-Content-Type-Options": Header("`nosniff`: the type is the one that is told."),
    }
)
"""Sent with every answer."""

OF_STATUS: Final[Mapping[int, Mapping[str, Header]]] = MappingProxyType(
    {
        401: {hdrs.WWW_AUTHENTICATE: _CHALLENGE},
        403: {hdrs.WWW_AUTHENTICATE: _CHALLENGE},
        415: {hdrs.ACCEPT: Header("The media type that is taken.")},
        429: {hdrs.RETRY_AFTER: _RETRY_AFTER},
        502: {hdrs.RETRY_AFTER: _RETRY_AFTER},
        503: {hdrs.RETRY_AFTER: _RETRY_AFTER},
    }
)
"""Sent with errors of a status, whichever operation was asked."""
