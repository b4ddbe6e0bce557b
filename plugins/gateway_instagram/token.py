"""A token of Instagram Login, which ends after 60 days: renewed in time, and kept sealed.

The settings have the first token; each later one is made from the one before. It is kept in
Redis for all processes, sealed with a key that comes from the app's secret, which is in the
settings only. Another token in the settings takes the place of whatever was kept.

Source: Meta for Developers, Instagram Platform, "Refresh Access Token": a token that is 24 hours
old and has not ended is renewed for 60 days.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final
from urllib.parse import urlencode, urlsplit

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from gateway.api import (
    HealthProblem,
    Host,
    PlatformError,
    PlatformFailure,
    StoreError,
    Temporary,
)
from gateway_instagram import errors
from gateway_instagram.settings import InstagramSettings
from gateway_meta import answers
from gateway_meta.tokens import Token

SHELF: Final = "token"
BEFORE: Final = timedelta(days=10)
"""It is renewed when this much is left."""
WORRY: Final = timedelta(days=7)
"""Somebody is told when this much is left and it could not be renewed."""
PATIENCE: Final = timedelta(days=2)
"""So long a token of which nobody knows when it ends may be refused: it may be a day old."""
AGAIN: Final = timedelta(hours=1)
LIFE: Final = timedelta(days=60)
_KNOWN_SECONDS: Final = 60.0
"""So long a process goes on without looking for a newer one."""
_AWAY_SECONDS: Final = 5.0
_NAME: Final = "access"
_PURPOSE: Final = b"relevo instagram access token\0"
_NONCE_BYTES: Final = 12


class Kept(msgspec.Struct, frozen=True):
    """What all processes know of a token.

    Attributes:
        parent: Digest of the token in the settings that it comes from.
        since: Milliseconds since 1970, when that one was first seen.
        expires_at: Milliseconds since 1970; None while it was not renewed.
        sealed: The token; None while it was not renewed.
    """

    parent: bytes
    since: int
    expires_at: int | None = None
    sealed: bytes | None = None


class _Renewed(msgspec.Struct, frozen=True):
    access_token: str
    expires_in: int


class RenewedToken(Token):
    """The token of one account.

    Args:
        settings: Whose.
        clock: Seconds since 1970.
    """

    def __init__(
        self, settings: InstagramSettings, *, clock: Callable[[], float] = time.time
    ) -> None:
        super().__init__(settings.access_token.reveal())
        self._seal = Seal(settings.app_secret.reveal(), settings.id)
        self._parent = sha256(self.value.encode()).digest()
        address = urlsplit(settings.graph_url)
        self._url = f"{address.scheme}://{address.netloc}/refresh_access_token"
        self._clock = clock
        self._look_at = 0.0
        self._try_at = 0.0
        self._lock = asyncio.Lock()

    async def current(self, host: Host) -> str:
        """Return the newest token that is known; away is Redis, the one that was known last."""
        if self._clock() >= self._look_at:
            async with self._lock:
                if self._clock() >= self._look_at:
                    self._look_at = self._clock() + _AWAY_SECONDS
                    with suppress(StoreError):
                        self._take(await self._kept(host))
                        self._look_at = self._clock() + _KNOWN_SECONDS
        return self.value

    async def renew(self, host: Host) -> None:
        """Renew it when it is time; see ``Token.renew``."""
        kept = await self._kept(host)
        if kept is None:
            kept = Kept(self._parent, self._now())
            await self._keep(kept, host)
        elif kept.sealed is not None and not self._seal.is_newest(kept.sealed, kept.parent):
            token = self._seal.opened(kept.sealed, kept.parent)
            sealed = None if token is None else self._seal.closed(token, kept.parent)
            kept = msgspec.structs.replace(kept, sealed=sealed or kept.sealed)
            await self._keep(kept, host)
        self._take(kept)
        if self._clock() < self._try_at or not self._is_due(kept):
            return
        try:
            found = await self._asked(host)
        except PlatformFailure as failure:
            self._try_at = self._clock() + AGAIN.total_seconds()
            self.problem = self._worry(kept, failure.error)
            return
        expires_at = self._now() + found.expires_in * 1000
        sealed = self._seal.closed(found.access_token, self._parent)
        kept = msgspec.structs.replace(kept, expires_at=expires_at, sealed=sealed)
        await self._keep(kept, host)
        self._take(kept)
        self.problem = None

    def _now(self) -> int:
        return int(self._clock() * 1000)

    async def _kept(self, host: Host) -> Kept | None:
        """Return what is known of the token in the settings; None for one never seen before."""
        raw = await host.item(SHELF, _NAME)
        if raw is None:
            return None
        try:
            kept = msgspec.msgpack.decode(raw, type=Kept)
        except msgspec.DecodeError:  # of another version
            return None
        return kept if kept.parent == self._parent else None

    async def _keep(self, kept: Kept, host: Host) -> None:
        await host.shelve(SHELF, {_NAME: msgspec.msgpack.encode(kept)})

    def _take(self, kept: Kept | None) -> None:
        """Use what is kept from now on."""
        if kept is None:
            return
        if kept.sealed is not None:
            self.value = self._seal.opened(kept.sealed, kept.parent) or self.value
        # Of the first one only the most is known that it can still have.
        self.expires_at = kept.expires_at or kept.since + int(LIFE.total_seconds() * 1000)

    def _is_due(self, kept: Kept) -> bool:
        if kept.expires_at is None:
            return True
        return self._now() >= kept.expires_at - BEFORE.total_seconds() * 1000

    async def _asked(self, host: Host) -> _Renewed:
        query = urlencode({"grant_type": "ig_refresh_token", "access_token": self.value})
        answer = await host.request("GET", f"{self._url}?{query}")
        try:
            return msgspec.convert(answers.object_of(answer, errors.MEANINGS), _Renewed)
        except msgspec.ValidationError:
            told = "The platform's answer has no new token."
            raise Temporary(PlatformError(code="unreadable", explanation=told)) from None

    def _worry(self, kept: Kept, error: PlatformError) -> HealthProblem | None:
        if kept.expires_at is None:
            worry_at = kept.since + PATIENCE.total_seconds() * 1000
            ends = "It ends 60 days after it was made"
        else:
            worry_at = kept.expires_at - WORRY.total_seconds() * 1000
            ends = f"It ends on {datetime.fromtimestamp(kept.expires_at / 1000, UTC):%Y-%m-%d}"
        if self._now() < worry_at:
            return None
        why = error.explanation or error.title or error.code
        return HealthProblem(
            severity="warning",
            cause="auth",
            explanation=f"The access token cannot be renewed: {why} {ends}.",
            remedy="Connect the account again, and give the new access_token.",
            code=error.code,
        )


class Seal:
    """Keeps tokens from whoever has the database and not the settings.

    Args:
        app_secrets: Of the app, newest first.
        account: Whose tokens they are.
    """

    def __init__(self, app_secrets: Sequence[str], account: str) -> None:
        self._ciphers = [AESGCM(_key(each, account)) for each in app_secrets]

    def closed(self, token: str, parent: bytes) -> bytes:
        """Seal a token."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._ciphers[0].encrypt(nonce, token.encode(), parent)

    def opened(self, sealed: bytes, parent: bytes) -> str | None:
        """Return what was sealed; None where none of the secrets opens it."""
        found = (_opened(each, sealed, parent) for each in self._ciphers)
        return next((each for each in found if each is not None), None)

    def is_newest(self, sealed: bytes, parent: bytes) -> bool:
        """Whether the newest secret opens it, which will be there the longest."""
        return _opened(self._ciphers[0], sealed, parent) is not None


def _opened(cipher: AESGCM, sealed: bytes, parent: bytes) -> str | None:
    try:
        return cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], parent).decode()
    except (InvalidTag, ValueError):
        return None


def _key(secret: str, account: str) -> bytes:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE + account.encode())
    return derived.derive(secret.encode())
