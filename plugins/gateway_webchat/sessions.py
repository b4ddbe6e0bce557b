"""Who may speak: session tokens of ours, and identity tokens of the host site.

A session token is its content and a signature; nothing is stored, so any process can check it and
changing the account's secret ends them all. It is good for its account only.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Sequence
from hashlib import sha256
from typing import Any, Final

import jwt
import msgspec

from gateway_webchat import identity_key
from gateway_webchat.visitors import Visitor, is_anonymous

LEEWAY_SECONDS: Final = 30
"""How far the host site's clock may differ."""
_LONGEST: Final = 300
_PURPOSE: Final = "relevo webchat session"
_STANDARD: Final = frozenset({"sub", "aud", "exp", "iat", "nbf", "iss", "jti"})
_PERSON: Final = frozenset({"name", "email", "phone", "language"})


class Refused(Exception):
    """A token is not good; ``code`` says why, in one word for programs."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Session(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """What a session token says.

    Attributes:
        visitor_id: Who.
        verified: Whether the host site vouched for it.
        expires: Seconds since 1970.
    """

    visitor_id: str
    verified: bool
    expires: int


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """What an identity token says."""

    visitor: Visitor
    expires: int


class Sessions:
    """Makes and reads the tokens of one account.

    Args:
        account: Its id.
        secrets: The account's, newest first.
        identity_keys: Of the host site, newest first.
    """

    def __init__(
        self, account: str, *, secrets: Sequence[str], identity_keys: Sequence[str]
    ) -> None:
        self._account = account
        self._secrets = tuple(secrets)
        self._identity_keys = [(each, identity_key.algorithm(each)) for each in identity_keys]

    def token(self, session: Session) -> str:
        """Write a session token."""
        content = msgspec.json.encode(session)
        return f"{_encoded(content)}.{_encoded(self._signature(self._secrets[0], content))}"

    def read(self, token: str, now: int) -> Session:
        """Read a session token; ``now`` in seconds since 1970.

        Raises:
            Refused: It is none, none of this account's, or has expired.
        """
        content, signature = (_decoded(each) for each in _halves(token))
        right = [self._signature(each, content) for each in self._secrets]
        if not any(hmac.compare_digest(each, signature) for each in right):
            raise Refused("token_invalid")
        session = msgspec.json.decode(content, type=Session)
        if session.expires <= now:
            raise Refused("token_expired")
        return session

    def identify(self, token: str) -> Identity:
        """Read an identity token: a JWT with ``sub``, ``exp`` and our account as ``aud``.

        Raises:
            Refused: It is not signed by the host site, not for this account, or has expired.

        Source: RFC 7519; RFC 8725 for what is checked.
        """
        for key, algorithm in self._identity_keys:
            try:
                claims = self._claims(token, key, algorithm)
            except (jwt.InvalidSignatureError, jwt.InvalidAlgorithmError):
                continue  # perhaps the other key's
            except jwt.ExpiredSignatureError:
                raise Refused("identity_expired") from None
            except jwt.PyJWTError:
                break
            return _identity(claims)
        raise Refused("identity_invalid")

    def _claims(self, token: str, key: str, algorithm: str) -> dict[str, Any]:
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[algorithm],
            audience=self._account,
            leeway=LEEWAY_SECONDS,
            options={"require": ["sub", "exp", "aud"]},
        )
        return claims

    def _signature(self, secret: str, content: bytes) -> bytes:
        told = f"{_PURPOSE}\0{self._account}\0".encode() + content
        return hmac.new(secret.encode(), told, sha256).digest()


def _identity(claims: dict[str, Any]) -> Identity:
    subject = str(claims["sub"])
    if not subject.strip() or len(subject) > _LONGEST or is_anonymous(subject):
        raise Refused("identity_invalid")
    told = {name: _word(claims.get(name)) for name in _PERSON}
    others = {
        name: text
        for name, value in claims.items()
        if name not in _STANDARD | _PERSON and (text := _word(value)) is not None
    }
    phone = "".join(each for each in told["phone"] or "" if each.isdecimal())
    return Identity(
        visitor=Visitor(
            id=subject,
            verified=True,
            name=told["name"],
            email=told["email"],
            phone=phone or None,
            language=told["language"],
            attributes=others,
            asked=True,
        ),
        expires=int(claims["exp"]),
    )


def _word(value: object) -> str | None:
    """Return a claim as text; lists and objects are passed over."""
    match value:
        case bool():
            return "true" if value else "false"
        case str() | int() | float():
            return str(value)[:_LONGEST] or None
        case _:
            return None


def _halves(token: str) -> tuple[str, str]:
    content, dot, signature = token.partition(".")
    if not dot or not token.isascii() or len(token) > 4 * _LONGEST:
        raise Refused("token_invalid")
    return content, signature


def _encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (Base64Error, ValueError):
        raise Refused("token_invalid") from None
