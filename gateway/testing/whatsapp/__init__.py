"""WhatsApp Cloud API as a gateway sees it.

``platform`` the simulator itself · ``app`` what both sides know · ``contact`` people who write and
are written to · ``body`` the wire format of webhooks · ``ids`` ids in the platform's form

``cloud`` everything a gateway can call, made of: ``graph`` tokens, nodes and edges · ``faults``
what goes wrong · ``errors`` the table of codes · ``pages`` lists and fields · ``outbox`` what is
sent, with the rules of ``rules``, ``interactive``, ``shape``, ``template`` and ``rates`` ·
``people`` and ``addresses`` whom it is for · ``courier`` and ``sent`` what becomes of it ·
``template_shelf`` and ``template_rules`` templates · ``numbers`` and ``number`` administration ·
``media`` and ``uploads`` files · ``flows`` and ``flow_client`` Flows.
"""

from __future__ import annotations

from gateway.testing.delivery import Attempt, Delivery, Ledger, RetrySchedule, Webhook
from gateway.testing.simulated import CallbackRefused, signature
from gateway.testing.whatsapp.app import App
from gateway.testing.whatsapp.body import Notice, Number, Update, body, encode
from gateway.testing.whatsapp.contact import Contact, OrderLine
from gateway.testing.whatsapp.errors import CODES, GraphError
from gateway.testing.whatsapp.faults import Fault
from gateway.testing.whatsapp.flow_client import FlowClient, FlowEndpointFailed
from gateway.testing.whatsapp.media import MediaFault, MediaFile, MediaShelf
from gateway.testing.whatsapp.number import BusinessNumber
from gateway.testing.whatsapp.people import Group
from gateway.testing.whatsapp.platform import WhatsAppPlatform
from gateway.testing.whatsapp.rates import LENIENT, Rules
from gateway.testing.whatsapp.sent import Sent, SentLedger, Timing
from gateway.testing.whatsapp.template import Template, text_template

__all__ = [
    "CODES",
    "LENIENT",
    "App",
    "Attempt",
    "BusinessNumber",
    "CallbackRefused",
    "Contact",
    "Delivery",
    "Fault",
    "FlowClient",
    "FlowEndpointFailed",
    "GraphError",
    "Group",
    "Ledger",
    "MediaFault",
    "MediaFile",
    "MediaShelf",
    "Notice",
    "Number",
    "OrderLine",
    "RetrySchedule",
    "Rules",
    "Sent",
    "SentLedger",
    "Template",
    "Timing",
    "Update",
    "Webhook",
    "WhatsAppPlatform",
    "body",
    "encode",
    "signature",
    "text_template",
]
