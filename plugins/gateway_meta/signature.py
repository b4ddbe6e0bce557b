"""How Meta signs webhooks, checked in constant time on the raw bytes."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from hashlib import sha256
from typing import Final

from gateway.api import SignatureInvalid

HEADER: Final = "x-hub-signature-256"
_PREFIX: Final = "sha256="
_BLOCK_BYTES: Final = 64
_INNER: Final = bytes(byte ^ 0x36 for byte in range(256))
_OUTER: Final = bytes(byte ^ 0x5C for byte in range(256))


class Signer:
    """HMAC-SHA256 under one secret, with the key's two blocks hashed once.

    Copying two prepared states costs half of a fresh HMAC for a body of ordinary size.

    Source: RFC 2104, section 2 (and section 4 for the prepared states).
    """

    __slots__ = ("_inner", "_outer")

    def __init__(self, secret: str) -> None:
        key = secret.encode()
        if len(key) > _BLOCK_BYTES:
            key = sha256(key).digest()
        block = key.ljust(_BLOCK_BYTES, b"\0")
        self._inner = sha256(block.translate(_INNER))
        self._outer = sha256(block.translate(_OUTER))

    def sign(self, body: bytes) -> str:
        """Return the header value that Meta sends with these bytes."""
        inner = self._inner.copy()
        inner.update(body)
        outer = self._outer.copy()
        outer.update(inner.digest())
        return _PREFIX + outer.hexdigest()


class Verifier:
    """Checks signatures against every active secret of an app.

    Args:
        secrets: One, or two while a secret is being changed. Empty ones sign nothing, or anybody
            could.
    """

    __slots__ = ("_signers",)

    def __init__(self, secrets: Iterable[str]) -> None:
        self._signers = tuple(Signer(each) for each in secrets if each)

    def verify(self, body: bytes, signature: str | None) -> None:
        """Check that one of the secrets signed these bytes.

        Args:
            body: As received; Meta signs its own escapes, so never a re-encoded form.
            signature: Value of ``X-Hub-Signature-256``, if there was one.

        Raises:
            SignatureInvalid: There is none, or no active secret made it.
        """
        # Text outside ASCII is no signature, and compare_digest would raise on it.
        if signature is None or not signature.isascii():
            raise SignatureInvalid("the webhook is not signed")
        for signer in self._signers:
            if hmac.compare_digest(signer.sign(body), signature):
                return
        raise SignatureInvalid("the webhook is not signed by an active secret")
