"""Every webhook field we know, and what reads it.

Source: Meta for Developers, WhatsApp Business Platform, "Webhooks: fields".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from gateway.api import Event
from gateway_whatsapp import calls, coexistence, contacts, management, messages, payloads, wire
from gateway_whatsapp.management import change, reader
from gateway_whatsapp.source import Reader, Source

_MESSAGE: Final = msgspec.json.Decoder(wire.Message)
_STATUS: Final = msgspec.json.Decoder(wire.Status)
_ERROR: Final = msgspec.json.Decoder(payloads.Error)


def _message(source: Source) -> Iterable[Event]:
    return (messages.message_event(_MESSAGE.decode(source.raw), source),)


def _status(source: Source) -> Iterable[Event]:
    return (messages.status_event(_STATUS.decode(source.raw), source),)


def _error(source: Source) -> Iterable[Event]:
    return (messages.error_event(_ERROR.decode(source.raw), source),)


_CONVERSATION: Final = {"messages": _message, "statuses": _status, "errors": _error}
_ECHOES: Final = {"message_echoes": coexistence.echo, "errors": _error}
_GROUPS: Final = {"groups": calls.group, "errors": _error}

LISTED: Final[Mapping[str, Mapping[str, Reader]]] = MappingProxyType(
    {
        "messages": _CONVERSATION,
        "standby": _CONVERSATION,
        "message_echoes": _ECHOES,
        "smb_message_echoes": _ECHOES,
        "history": {
            "history": coexistence.chunk,
            "messages": coexistence.late_media,
            "errors": _error,
        },
        "smb_app_state_sync": {"state_sync": coexistence.book_entry, "errors": _error},
        "user_preferences": {"user_preferences": contacts.preference, "errors": _error},
        "user_id_update": {"user_id_update": contacts.id_update, "errors": _error},
        "calls": {"calls": calls.call, "statuses": calls.call_status, "errors": _error},
        "group_lifecycle_update": _GROUPS,
        "group_participants_update": _GROUPS,
        "group_settings_update": _GROUPS,
        "group_status_update": _GROUPS,
    }
)
"""Fields of one phone number whose value holds lists, and what reads the items of each."""

WHOLE: Final[Mapping[str, Reader]] = MappingProxyType(
    {
        "message_template_status_update": reader(management.template_status),
        "message_template_quality_update": reader(management.template_quality),
        "message_template_components_update": reader(management.template_components),
        "template_category_update": reader(management.template_category),
        "template_correct_category_detection": reader(management.template_category),
        "phone_number_quality_update": reader(management.quality),
        "phone_number_name_update": change("name", "requested_verified_name", detail="decision"),
        "business_username_updates": change("username", "username", detail="status"),
        "account_update": reader(management.account),
        "account_alerts": reader(management.alert),
        "account_review_update": change("review", "decision"),
        "account_settings_update": change("settings", "type"),
        "business_capability_update": change(
            "limit", "max_daily_conversations_per_business", "max_daily_conversation_per_phone"
        ),
        "business_status_update": change("status", "event", "status"),
        "payment_configuration_update": change("payment", "status", "configuration_name"),
        "partner_solutions": change("partner", "event", detail="solution_status"),
        "security": change("security", "event", detail="requester"),
        "flows": reader(management.flow),
        "messaging_handovers": reader(management.handover),
    }
)
"""Fields whose value is one change."""

UNMODELLED: Final = frozenset(
    {"automatic_events", "tracking_events", "user_actions", "conversation_context"}
)
"""Fields, and parts of values, that exist and have no type of ours."""
