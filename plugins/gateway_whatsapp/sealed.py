"""How Flows are sealed: what a phone sends is opened, and what it gets is closed. Pure.

Source: Meta for Developers, WhatsApp Flows, "Implementing endpoints for Flows".
"""

from __future__ import annotations

import hmac
from base64 import b64decode, b64encode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any, Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

_BITS: Final = 2048
"""Meta takes no other size."""
_KEY_BYTES: Final = 16


class CannotOpen(Exception):
    """Not sealed for any of our keys, or not sealed as agreed."""


class Envelope(msgspec.Struct, frozen=True):
    """What a phone sends; all of it base64."""

    encrypted_flow_data: str
    encrypted_aes_key: str
    initial_vector: str


class Opened(msgspec.Struct, frozen=True):
    """What was inside, and how to answer.

    Attributes:
        request: A JSON object.
        key: For the answer too.
        vector: For the answer with every bit flipped.
    """

    request: dict[str, Any]
    key: bytes
    vector: bytes


def private_key(pem: str) -> RSAPrivateKey:
    """Read a key.

    Raises:
        ValueError: It is none that Flows can use.
    """
    # A file that was put into a variable often has its line breaks written out.
    key = load_pem_private_key(pem.replace("\\n", "\n").encode(), password=None)
    if not isinstance(key, RSAPrivateKey) or key.key_size != _BITS:
        raise ValueError(f"must be an RSA key of {_BITS} bits")
    return key


def new_key() -> str:
    """Return a new private key as PEM."""
    key = generate_private_key(public_exponent=65_537, key_size=_BITS)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def public_key(key: RSAPrivateKey) -> str:
    """Return the public half as PEM: what is uploaded."""
    public = key.public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def opened(body: bytes, keys: Sequence[RSAPrivateKey]) -> Opened:
    """Open what a phone sent.

    Args:
        body: The envelope as JSON.
        keys: Ours, newest first; phones use an old one for a while.

    Raises:
        CannotOpen: With none of them.
    """
    try:
        envelope = msgspec.json.decode(body, type=Envelope)
        sealed = b64decode(envelope.encrypted_flow_data)
        vector = b64decode(envelope.initial_vector)
        key = _unlocked(b64decode(envelope.encrypted_aes_key), keys)
        request = msgspec.json.decode(
            AESGCM(key).decrypt(vector, sealed, None), type=dict[str, Any]
        )
    except (msgspec.DecodeError, ValueError, InvalidTag) as error:
        raise CannotOpen(type(error).__name__) from error
    return Opened(request, key, vector)


def _unlocked(locked: bytes, keys: Iterable[RSAPrivateKey]) -> bytes:
    padding = OAEP(mgf=MGF1(SHA256()), algorithm=SHA256(), label=None)
    for each in keys:
        try:
            key = each.decrypt(locked, padding)
        except ValueError:
            continue
        if len(key) == _KEY_BYTES:
            return key
    raise CannotOpen("no key of ours opens it")


def closed(answer: object, question: Opened) -> str:
    """Return an answer sealed for the phone that asked."""
    flipped = bytes(each ^ 0xFF for each in question.vector)
    sealed = AESGCM(question.key).encrypt(flipped, msgspec.json.encode(answer), None)
    return b64encode(sealed).decode()


def token_is_signed(token: str, signature: str, secrets: Iterable[str]) -> bool:
    """Whether a signature (a JSON Web Token, HS256) is of the platform's and of this token."""
    head, _, own = signature.rpartition(".")
    try:
        told = msgspec.json.decode(_unpadded(head.partition(".")[2]), type=dict[str, Any])
    except (msgspec.DecodeError, ValueError):
        return False
    made = [
        urlsafe_b64encode(hmac.new(each.encode(), head.encode(), sha256).digest()).rstrip(b"=")
        for each in secrets
    ]
    signed = any(hmac.compare_digest(each, own.encode()) for each in made)
    return signed and told.get("flow_token") == token


def _unpadded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
