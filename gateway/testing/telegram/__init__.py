"""Telegram as a bot sees it.

``platform`` the simulator itself · ``people`` who writes and is written to · ``chats`` where
messages stand · ``updates`` webhooks and ``getUpdates`` · ``call`` how parameters come ·
``sending`` and ``changing`` what the bot says and changes, with the rules of ``markup``, ``flood``
and ``files`` · ``errors`` and ``faults`` what is refused, and what goes wrong on request.
"""

from __future__ import annotations

from gateway.testing.delivery import Ledger, RetrySchedule
from gateway.testing.telegram.chats import Chat, Sent, Update
from gateway.testing.telegram.errors import BotApiError
from gateway.testing.telegram.faults import Fault
from gateway.testing.telegram.flood import LENIENT, Rules
from gateway.testing.telegram.people import Connection, Customer, Member, Person
from gateway.testing.telegram.platform import TOKEN, TelegramPlatform

__all__ = [
    "LENIENT",
    "TOKEN",
    "BotApiError",
    "Chat",
    "Connection",
    "Customer",
    "Fault",
    "Ledger",
    "Member",
    "Person",
    "RetrySchedule",
    "Rules",
    "Sent",
    "TelegramPlatform",
    "Update",
]
