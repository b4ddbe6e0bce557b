"""Who may ask: a key with its scope, or a caller on this machine where the settings let it in.

A key is looked up in Redis and remembered for some seconds, so that a revoked one is refused soon
and a busy caller costs nothing.

Without a key, under ``loopback_free``, a caller is let in who comes over the loopback interface or
a unix socket *and* shows no sign of coming from elsewhere: a proxy on this machine would lend its
address to everybody, and so would the browser of whoever sits here, on behalf of any page
(cross-site requests, DNS rebinding).

Source: RFC 6750, "Bearer Token Usage".
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Callable
from typing import Final, Literal

import msgspec
import structlog
from aiohttp import hdrs, web

from gateway.bus.apikeys import ApiKey, ApiKeys, parts_of
from gateway.errors import StoreError
from gateway.http.problem import Problem
from gateway.telemetry import logs

log: Final = structlog.get_logger(__name__)

REMEMBERED_SECONDS: Final = 5.0
REMEMBERED_KEYS: Final = 1000
NOTED_EVERY_MS: Final = 60_000
NOTED_SECONDS: Final = 0.5
"""No request waits longer than this until it is noted when its key was used."""
REFUSALS: Final = 30
"""Wrong keys of one caller within a minute, before it is told to wait."""
CALLERS: Final = 1000
MINUTE: Final = 60.0

FROM_ELSEWHERE: Final = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via", hdrs.ORIGIN)
SAME_SITE: Final = ("none", "same-origin")


class Known(msgspec.Struct):
    """A key as it was found, or that there is none of its id.

    Attributes:
        until: When it must be looked up again, on the clock that only goes forward.
        noted: When its use was last noted, in milliseconds since 1970.
    """

    key: ApiKey | None
    until: float
    noted: int = 0


class Gate:
    """Lets requests in, or raises the problem that says why not.

    Args:
        keys: Every key there is.
        mode: The setting ``http.api_keys``.
        clock: Milliseconds since 1970.
        forward: Seconds that only go forward.
    """

    def __init__(
        self,
        keys: ApiKeys,
        *,
        mode: Literal["required", "loopback_free"],
        clock: Callable[[], int],
        forward: Callable[[], float],
    ) -> None:
        self._keys = keys
        self._mode = mode
        self._clock = clock
        self._forward = forward
        self._known: dict[str, Known] = {}
        self._refused: dict[str, tuple[float, int]] = {}

    async def admit(self, request: web.BaseRequest, scope: str) -> None:
        """Return when a request may do what a scope stands for.

        Raises:
            Problem: 401 without a valid key, 403 with one that is not allowed this, 429 after many
                wrong ones, 503 when keys cannot be looked up.
        """
        given = request.headers.get(hdrs.AUTHORIZATION)
        if given is None:
            self._without_key(request)
            return
        key = await self._found(request, given)
        if not key.allows(scope):
            held = ", ".join(key.scopes)
            challenge = f'Bearer realm="relevo", error="insufficient_scope", scope="{scope}"'
            raise Problem(
                403,
                f"this key is not allowed {scope}; it is allowed {held}",
                reason="insufficient_scope",
                headers={hdrs.WWW_AUTHENTICATE: challenge},
            )

    def _without_key(self, request: web.BaseRequest) -> None:
        if self._mode == "loopback_free" and is_local(request):
            return
        raise Problem(
            401,
            "this needs an API key: send Authorization: Bearer rlv_…; "
            "an operator makes one with relevo keys create",
            reason="key_required",
            headers={hdrs.WWW_AUTHENTICATE: 'Bearer realm="relevo"'},
        )

    async def _found(self, request: web.BaseRequest, given: str) -> ApiKey:
        scheme, _, text = given.partition(" ")
        parts = parts_of(text.strip()) if scheme.lower() == "bearer" else None
        if parts is None:
            raise self._refusal(request, "malformed")
        key_id, secret = parts
        known = await self._looked_up(request, key_id)
        key = known.key
        if key is None or not key.matches(secret):
            raise self._refusal(request, "unknown")
        now = self._clock()
        if key.expired(now):
            raise self._refusal(request, "expired")
        if now - known.noted >= NOTED_EVERY_MS:
            known.noted = now
            await self._note(key, now)
        return key

    async def _looked_up(self, request: web.BaseRequest, key_id: str) -> Known:
        now = self._forward()
        known = self._known.get(key_id)
        if known is not None and now < known.until:
            return known
        if known is None and self._tries(request) >= REFUSALS:
            raise self._wait()
        try:
            key = await self._keys.find(key_id)
        except StoreError:
            detail = "keys cannot be looked up for the moment"
            raise Problem(503, detail, headers={hdrs.RETRY_AFTER: "5"}) from None
        if len(self._known) >= REMEMBERED_KEYS:
            self._known.clear()
        noted = known.noted if known else 0
        found = Known(key=key, until=now + REMEMBERED_SECONDS, noted=noted)
        self._known[key_id] = found
        return found

    async def _note(self, key: ApiKey, now: int) -> None:
        try:
            async with asyncio.timeout(NOTED_SECONDS):
                await self._keys.use(key.id, now)
        except (StoreError, TimeoutError):
            return  # nice to know, no more: the request goes on

    def _refusal(self, request: web.BaseRequest, why: str) -> Problem:
        remote = request.remote or "unix"
        log.warning(logs.KEY_REFUSED, reason=why, remote=remote, path=request.path)
        if self._tries(request) >= REFUSALS:
            return self._wait()
        if len(self._refused) >= CALLERS:
            self._refused.clear()
        began, tries = self._refused.get(remote, (self._forward(), 0))
        self._refused[remote] = (began, tries + 1)
        challenge = 'Bearer realm="relevo", error="invalid_token"'
        return Problem(
            401,
            "this key expired" if why == "expired" else "this is no key of ours",
            reason="key_invalid",
            headers={hdrs.WWW_AUTHENTICATE: challenge},
        )

    def _tries(self, request: web.BaseRequest) -> int:
        remote = request.remote or "unix"
        began, tries = self._refused.get(remote, (0.0, 0))
        if tries and self._forward() - began > MINUTE:
            del self._refused[remote]
            return 0
        return tries

    def _wait(self) -> Problem:
        return Problem(
            429,
            "too many wrong keys; wait a minute",
            reason="too_many_wrong_keys",
            headers={hdrs.RETRY_AFTER: str(int(MINUTE))},
        )


def is_local(request: web.BaseRequest) -> bool:
    """Tell whether a request comes from this machine, and nothing says that it only passes here."""
    headers = request.headers
    if any(name in headers for name in FROM_ELSEWHERE):
        return False
    if headers.get("Sec-Fetch-Site", "none") not in SAME_SITE:
        return False
    transport = request.transport
    made = None if transport is None else transport.get_extra_info("socket")
    if made is not None and made.family == socket.AF_UNIX:
        return True
    return _is_loopback(request.remote) and _is_loopback(_host(headers.get(hdrs.HOST)))


def _host(header: str | None) -> str | None:
    """Return the name in a ``Host`` header; a page of elsewhere that rebinds its name shows here."""
    if header is None:
        return None
    name = header.rpartition("]")[0].removeprefix("[") if "]" in header else header.split(":")[0]
    return "127.0.0.1" if name.lower() == "localhost" else name


def _is_loopback(name: str | None) -> bool:
    try:
        found = ipaddress.ip_address(name or "")
    except ValueError:
        return False
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return (mapped or found).is_loopback
