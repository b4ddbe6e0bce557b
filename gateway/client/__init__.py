"""Reading the streams from Python, and sending over one: a consumer in ten lines.

::

    async def handle(delivery: Delivery) -> None:
        match delivery.event:
            case MessageReceived(contact=contact, message=message):
                print(contact.id, message.content)

    async with Consumer("redis://localhost:6379", group="crm", name="crm-1") as consumer:
        await consumer.run(handle)

Events are the types of ``gateway.model.event``; see ``docs/consuming.md``.
"""

from __future__ import annotations

from gateway.client.consumer import Consumer, Handler
from gateway.client.delivery import Delivery, UnknownEvent, read_event
from gateway.client.follow import follow
from gateway.client.sender import Sender

__all__ = ["Consumer", "Delivery", "Handler", "Sender", "UnknownEvent", "follow", "read_event"]
