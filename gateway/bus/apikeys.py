"""Keys of the API: who may ask for what. Only a digest of each is kept.

A key reads ``rlv_ID_SECRET``. The id is public: it names the key in lists, logs and errors. The
secret is 256 random bits, so its plain SHA-256 cannot be guessed from; a slow digest would only
protect secrets that people make up.
"""

from __future__ import annotations

import re
import secrets
import string
from collections.abc import Sequence
from hashlib import sha256
from hmac import compare_digest
from typing import Final

import msgspec

from gateway.bus import keys
from gateway.bus.connection import Connection, reported
from gateway.errors import StoreError

SCOPES: Final[dict[str, str]] = {
    "messages:send": "Send, cancel and replay messages.",
    "messages:read": "See what became of messages, and whether a window is open.",
    "contacts": "See and change who is not written to, and block lists.",
    "templates": "See and change templates; see Flows.",
    "accounts": "See accounts, their queues and their health.",
    "media": "Upload and download files.",
    "admin": "All of these; also pause and resume accounts, change their profiles, activate numbers.",
}
"""What a key may be allowed to do."""

MARK: Final = "rlv"
NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_WHOLE: Final = re.compile(rf"{MARK}_([0-9a-f]{{12}})_([0-9A-Za-z]{{43}})")
_ALPHABET: Final = string.digits + string.ascii_letters
_SECRET_LENGTH: Final = 43  # 62^43 > 2^256


class ApiKey(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is kept of a key.

    Attributes:
        id: Its public part.
        name: What its owner calls it; no two have the same.
        scopes: What it may do.
        digest: SHA-256 of the secret, hexadecimal.
        created_at: Milliseconds since 1970.
        expires_at: Milliseconds since 1970, from when it is refused.
    """

    id: str
    name: str
    scopes: tuple[str, ...]
    digest: str
    created_at: int
    expires_at: int | None = None

    def allows(self, scope: str) -> bool:
        """Tell whether a scope is among the key's; ``admin`` is all of them."""
        return scope in self.scopes or "admin" in self.scopes

    def matches(self, secret: str) -> bool:
        """Tell in constant time whether this is the secret of the key."""
        return compare_digest(digest_of(secret), self.digest)

    def expired(self, now: int) -> bool:
        """Tell whether it is too late to use it, at ``now`` in milliseconds since 1970."""
        return self.expires_at is not None and now >= self.expires_at


def digest_of(secret: str) -> str:
    """Return what is kept of a secret."""
    return sha256(secret.encode()).hexdigest()


def parts_of(text: str) -> tuple[str, str] | None:
    """Return id and secret of a key, or None when the text cannot be one."""
    found = _WHOLE.fullmatch(text)
    return (found[1], found[2]) if found else None


class ApiKeys:
    """The keys of one installation.

    Args:
        connection: To Redis.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def create(
        self, name: str, scopes: Sequence[str], *, now: int, expires_at: int | None = None
    ) -> tuple[ApiKey, str]:
        """Make a key.

        Args:
            name: 1 to 64 of ``A-Z a-z 0-9 . _ -``.
            scopes: At least one of ``SCOPES``.
            now: Milliseconds since 1970.
            expires_at: Milliseconds since 1970.

        Returns:
            What is kept, and the key itself: nobody can tell it a second time.

        Raises:
            ValueError: Such a name or scope cannot be, or the name is taken.
            RedisUnavailable: Not now.
        """
        if not NAME.fullmatch(name):
            raise ValueError(f"{name!r} must be 1 to 64 of A-Z a-z 0-9 . _ -")
        unknown = sorted(set(scopes) - SCOPES.keys())
        if unknown or not scopes:
            told = f"no such scope: {', '.join(unknown)}" if unknown else "a key needs a scope"
            raise ValueError(f"{told}; there are {', '.join(SCOPES)}")
        if any(key.name == name for key in await self.all()):
            raise ValueError(f"there is a key {name!r} already; revoke it or take another name")
        secret = "".join(secrets.choice(_ALPHABET) for _ in range(_SECRET_LENGTH))
        key = ApiKey(
            id=secrets.token_hex(6),
            name=name,
            scopes=tuple(each for each in SCOPES if each in scopes),
            digest=digest_of(secret),
            created_at=now,
            expires_at=expires_at,
        )
        with reported(self._connection.url):
            await self._connection.client.hset(keys.api_keys(), key.id, msgspec.json.encode(key))
        return key, f"{MARK}_{key.id}_{secret}"

    async def all(self) -> list[ApiKey]:
        """Return every key, oldest first.

        Raises:
            RedisUnavailable: Not now.
            StoreError: What is kept there is damaged.
        """
        with reported(self._connection.url):
            found = await self._connection.client.hgetall(keys.api_keys())
        return sorted((_decoded(each) for each in found.values()), key=lambda key: key.created_at)

    async def find(self, key_id: str) -> ApiKey | None:
        """Return a key by its id.

        Raises:
            RedisUnavailable: Not now.
            StoreError: What is kept there is damaged.
        """
        with reported(self._connection.url):
            found = await self._connection.client.hget(keys.api_keys(), key_id)
        return None if found is None else _decoded(found)

    async def revoke(self, named: str) -> ApiKey | None:
        """Forget a key, by its id or its name; None when there is none.

        Raises:
            RedisUnavailable: Not now.
        """
        for key in await self.all():
            if named in (key.id, key.name):
                with reported(self._connection.url):
                    await self._connection.client.hdel(keys.api_keys(), key.id)
                    await self._connection.client.hdel(keys.api_keys_used(), key.id)
                return key
        return None

    async def use(self, key_id: str, now: int) -> None:
        """Note that a key was used, at ``now`` in milliseconds since 1970.

        Raises:
            RedisUnavailable: Not now.
        """
        with reported(self._connection.url):
            await self._connection.client.hset(keys.api_keys_used(), key_id, str(now))

    async def used(self) -> dict[str, int]:
        """Return when each key was last used, in milliseconds since 1970, to the minute.

        Raises:
            RedisUnavailable: Not now.
        """
        with reported(self._connection.url):
            found = await self._connection.client.hgetall(keys.api_keys_used())
        return {_text(key_id): int(at) for key_id, at in found.items()}


def _text(kept: bytes | str) -> str:
    return kept.decode() if isinstance(kept, bytes) else kept


def _decoded(kept: bytes | str) -> ApiKey:
    try:
        return msgspec.json.decode(kept, type=ApiKey)
    except msgspec.DecodeError as error:
        raise StoreError(f"an entry of {keys.api_keys()} is damaged: {error}") from error
