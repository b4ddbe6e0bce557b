"""Messages that came back: the platform has them, whatever became of its answer.

Meta has no key that makes a second try harmless. But every message we send on Messenger comes
back as an echo with our own reference. So echoes are noted, and a message whose echo is there
is not sent again: the echo is its answer.

Source: Meta for Developers, Messenger Platform, "message_echoes webhook"; "Send API reference"
(``metadata``).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

import msgspec

from gateway.api import (
    Answer,
    Call,
    Event,
    Host,
    InDoubt,
    MessageEchoed,
    StoreError,
)
from gateway_meta.answers import LOOK_AGAIN
from gateway_meta.graph import Graph

NOTED: Final = timedelta(days=1)
"""A message in doubt is tried again much sooner, or never."""


class Echoes:
    """Sends what was not sent yet.

    Args:
        graph: Makes the calls.
    """

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    async def noted(self, event: Event, host: Host) -> None:
        """Note an echo with a reference; any other event is passed over.

        Raises:
            RedisUnavailable: Not now.
        """
        if not isinstance(event, MessageEchoed) or event.message.metadata is None:
            return
        taken = {"message_id": event.message.platform_id, "recipient_id": event.contact.id}
        answer = msgspec.json.encode(taken)
        await host.remember(_key(event.message.metadata), answer, time=NOTED)

    async def deliver(self, call: Call, host: Host) -> Answer:
        """Make a call, unless its echo says that it was taken; see ``Channel.deliver``."""
        reference = _reference(call)
        if reference is None:
            return await self._graph.deliver(call, host)
        if taken := await _recalled(reference, host):
            return Answer(status=200, body=taken)
        try:
            return await self._graph.deliver(call, host)
        except InDoubt as doubt:
            raise InDoubt(doubt.error, retry_after=LOOK_AGAIN) from doubt


async def _recalled(reference: str, host: Host) -> bytes | None:
    try:
        return await host.recall(_key(reference))
    except StoreError:
        return None  # nobody knows; a message is not kept back for that


def _key(reference: str) -> str:
    return f"echo:{reference}"


def _reference(call: Call) -> str | None:
    message: Any = (call.body or {}).get("message")
    found = message.get("metadata") if isinstance(message, dict) else None
    return found if isinstance(found, str) else None
