"""Who knocks: which site a request is from, and which address."""

from __future__ import annotations

import re
from collections.abc import Sequence
from ipaddress import ip_address, ip_network
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

ANY: Final = "*"


class Gate:
    """Knows the sites that may show the chat and the proxies that may be believed.

    Args:
        origins: Allowed sites, as in the settings.
        trusted_proxies: Networks, as in the settings.
    """

    def __init__(self, *, origins: Sequence[str], trusted_proxies: Sequence[str]) -> None:
        self._any = ANY in origins
        self._exact = frozenset(each.lower() for each in origins if "*" not in each)
        self._patterns = [_pattern(each) for each in origins if "*." in each]
        self._proxies = [ip_network(each, strict=False) for each in trusted_proxies]

    def allows(self, request: web.BaseRequest) -> bool:
        """Whether the page that makes a request may.

        A request without an origin is not made by a page of another site: browsers send it with
        whatever goes across sites.
        """
        origin = request.headers.get("Origin")
        if origin is None:
            return True
        told = origin.lower()
        return (
            self._any
            or told in self._exact
            or any(each.fullmatch(told) for each in self._patterns)
            or _is_ours(told, request)
        )

    def address(self, request: web.BaseRequest) -> str:
        """Return the visitor's address: the last one that no proxy of ours has."""
        here = request.remote or ""
        told = [each.strip() for each in request.headers.get("X-Forwarded-For", "").split(",")]
        for before in reversed([each for each in told if each]):
            if not self._trusts(here):
                break
            here = before
        return here

    def _trusts(self, address: str) -> bool:
        if not address:
            return True  # a unix socket
        try:
            found = ip_address(address)
        except ValueError:
            return False
        return any(found in each for each in self._proxies)


def _is_ours(origin: str, request: web.BaseRequest) -> bool:
    """Whether the page is one of this listener's; who ends TLS may have changed the scheme."""
    host = request.headers.get("Host", "").lower()
    return bool(host) and urlsplit(origin).netloc == host


def _pattern(origin: str) -> re.Pattern[str]:
    scheme, _, host = origin.lower().partition("*.")
    return re.compile(rf"{re.escape(scheme)}(?:[a-z0-9-]+\.)+{re.escape(host)}")
