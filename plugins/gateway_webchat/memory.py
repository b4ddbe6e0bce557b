"""What is remembered of visitors, for all processes: who they are, what they saw, whose files."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from gateway.api import Host, StoredMedia
from gateway_webchat.visitors import Visitor


async def visitor(host: Host, log: str) -> Visitor | None:
    """Return a visitor, or None when nothing is known (any more).

    Raises:
        RedisUnavailable: Not now.
    """
    kept = await host.recall(f"visitor:{log}")
    return None if kept is None else msgspec.json.decode(kept, type=Visitor)


async def keep_visitor(host: Host, log: str, known: Visitor, *, time: timedelta) -> None:
    """Remember a visitor.

    Raises:
        RedisUnavailable: Not now.
    """
    await host.remember(f"visitor:{log}", msgspec.json.encode(known), time=time)


async def seen(host: Host, log: str) -> str:
    """Return the cursor up to which a visitor has seen all; empty for none.

    Raises:
        RedisUnavailable: Not now.
    """
    return (await host.recall(f"seen:{log}") or b"").decode()


async def keep_seen(host: Host, log: str, cursor: str, *, time: timedelta) -> None:
    """Remember up to where a visitor has seen all.

    Raises:
        RedisUnavailable: Not now.
    """
    await host.remember(f"seen:{log}", cursor.encode(), time=time)


async def file(host: Host, log: str, stored_id: str) -> StoredMedia | None:
    """Return a file that a visitor may have, or None.

    Raises:
        RedisUnavailable: Not now.
    """
    kept = await host.recall(f"file:{log}:{stored_id}")
    return None if kept is None else msgspec.json.decode(kept, type=StoredMedia)


async def keep_file(host: Host, log: str, stored: StoredMedia, *, time: timedelta) -> None:
    """Remember that a visitor may have a file.

    Raises:
        RedisUnavailable: Not now.
    """
    await host.remember(f"file:{log}:{stored.id}", msgspec.json.encode(stored), time=time)


async def give_file(host: Host, log: str, stored_id: str, *, time: timedelta) -> bool:
    """Let a visitor have a file of the media store; False when there is no such file.

    Raises:
        RedisUnavailable: Not now.
        StoreError: The media store cannot be read.
    """
    opened = await host.open_file(stored_id)
    if opened is None:
        return False
    stored = StoredMedia(
        id=stored_id,
        index=0,
        mime_type=opened.mime_type,
        size_bytes=opened.size_bytes,
        sha256=opened.sha256,
        filename=opened.filename,
    )
    await keep_file(host, log, stored, time=time)
    return True
