"""Turns events into what the commit script reads; see ``gateway/bus/scripts/commit.lua``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import lru_cache
from hashlib import blake2b
from struct import Struct
from struct import error as StructError  # noqa: N812 - an exception, whatever its spelling
from types import MappingProxyType
from typing import Final, TypeAlias, get_args

import msgspec

from gateway.bus.keys import SEEN_BUCKETS, STEP_BUCKETS, WINDOW_BUCKETS
from gateway.channel.channel import WATCHED
from gateway.channel.rules import WindowRule
from gateway.codec.stream import encode
from gateway.edge.media.job import jobs_of
from gateway.model.contact import Address, Contact
from gateway.model.event import Event, MessageEchoed, MessageReceived, MessageStatus, type_of
from gateway.model.identity import contact_digest
from gateway.model.inbound_content import Choice
from gateway.policy.status import BIT

_SECOND: Final = timedelta(seconds=1)
PLACES_KEPT: Final = 1 << 14
"""Whoever writes once writes again soon; the places of this many contacts take about 8 MB."""
_PLACE: Final = Struct(">qH").unpack
MOST_PLACES: Final = 9
"""Addresses under which a window is kept; no platform gives a contact more than four."""
_TYPES: Final = {each: str(each.__struct_config__.tag) for each in get_args(Event)}
_JOB: Final = b"j"

Watches: TypeAlias = Mapping[str, frozenset[type[Event]]]
"""The types of events that channels act on themselves, by the channel's type."""
USUAL: Final[Watches] = MappingProxyType({})
"""Every channel acts on what is said of its account, and on taps that want an answer."""


def _is_waiting(event: Event) -> bool:
    """Whether it is a tap that the platform wants answered: the contact sees a spinner."""
    if type(event) is not MessageReceived:
        return False
    content = event.message.content
    return type(content) is Choice and content.query_id is not None


class Unit(msgspec.Struct, frozen=True, gc=False):
    """Events of one partition that are committed and confirmed together.

    Attributes:
        words: What the script reads: two words an entry.
        types: ``(channel, type)`` of every event, for counting.
        files: Whether files of messages are among them.
        notices: Those that the account's channel acts on.
    """

    words: list[bytes]
    types: tuple[tuple[str, str], ...]
    files: bool = False
    notices: tuple[Event, ...] = ()


class Entries:
    """Writes events for the script.

    Args:
        windows: The window rule of every channel type that has one.
        files: Whether files of messages are to be fetched.
        watches: What channels act on, where not the usual.
    """

    def __init__(
        self,
        windows: Mapping[str, WindowRule],
        *,
        files: bool,
        watches: Watches = USUAL,
    ) -> None:
        self._files = files
        self._watches = watches
        self._windows = {
            channel: (rule.opens, rule.length // _SECOND) for channel, rule in windows.items()
        }

    def unit(self, events: Sequence[Event]) -> Unit:
        """Return the unit of events that belong to one partition."""
        words: list[bytes] = []
        types = []
        files = False
        notices: tuple[Event, ...] = ()
        for event in events:
            types.append((event.channel, _TYPES[type(event)]))
            if type(event) is MessageStatus and event.status.platform_id is not None:
                words += (_step(event, event.status.platform_id), encode(event))
                continue
            words += (self._head(event), encode(event))
            if self._files and (jobs := jobs_of(event)):
                files = True
                for job in jobs:
                    words += (_JOB, job)
            if type(event) in self._watches.get(event.channel, WATCHED) or _is_waiting(event):
                notices += (event,)
        return Unit(words, tuple(types), files, notices)

    def _head(self, event: Event) -> bytes:
        """Return what is to be done with an event that is no step of an outbound message."""
        bucket, member = _digest(event.id)
        window = self._windows.get(event.channel)
        if window is None or not window[0](event):
            if type(event) is MessageEchoed and event.message.edited is None:
                # Nobody changes what we sent but we: what is changed was written elsewhere.
                known, sent = b"%d" % member, f"{event.account}:{event.message.platform_id}"
                head = b"o%010d%05d%02d%b" % (_seconds(event), bucket, len(known), known)
                return head + sent.encode("utf-8", "replace")
            return b"e%010d%05d%d" % (_seconds(event), bucket, member)
        contact: Contact | None = getattr(event, "contact", None)
        if contact is None:
            raise TypeError(f"{type_of(event)} opens no window: it has no contact")
        addresses = contact.addresses or (Address(kind="external", value=contact.id),)
        places = window_places(event.account, addresses)
        return b"w%010d%05d%07d%b%d" % (_seconds(event), bucket, window[1], places, member)


def _seconds(event: Event) -> int:
    """Return the platform's time in seconds since 1970; 0 where it tells none."""
    if type(event) is MessageReceived:
        return event.message.timestamp // 1000
    try:
        return int(event.id[:12], 16) // 1000  # every id of our form begins with it
    except ValueError:
        return 0


def _step(event: MessageStatus, platform_id: str) -> bytes:
    # A message to one person has one recipient, whom the platform may name by number or by id.
    recipient = event.contact.id if event.status.group_id else ""
    digest = contact_digest(event.account, f"{platform_id}\0{recipient}")
    bucket = (digest[8] << 8 | digest[9]) % STEP_BUCKETS
    return b"s%05d%02d%b" % (bucket, BIT[event.status.status], digest[:8])


@lru_cache(maxsize=PLACES_KEPT)
def window_places(account: str, addresses: tuple[Address, ...]) -> bytes:
    """Return where a contact's window is kept: how many places, and for each address one.

    A place is 4 digits of bucket and 8 bytes of field.
    """
    digests = [contact_digest(account, each.value) for each in addresses[:MOST_PLACES]]
    places = b"".join(
        b"%04d%b" % ((each[8] << 8 | each[9]) % WINDOW_BUCKETS, each[:8]) for each in digests
    )
    return b"%d%b" % (len(digests), places)


def _digest(event_id: str) -> tuple[int, int]:
    """Return bucket and member (a signed 64-bit number) by which an event is remembered."""
    try:
        member, bucket = _PLACE(bytes.fromhex(event_id[12:]))
    except (ValueError, StructError):  # no id of our form, but its maker tells events by it
        digest = blake2b(event_id.encode("utf-8", "replace"), digest_size=10)
        member, bucket = _PLACE(digest.digest())
    return bucket % SEEN_BUCKETS, member
