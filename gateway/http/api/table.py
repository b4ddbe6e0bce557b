"""Every operation of the API, in the order of its documents."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from gateway.http.api import accounts, contacts, files, messages
from gateway.http.api.operation import Operation

GROUPS: Final = MappingProxyType(
    {
        "Messages": "Send, and see what became of it.",
        "Contacts": "Whether a contact may be written to.",
        "Media": "Files to send, and files that came.",
        "Accounts": "Numbers, pages and bots of yours, and what their platforms can do.",
    }
)
"""Headings, with what is below each."""

OPERATIONS: Final[tuple[Operation, ...]] = (
    messages.send_messages,
    messages.get_message,
    messages.find_messages,
    messages.cancel_message,
    messages.list_dead_messages,
    messages.replay_messages,
    contacts.get_window,
    contacts.get_suppression,
    contacts.suppress_contact,
    contacts.unsuppress_contact,
    files.upload_media,
    files.get_media,
    accounts.list_accounts,
    accounts.get_account,
    accounts.pause_account,
    accounts.resume_account,
    accounts.list_channels,
)
