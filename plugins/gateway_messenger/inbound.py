"""A webhook body made into events: Messenger's words for what ``gateway_meta`` reads.

Source: Meta for Developers, Messenger Platform, "Webhooks"; "Webhooks reference: Page".
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
    *("message_deliveries", "message_reads", "messaging_postbacks", "messaging_optins"),
    *("messaging_referral", "messaging_referrals", "messaging_account_linking"),
    *("messaging_handover", "messaging_handovers"),
    *("messaging_policy_enforcement", "messaging_feedback", "response_feedback", "standby"),
)
_TEMPLATES: Final = ("message_template_status_update", "messenger_template_status_update")
_UNMODELLED: Final = (
    *("feed", "mention", "ratings", "leadgen", "conversations", "group_feed", "live_videos"),
    *("messaging_game_plays", "send_cart", "calls"),
)
_FIELDS: Final[dict[str, FieldKind | None]] = {
    **dict.fromkeys(_ITEMS, "item"),
    **dict.fromkeys(_TEMPLATES, "template"),
    **dict.fromkeys(_UNMODELLED),
}

MESSENGER: Final = Dialect(
    channel="messenger",
    object="page",
    address="page_scoped",
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
    return envelope.events(request, MESSENGER, account)
