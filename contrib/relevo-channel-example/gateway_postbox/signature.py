"""How both sides sign: HMAC-SHA256 over the time, a dot and the raw body."""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import Final

from gateway.api import SignatureInvalid, WebhookRequest

# Yours (2): how your platform proves itself, and you to it. Compare in constant time, and take text
# outside ASCII for no signature: compare_digest would raise on it.
TIMESTAMP: Final = "x-timestamp"
"""Header with the time of signing: whole seconds since 1970."""
SIGNATURE: Final = "x-signature"
_VERSION: Final = "v1="


def headers(body: bytes, *, secret: str, seconds: int) -> dict[str, str]:
    """Return the headers that sign a body.

    Args:
        body: The raw bytes.
        secret: Signs them.
        seconds: Since 1970, now.
    """
    return {TIMESTAMP: str(seconds), SIGNATURE: _signature(body, secret, str(seconds))}


def verify(request: WebhookRequest, *, secrets: tuple[str, ...], tolerance_seconds: int) -> None:
    """Check that one of the secrets signed a request, and lately.

    Raises:
        SignatureInvalid: None did, or too long ago: it may be somebody's copy.
    """
    told = request.headers.get(TIMESTAMP, "")
    given = request.headers.get(SIGNATURE, "")
    # Other texts would make int() or compare_digest() raise.
    if not (told.isascii() and told.isdecimal() and len(told) < 12 and given.isascii()):
        raise SignatureInvalid("the request is not signed")
    if abs(int(told) * 1000 - request.received_at) > tolerance_seconds * 1000:
        raise SignatureInvalid("the signature is too old, or from the future")
    # An empty secret signs nothing: anybody could.
    expected = [_signature(request.body, each, told) for each in secrets if each]
    if not any(hmac.compare_digest(each, given) for each in expected):
        raise SignatureInvalid("no active secret made the signature")


def _signature(body: bytes, secret: str, timestamp: str) -> str:
    signed = f"{timestamp}.".encode() + body
    return _VERSION + hmac.new(secret.encode(), signed, sha256).hexdigest()
