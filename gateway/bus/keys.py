"""Every key in Redis, in one place; the reference page is rendered from ``KEYS``.

An account belongs to partition ``crc32(account id) mod P``. Every key of an account carries the
hash tag ``{NN}`` of its partition, so that one script can touch them atomically, on Redis Cluster
too.
"""

from __future__ import annotations

from typing import Final
from zlib import crc32

import msgspec

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
WINDOW_SECONDS: Final = 8 * 24 * 3600
"""How long the last sign of a contact is kept: the longest rule looks back 7 days."""


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """A key pattern and what is behind it."""

    pattern: str
    type: str
    holds: str
    lives: str


KEYS: Final = (
    Key(
        pattern="relevo:layout",
        type="hash",
        holds="version of this layout and the number of partitions, checked at every start",
        lives="for good",
    ),
    Key(
        pattern="relevo:{NN}:events",
        type="stream",
        holds="the events of the partition's accounts: fields `type` and `data` (MessagePack map)",
        lives="until trimmed by age and length (settings `[streams]`)",
    ),
    Key(
        pattern="relevo:{NN}:seen:GENERATION:BUCKET",
        type="set of integers",
        holds="64-bit digests of the events that were taken, to recognise a second delivery",
        lives="8 to 16 days: two generations of 8 days, the older one dropped whole",
    ),
    Key(
        pattern="relevo:{NN}:steps:GENERATION:BUCKET",
        type="hash",
        holds="per outbound message and recipient (8-byte digest) the statuses seen, one bit each",
        lives="30 to 60 days: two generations of 30 days, the older one dropped whole",
    ),
    Key(
        pattern="relevo:{NN}:generations",
        type="set",
        holds="which generations of `seen` and `steps` exist, so that old ones can be dropped",
        lives="for good",
    ),
    Key(
        pattern="relevo:{NN}:window:BUCKET",
        type="hash",
        holds="per contact address (8-byte digest) when it last opened the window, in seconds",
        lives="8 days after that, then swept",
    ),
    Key(
        pattern="relevo:{NN}:media",
        type="stream",
        holds="files to fetch, read by the consumer group `fetchers`",
        lives="until fetched or given up",
    ),
    Key(
        pattern="relevo:{NN}:media:later",
        type="sorted set",
        holds="files to try again (MessagePack), by when they are due in milliseconds",
        lives="until due, then back in the stream of files to fetch",
    ),
    Key(
        pattern="relevo:{NN}:kept:ACCOUNT:KEY",
        type="string",
        holds="something small that an account's channel wants to find again, such as the "
        "platform's id of an uploaded file",
        lives="as long as the channel said",
    ),
    Key(
        pattern="relevo:{NN}:chat:ACCOUNT:NAME",
        type="stream",
        holds="what was said between an account and one contact, as the channel shows it (web "
        "chat): field `data`",
        lives="until trimmed by age and length (settings of the account)",
    ),
    Key(
        pattern="relevo:{NN}:chat-once:ACCOUNT:NAME:ID",
        type="string",
        holds="that an entry was written to a `chat` log, and its id: a repetition writes none",
        lives="8 days",
    ),
    Key(
        pattern="relevo:{NN}:chat-signals:ACCOUNT",
        type="stream",
        holds="what is new in the account's `chat` logs, and what is not kept (somebody types), "
        "read by every process that holds sockets",
        lives="about the last 10 000, an hour after the last one",
    ),
    Key(
        pattern="relevo:{NN}:shelf:ACCOUNT:SHELF",
        type="hash",
        holds="several things that an account's channel keeps by name, such as the message "
        "templates the platform told of",
        lives="for good; replaced when the platform is asked again",
    ),
    Key(
        pattern="relevo:{NN}:dead:GROUP",
        type="stream",
        holds="entries that a consumer group gave up: `type`, `data`, `id` of the entry, "
        "`deliveries`",
        lives="about the last 100 000; for you to look at and delete",
    ),
)


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


def dead(partition: int, group: str) -> str:
    """Return the key of the entries of a partition that a consumer group gave up."""
    return f"{tag(partition)}:dead:{group}"


def generations(partition: int) -> str:
    """Return the key that lists a partition's generations of ``seen`` and ``steps``."""
    return f"{tag(partition)}:generations"


def layout() -> str:
    """Return the key that says how the data is laid out."""
    return f"{PREFIX}:layout"
