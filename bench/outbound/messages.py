"""What is sent: one approved template to contacts who are all different, as campaigns do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from gateway.codec import asked
from gateway.loader import load

BATCH: Final = 1_000
"""Messages of one call of the API, the most it takes."""
TEMPLATE: Final = {"name": "order_ready", "language": "es"}
TEXT: Final = "Hola {{1}}, tu pedido está listo. Puedes recogerlo hoy hasta las 20:00."
BULK: Final = "34610000000"
LIVE: Final = "34620000000"
"""Numbers of contacts count from here, by lane; the platform tells lanes apart by them."""


def message(account: str, lane: str, number: int) -> dict[str, Any]:
    """Return one message as the API takes it."""
    first = int(LIVE if lane == "live" else BULK)
    content = {
        "kind": "template",
        **TEMPLATE,
        "category": "utility",
        "body": [{"type": "text", "text": f"Ana {number}"}],
    }
    return {"account": account, "to": str(first + number), "lane": lane, "content": content}


def batches(accounts: list[str], lane: str, count: int, *, first: int = 0) -> Iterator[bytes]:
    """Yield bodies for ``POST /v1/messages``; the accounts take turns."""
    for start in range(first, first + count, BATCH):
        numbers = range(start, min(start + BATCH, first + count))
        several = [message(accounts[each % len(accounts)], lane, each) for each in numbers]
        yield msgspec.json.encode({"messages": several})


def call_body() -> bytes:
    """Return the bytes that one such message becomes on the platform."""
    channel_type = load().channels["whatsapp"]
    channel = channel_type(channel_type.example())
    wanted = asked.outbound(msgspec.json.encode(message("whatsapp", "bulk", 0)), account=None)
    (call,) = channel.render(wanted, reference="0" * 32).calls
    return msgspec.json.encode(call.body)
