"""Turns events into what the commit script reads; see ``gateway/bus/scripts/commit.lua``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import lru_cache
from hashlib import blake2b
from struct import Struct
from struct import error as StructError  # noqa: N812 - an exception, whatever its spelling
from typing import Final, TypeAlias

import msgpack
import msgspec

from gateway.bus.keys import SEEN_BUCKETS, STEP_BUCKETS, WINDOW_BUCKETS
from gateway.channel.rules import WindowRule
from gateway.codec.stream import encode
from gateway.edge.media.job import jobs_of
from gateway.model.contact import Contact
from gateway.model.event import Event, MessageReceived, MessageStatus, type_of
from gateway.model.identity import contact_digest
from gateway.policy.status import BIT

Entry: TypeAlias = tuple[str | bytes | int, ...]

# Lua's cmsgpack knows the older form of MessagePack only, in which bytes and text are one type.
_PACK: Final = msgpack.Packer(use_bin_type=False).pack
_SECOND: Final = timedelta(seconds=1)
PLACES_KEPT: Final = 1 << 15
"""Whoever writes once writes again soon; this many places take about 10 MB."""
_PLACE: Final = Struct(">qH").unpack


class Unit(msgspec.Struct, frozen=True, gc=False):
    """Events of one partition that are committed and confirmed together.

    Attributes:
        entries: What the script reads: a MessagePack array.
        types: ``(channel, type)`` of every event, for counting.
        files: Whether files of messages are among them.
    """

    entries: bytes
    types: tuple[tuple[str, str], ...]
    files: bool = False


class Entries:
    """Writes events for the script.

    Args:
        windows: The window rule of every channel type that has one.
        files: Whether files of messages are to be fetched.
    """

    def __init__(self, windows: Mapping[str, WindowRule], *, files: bool) -> None:
        self._files = files
        self._windows = {
            channel: (rule.opens, rule.length // _SECOND) for channel, rule in windows.items()
        }

    def unit(self, events: Sequence[Event]) -> Unit:
        """Return the unit of events that belong to one partition."""
        entries: list[Entry] = []
        types = []
        files = False
        for event in events:
            type_ = type_of(event)
            types.append((event.channel, type_))
            entries.append(self._entry(event, type_))
            if self._files and (jobs := jobs_of(event)):
                files = True
                entries += [("j", job) for job in jobs]
        return Unit(_PACK(entries), tuple(types), files)

    def _entry(self, event: Event, type_: str) -> Entry:
        if isinstance(event, MessageStatus) and event.status.platform_id is not None:
            return _step(event, event.status.platform_id)
        bucket, member = _digest(event.id)
        window = self._windows.get(event.channel)
        if window is None or not window[0](event):
            return ("e", type_, encode(event), bucket, member)
        return ("w", type_, encode(event), bucket, member, *_sign_of_life(event, window[1]))


def _step(event: MessageStatus, platform_id: str) -> Entry:
    # A message to one person has one recipient, whom the platform may name by number or by id.
    recipient = event.contact.id if event.status.group_id else ""
    digest = contact_digest(event.account, f"{platform_id}\0{recipient}")
    bucket = str((digest[8] << 8 | digest[9]) % STEP_BUCKETS)
    bit = BIT[event.status.status]
    return ("s", "message.status", encode(event), bucket, digest[:8], bit)


def _sign_of_life(event: Event, length_seconds: int) -> list[str | bytes | int]:
    """Return when the contact wrote, how long the window is, and every place it is kept at."""
    contact: Contact | None = getattr(event, "contact", None)
    if contact is None:
        raise TypeError(f"{type_of(event)} opens no window: it has no contact")
    # Every id begins with the platform's time; a message has it at hand.
    at = event.message.timestamp if isinstance(event, MessageReceived) else int(event.id[:12], 16)
    found: list[str | bytes | int] = [at // 1000, length_seconds]
    account = event.account
    for address in contact.addresses:
        found += window_place(account, address.value)
    if not contact.addresses:
        found += window_place(account, contact.id)
    return found


@lru_cache(maxsize=PLACES_KEPT)
def window_place(account: str, address: str) -> tuple[str, bytes]:
    """Return the bucket and the field under which a contact's window is kept."""
    digest = contact_digest(account, address)
    return str((digest[8] << 8 | digest[9]) % WINDOW_BUCKETS), digest[:8]


def _digest(event_id: str) -> tuple[str, str]:
    """Return bucket and member (a signed 64-bit number) by which an event is remembered.

    Both in words: the numbers of Lua have 53 bits, and are slow to be made into keys.
    """
    try:
        member, bucket = _PLACE(bytes.fromhex(event_id[12:]))
    except (ValueError, StructError):  # no id of our form, but its maker tells events by it
        digest = blake2b(event_id.encode("utf-8", "replace"), digest_size=10)
        member, bucket = _PLACE(digest.digest())
    return str(bucket % SEEN_BUCKETS), str(member)
