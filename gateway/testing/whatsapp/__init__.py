"""WhatsApp Cloud API as a gateway sees it.

``platform`` the simulator itself · ``contact`` people who write · ``body`` the wire format ·
``media`` files · ``ids`` ids in the platform's form.
"""

from __future__ import annotations

from gateway.testing.delivery import Attempt, Delivery, Ledger, RetrySchedule, Webhook
from gateway.testing.whatsapp.body import Number, Update, body, encode, signature
from gateway.testing.whatsapp.contact import Contact, OrderLine
from gateway.testing.whatsapp.media import MediaFault, MediaFile, MediaShelf
from gateway.testing.whatsapp.platform import App, CallbackRefused, WhatsAppPlatform

__all__ = [
    "App",
    "Attempt",
    "CallbackRefused",
    "Contact",
    "Delivery",
    "Ledger",
    "MediaFault",
    "MediaFile",
    "MediaShelf",
    "Number",
    "OrderLine",
    "RetrySchedule",
    "Update",
    "Webhook",
    "WhatsAppPlatform",
    "body",
    "encode",
    "signature",
]
