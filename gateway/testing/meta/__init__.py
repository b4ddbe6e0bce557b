"""Messenger and Instagram messaging as a gateway sees them: one simulator for both.

``platform`` the simulator itself · ``account`` the app, pages and accounts · ``contact`` people who
write and are written to · ``body`` the wire format of webhooks · ``graph`` everything a gateway can
call, made of: ``outbox`` what is sent, with the rules of ``shape`` and ``rates`` · ``people`` whom it
is for · ``courier`` and ``sent`` what becomes of it · ``files`` uploads and what contacts send ·
``faults`` and ``errors`` what goes wrong.
"""

from __future__ import annotations

from gateway.testing.meta.account import App, Business
from gateway.testing.meta.body import Happening, body, encode
from gateway.testing.meta.contact import Contact
from gateway.testing.meta.errors import CODES, SendRefused
from gateway.testing.meta.faults import Fault
from gateway.testing.meta.files import Attachment
from gateway.testing.meta.platform import MetaPlatform
from gateway.testing.meta.rates import LENIENT, Rules
from gateway.testing.meta.sent import Sent, SentLedger, Timing
from gateway.testing.simulated import CallbackRefused, signature

__all__ = [
    "CODES",
    "LENIENT",
    "App",
    "Attachment",
    "Business",
    "CallbackRefused",
    "Contact",
    "Fault",
    "Happening",
    "MetaPlatform",
    "Rules",
    "SendRefused",
    "Sent",
    "SentLedger",
    "Timing",
    "body",
    "encode",
    "signature",
]
