"""Every operation of the API, in the order of its documents."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from gateway.http.api import accounts, contacts, files, messages, numbers, templates
from gateway.http.api.operation import Operation

GROUPS: Final = MappingProxyType(
    {
        "Messages": "Send, and see what became of it.",
        "Contacts": "Whether a contact may be written to.",
        "Media": "Files to send, and files that came.",
        "Templates": "Message templates and Flows of your accounts.",
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
    templates.list_templates,
    templates.sync_templates,
    templates.create_template,
    templates.edit_template,
    templates.delete_template,
    templates.list_flows,
    accounts.list_accounts,
    numbers.export_health,  # before the account of any name
    accounts.get_account,
    accounts.pause_account,
    accounts.resume_account,
    numbers.get_health,
    numbers.get_profile,
    numbers.change_profile,
    numbers.list_blocked,
    numbers.block_contacts,
    numbers.unblock_contacts,
    numbers.request_code,
    numbers.verify_code,
    numbers.register_number,
    accounts.list_channels,
)
