"""What becomes of a body or an item that a plugin could not read: it is kept, with what is wrong."""

from __future__ import annotations

from typing import Any

import msgspec

from gateway.channel.channel import Channel
from gateway.channel.request import WebhookRequest
from gateway.errors import ItemBroken
from gateway.model.event import PlatformNotice
from gateway.model.identity import digest_of, event_id
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
    return PlatformNotice(
        id=event_id(0, channel.account, "unread", digest_of(request.body)),
        at=request.received_at,
        channel=channel.type,
        account=channel.account,
        notice=Notice(reason="broken", subject="webhook", error=error, raw=raw),
    )


def item_fault(error: Exception, path: str) -> str:
    """Return where in a body something is wrong and what would be right, for a notice's ``error``.

    Args:
        error: What reading the item raised: ``ItemBroken``, msgspec's, or a slip of ours.
        path: Of the item in the body, for example ``$.messages[0]``.
    """
    match error:
        case ItemBroken():
            return f"{path}{error.path}: {error.wanted}"
        case msgspec.ValidationError():
            wanted, _, inside = str(error).partition(" - at `$")
            return f"{path}{inside.removesuffix('`')}: {wanted}"
        case _:
            return f"{path}: {type(error).__name__}: {error}"
