"""What a host site signs its identity tokens with: the key says which algorithm is meant.

A token that chose could have a public key taken for a secret.

Source: RFC 8725, "JSON Web Token Best Current Practices", section 3.1.
"""

from __future__ import annotations

from typing import Final, Literal

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

_PEM: Final = "-----BEGIN "
_SHORTEST_SECRET: Final = 32


def algorithm(key: str) -> Literal["HS256", "RS256", "ES256"]:
    """Return what tokens under a key are signed with.

    Raises:
        ValueError: It is a short secret, or PEM that is no public key of RSA or of P-256.
    """
    if not key.startswith(_PEM):
        if len(key.encode()) < _SHORTEST_SECRET:
            raise ValueError(f"identity_key must have {_SHORTEST_SECRET} bytes or more")
        return "HS256"
    if "PRIVATE KEY" in key:
        raise ValueError("identity_key must be the public key: the private one stays on your site")
    try:
        read = load_pem_public_key(key.encode())
    except ValueError as error:
        raise ValueError("identity_key is no public key in PEM") from error
    match read:
        case RSAPublicKey():
            return "RS256"
        case EllipticCurvePublicKey(curve=SECP256R1()):
            return "ES256"
        case _:
            raise ValueError("identity_key must be a public key of RSA or of the curve P-256")
