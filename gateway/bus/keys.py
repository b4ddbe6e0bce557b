"""The name of every key in Redis; ``gateway/bus/keytable.py`` says what each holds.

An account belongs to partition ``crc32(account id) mod P``. Every key of an account carries the
hash tag ``{NN}`` of its partition, so that one script can touch them atomically, on Redis Cluster
too.
"""

from __future__ import annotations

from typing import Final
from zlib import crc32

PREFIX: Final = "relevo"

SEEN_BUCKETS: Final = 16_384
"""Sets of up to 512 integers take 8 bytes each: 8 million ids per partition and generation.

Buckets of these two are written with five digits, those of windows with four."""
STEP_BUCKETS: Final = 16_384
WINDOW_BUCKETS: Final = 8_192
"""Hashes of up to 512 fields are kept as one block of memory, 16 bytes a field."""

SEEN_SECONDS: Final = 8 * 24 * 3600
"""Length of a generation of ``seen``; WhatsApp tries a webhook again for 7 days."""
STEPS_SECONDS: Final = 30 * 24 * 3600
MARKETED_SECONDS: Final = 24 * 3600
"""Whoever answers marketing does so within a day; later a word may well mean something else."""
WINDOW_SECONDS: Final = 8 * 24 * 3600
"""How long the last sign of a contact is kept: the longest rule looks back 7 days."""


def partition_of(account: str, partitions: int) -> int:
    """Return the partition an account belongs to."""
    return crc32(account.encode()) % partitions


def tag(partition: int) -> str:
    """Return what every key of a partition begins with, for example ``relevo:{03}``."""
    return f"{PREFIX}:{{{partition:02d}}}"


def events(partition: int) -> str:
    """Return the key of a partition's event stream."""
    return f"{tag(partition)}:events"


def media(partition: int) -> str:
    """Return the key of a partition's stream of files to fetch."""
    return f"{tag(partition)}:media"


def media_later(partition: int) -> str:
    """Return the key of a partition's files to try again."""
    return f"{tag(partition)}:media:later"


def windows(partition: int) -> str:
    """Return what the keys of a partition's windows begin with; four digits of bucket follow."""
    return f"{tag(partition)}:window:"


def generation(partition: int, name: str, number: int, bucket: int) -> str:
    """Return the key of one bucket of a generation of ``seen`` or ``steps``."""
    return f"{tag(partition)}:{name}:{number}:{bucket:05d}"


def kept(partition: int, account: str, key: str) -> str:
    """Return the key of something that an account's channel keeps."""
    return f"{tag(partition)}:kept:{account}:{key}"


def chat(partition: int, account: str, name: str) -> str:
    """Return the key of what an account and one contact said."""
    return f"{tag(partition)}:chat:{account}:{name}"


def chat_once(partition: int, account: str, name: str, entry: str) -> str:
    """Return the key that remembers an entry of a log."""
    return f"{tag(partition)}:chat-once:{account}:{name}:{entry}"


def chat_signals(partition: int, account: str) -> str:
    """Return the key of what is new in an account's logs."""
    return f"{tag(partition)}:chat-signals:{account}"


def shelf(partition: int, account: str, name: str) -> str:
    """Return the key of several things that an account's channel keeps."""
    return f"{tag(partition)}:shelf:{account}:{name}"


def message(partition: int, message_id: str) -> str:
    """Return the key of an outbound message."""
    return f"{tag(partition)}:message:{message_id}"


def out(partition: int, account: str, queue: str) -> str:
    """Return the key of one of an account's queues: live, bulk, scheduled, expiring, held, dead."""
    return f"{tag(partition)}:out:{account}:{queue}"


def held(partition: int, contact: str) -> str:
    """Return the key of what is held for a contact."""
    return f"{tag(partition)}:held:{contact}"


def unopened(partition: int) -> str:
    """Return the key of a partition's openers that did not arrive."""
    return f"{tag(partition)}:unopened"


def alias(partition: int, contact: str) -> str:
    """Return the key that names the contact behind another address."""
    return f"{tag(partition)}:alias:{contact}"


def sent(partition: int, account: str, platform_id: str) -> str:
    """Return the key of what is known of a platform's message."""
    return f"{tag(partition)}:sent:{account}:{platform_id}"


def mark(partition: int, contact: str) -> str:
    """Return the key of a contact's watermarks."""
    return f"{tag(partition)}:mark:{contact}"


def marketed(partition: int, contact: str) -> str:
    """Return the key that tells that a contact was sent marketing lately."""
    return f"{tag(partition)}:marketed:{contact}"


def reached(partition: int, shared: str) -> str:
    """Return the key of the contacts whom a business wrote to first lately."""
    return f"{tag(partition)}:reached:{shared}"


def claim(partition: int, idempotency_key: str) -> str:
    """Return the key that tells which messages an idempotency key is for; those have no spaces."""
    return f"{tag(partition)}:idempotency:for {idempotency_key}"


def suppressed(partition: int) -> str:
    """Return the key of a partition's contacts who must not be written to."""
    return f"{tag(partition)}:suppressed"


def paused(partition: int) -> str:
    """Return the key of a partition's accounts that do not send."""
    return f"{tag(partition)}:paused"


def buckets(partition: int) -> str:
    """Return the key of what is used of a partition's rates."""
    return f"{tag(partition)}:buckets"


def send(partition: int) -> str:
    """Return the key of the stream of messages to be sent."""
    return f"{tag(partition)}:send"


def wake(partition: int) -> str:
    """Return the key of the stream that wakes a partition's owner."""
    return f"{tag(partition)}:wake"


def lease(partition: int) -> str:
    """Return the key of who owns a partition's outbound side."""
    return f"{tag(partition)}:lease"


def fence(partition: int) -> str:
    """Return the key of the last fencing token."""
    return f"{tag(partition)}:fence"


def owners() -> str:
    """Return the key of the processes that send."""
    return f"{PREFIX}:owners"


def dead(partition: int, group: str) -> str:
    """Return the key of the entries of a partition that a consumer group gave up."""
    return f"{tag(partition)}:dead:{group}"


def generations(partition: int) -> str:
    """Return the key that lists a partition's generations of ``seen`` and ``steps``."""
    return f"{tag(partition)}:generations"


def layout() -> str:
    """Return the key that says how the data is laid out."""
    return f"{PREFIX}:layout"


def api_keys() -> str:
    """Return the key of the API's keys."""
    return f"{PREFIX}:apikeys"


def api_keys_used() -> str:
    """Return the key that says when keys of the API were last used."""
    return f"{PREFIX}:apikeys:used"
