"""Proof, beside a token, that who asks also has the app's secret.

An app can demand it ("Require app secret"): then a stolen token alone is of no use.

Source: Graph API, "Secure API calls".
"""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import Final

PARAMETER: Final = "appsecret_proof"
"""Of every call's query; the platform's words name it where it does not take the proof."""

REFUSED: Final = (
    "Meta does not take the proof made with app_secret: give the app's present secret first, or "
    "look at appsecret_proof."
)
"""It comes with code 100, as a wrong parameter of a message does, and no message is to blame."""


def proof(token: str, secret: str) -> str:
    """Return the proof for a token: good as long as both are, so made once."""
    return hmac.new(secret.encode(), token.encode(), sha256).hexdigest()
