"""Redis memory per remembered id and per window, and what an append costs on a long stream.

Events go through the daemon's own ``Entries`` and commit script, without HTTP. The memory of a part
is what ``used_memory`` falls by when its keys are deleted.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Final, Self

from bench.inbound.bodies import CONTACTS
from gateway.bus import keys
from gateway.bus.script import COMMIT
from gateway.edge.entry import Entries
from gateway.model.contact import Address, Contact
from gateway.model.content import Text
from gateway.model.event import MessageReceived
from gateway.model.identity import event_id
from gateway.model.message import Message
from gateway.testing.valkey import ValkeyServer
from gateway_whatsapp.channel import WhatsAppChannel

MILLION: Final = 1_000_000
SAMPLE: Final = 50_000
CALL_EVENTS: Final = 64
ACCOUNT: Final = "wa-main"
PARTITION: Final = 0


def measure() -> dict[str, float]:
    """Return bytes and ratios by name."""
    found = _ids_and_growth()
    for addresses, name in ((1, "one address"), (2, "two addresses")):
        with _Store(contacts=MILLION, addresses=addresses) as store:
            store.feed(MILLION)
            store.drop(keys.events(PARTITION))
            found[f"bytes per window, {name}"] = store.drop(_each("window")) / MILLION
    return found


def _ids_and_growth() -> dict[str, float]:
    with _Store(contacts=CONTACTS, addresses=2) as store:
        store.feed(CONTACTS)  # all windows are open from here on
        short = store.feed(SAMPLE)
        store.feed(MILLION - CONTACTS - SAMPLE)
        long = store.feed(SAMPLE)
        entry_bytes = store.drop(keys.events(PARTITION)) / (MILLION + SAMPLE + CONTACTS)
        return {
            "Valkey µs per event, short stream": short,
            "Valkey µs per event, 1 M entries": long,
            "append cost, long over short stream": long / short,
            "bytes per stream entry": entry_bytes,
            "bytes per remembered id": store.drop(_each("seen")) / (MILLION + SAMPLE),
        }


def _each(what: str) -> str:
    return f"{keys.tag(PARTITION)}:{what}:*"


class _Store:
    """A Valkey of its own and a source of messages from that many contacts in turn."""

    def __init__(self, *, contacts: int, addresses: int) -> None:
        self._entries = Entries({"whatsapp": WhatsAppChannel.window}, files=True)
        self._events = _messages(contacts, addresses)

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="relevo-bench-", dir="/tmp")
        # Deleted means gone, so that memory can be read at once.
        options = {"lazyfree-lazy-user-del": "no"}
        self._server = ValkeyServer(directory=Path(self._folder.name), options=options)
        self._server.start()
        self._client: Any = self._server.client()
        self._client.script_load(COMMIT.source)
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()
        self._server.stop()
        self._folder.cleanup()

    def feed(self, count: int) -> float:
        """Commit events, each a unit of its own, and return Valkey's CPU µs for one."""
        words = (2, keys.events(PARTITION), keys.media(PARTITION), keys.tag(PARTITION))
        before = self._script_us()
        left = count
        while left:
            some = list(islice(self._events, min(left, CALL_EVENTS)))
            left -= len(some)
            self._client.evalsha(COMMIT.sha, *words, *self._entries.unit(some).words)
        return (self._script_us() - before) / count

    def drop(self, pattern: str) -> int:
        """Delete keys and return the bytes that they took."""
        before = self._used_bytes()
        found = list(self._client.scan_iter(_literal(pattern), count=10_000))
        for start in range(0, len(found), 1000):
            self._client.delete(*found[start : start + 1000])
        return before - self._used_bytes()

    def _used_bytes(self) -> int:
        return int(self._client.info("memory")["used_memory"])

    def _script_us(self) -> float:
        stats = self._client.info("commandstats").get("cmdstat_evalsha", {})
        return float(stats.get("usec", 0))


def _literal(pattern: str) -> str:
    """Return a pattern that takes the braces of a hash tag as they are."""
    return pattern.replace("{", "\\{").replace("}", "\\}")


def _messages(contacts: int, addresses: int) -> Iterator[MessageReceived]:
    now = time.time_ns() // 1_000_000
    number = 0
    while True:
        number += 1
        who = number % contacts
        platform_id = f"wamid.HBgMMzUxOTAwMDAwMDAwFQIAEhggQTc{number:020d}"
        identity = event_id(now, ACCOUNT, "message.received", platform_id)
        known = (
            Address(kind="business_scoped", value=f"PT.{who:020d}"),
            Address(kind="phone", value=f"3519{who:08d}"),
        )
        yield MessageReceived(
            id=identity,
            at=now,
            channel="whatsapp",
            account=ACCOUNT,
            contact=Contact(id=known[0].value, addresses=known[:addresses], name="Marta"),
            message=Message(
                id=identity,
                platform_id=platform_id,
                timestamp=now,
                content=Text(text="Is the blue one in stock?"),
            ),
        )
