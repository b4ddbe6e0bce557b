"""A webhook body made into events: Instagram's words for what ``gateway_meta`` reads.

Source: Meta for Developers, Instagram Platform, "Webhooks"; "Webhook notification examples".
"""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import Final

from gateway.api import Event, WebhookRequest
from gateway_meta import envelope
from gateway_meta.source import Dialect, FieldKind

# Meta's pages spell some of them with and without the plural.
_ITEMS: Final = (
    *("messages", "message_echoes", "message_edit", "message_edits", "message_reactions"),
    *("messaging_postbacks", "messaging_seen", "messaging_optins", "messaging_referral"),
    *("messaging_referrals", "messaging_handover", "messaging_handovers", "standby"),
    *("messaging_policy_enforcement", "response_feedback"),
)
_UNMODELLED: Final = ("comments", "live_comments", "mentions", "story_insights")
_FIELDS: Final[dict[str, FieldKind | None]] = {
    **dict.fromkeys(_ITEMS, "item"),
    **dict.fromkeys(_UNMODELLED),
}

INSTAGRAM: Final = Dialect(
    channel="instagram",
    object="instagram",
    address="instagram_scoped",
    fields=MappingProxyType(_FIELDS),
)


def events(request: WebhookRequest, account: str) -> Sequence[Event]:
    """Return the events that a webhook body is, in its order.

    Args:
        request: Verified; its ``accounts`` say whose items it may carry.
        account: Takes what names no account of ours.

    Raises:
        BodyMalformed: The body is not a JSON object.
    """
    return envelope.events(request, INSTAGRAM, account)
