"""What becomes of a body that a plugin could not read: it is kept, whole."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

import msgspec

from gateway.channel.channel import Channel
from gateway.channel.request import WebhookRequest
from gateway.model.event import PlatformNotice
from gateway.model.identity import event_id
from gateway.model.notice import Notice


def unread(channel: Channel[Any], request: WebhookRequest, *, error: str) -> PlatformNotice:
    """Return the notice that keeps a whole body, as JSON where it is JSON, else as text.

    Args:
        channel: Who failed to read it.
        request: What came.
        error: Why it could not be read.
    """
    try:
        raw = msgspec.json.decode(request.body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raw = request.body.decode("utf-8", "replace")
    digest = blake2b(request.body, digest_size=16).hexdigest()
    return PlatformNotice(
        id=event_id(0, channel.account, "unread", digest),
        at=request.received_at,
        channel=channel.type,
        account=channel.account,
        notice=Notice(reason="broken", subject="webhook", error=error, raw=raw),
    )
