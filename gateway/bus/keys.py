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


def layout() -> str:
    """Return the key that says how the data is laid out."""
    return f"{PREFIX}:layout"
