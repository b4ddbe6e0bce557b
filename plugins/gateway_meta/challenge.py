"""How Meta confirms a callback address: a GET that must be answered with its own challenge."""

from __future__ import annotations

import hmac
from collections.abc import Mapping


def answer(query: Mapping[str, str], verify_token: str) -> str | None:
    """Return the challenge to send back, or None when the request is not ours to confirm.

    Args:
        query: Parameters of the GET.
        verify_token: What the operator typed into Meta's dashboard; an empty one confirms nothing.
    """
    given = query.get("hub.verify_token", "")
    if query.get("hub.mode") != "subscribe" or not verify_token:
        return None
    if not hmac.compare_digest(given.encode("utf-8", "replace"), verify_token.encode()):
        return None
    return query.get("hub.challenge")
