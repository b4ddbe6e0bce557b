"""A channel of files on loopback, and everything that fetches them; also a program to be killed.

Run as ``python scene.py SOCKET FOLDER URL`` it fetches until it is killed.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Final

import msgspec
from prometheus_client import CollectorRegistry
from redis.asyncio import Redis

from gateway.bus import keys
from gateway.channel.channel import Channel, ChannelSettings
from gateway.channel.media import Fetcher, MediaAddress
from gateway.channel.request import WebhookRequest
from gateway.edge.media.fetch import HttpFetcher
from gateway.edge.media.job import jobs_of
from gateway.edge.media.queue import MediaQueue
from gateway.edge.media.worker import MediaWorkers
from gateway.model.contact import Address, Contact
from gateway.model.content import Image, InboundContent
from gateway.model.event import Event, MediaFailed, MediaStored, MessageReceived, type_of
from gateway.model.identity import event_id
from gateway.model.media import Media
from gateway.model.message import Message
from gateway.settings.schema import MediaSettings
from gateway.store.files import FileStore
from gateway.store.media import MediaStore
from gateway.telemetry.metrics import Metrics

ACCOUNT: Final = "files-main"
PARTITIONS: Final = 2
COMMIT_ONCE: Final = """
if redis.call('SADD', KEYS[2], ARGV[1]) == 0 then return 0 end
redis.call('XADD', KEYS[1], '*', 'type', ARGV[2], 'data', ARGV[3])
return 1
"""


class FilesChannel(Channel[ChannelSettings]):
    """Finds every file at one host, which the operator trusts."""

    type = "files"
    title = "Files"
    settings_type = ChannelSettings

    def __init__(self, url: str, *, trusted: bool = True) -> None:
        super().__init__(ChannelSettings(id=ACCOUNT, channel="files"))
        self._url = url
        self._trusted = trusted
        self.located = 0

    @classmethod
    def example(cls) -> ChannelSettings:
        return ChannelSettings(id=ACCOUNT, channel="files")

    def identities(self) -> Sequence[str]:
        return ()

    def secrets(self) -> Sequence[str]:
        return ()

    def verify(self, request: WebhookRequest) -> None:
        del request

    def parse(self, request: WebhookRequest) -> Sequence[Event]:
        del request
        return ()

    async def locate_media(self, media: Media, fetcher: Fetcher) -> MediaAddress:
        del fetcher
        self.located += 1
        return MediaAddress(
            url=f"{self._url}/{media.platform_id}",
            headers={"Authorization": "Bearer hush"},
            trusted=self._trusted,
        )


def received(number: int, name: str, content: InboundContent | None = None) -> MessageReceived:
    """Return an event with one file; ``name`` is what the host is asked for."""
    moment = 1_790_000_000_000 + number
    identity = event_id(moment, ACCOUNT, "message.received", f"m{number}")
    return MessageReceived(
        id=identity,
        at=moment,
        channel="files",
        account=ACCOUNT,
        contact=Contact(id="c1", addresses=(Address(kind="phone", value="5215550001"),)),
        message=Message(
            id=identity,
            platform_id=f"m{number}",
            timestamp=moment,
            content=content or Image(media=Media(platform_id=name, mime_type="image/jpeg")),
        ),
    )


class Scene:
    """Redis, a store and a channel, as the daemon would put them together."""

    def __init__(self, redis: Redis, folder: Path, channel: FilesChannel) -> None:
        self.redis = redis
        self.folder = folder
        self.store = MediaStore(FileStore.open("", folder=folder))
        self.channel = channel
        self.metrics = Metrics(CollectorRegistry())
        self.partition = keys.partition_of(ACCOUNT, PARTITIONS)

    async def add(self, *events: MessageReceived) -> None:
        """Put the files of events into the queue, as the commit script does."""
        for event in events:
            for job in jobs_of(event):
                await self.redis.xadd(keys.media(self.partition), {"job": job})

    async def commit(self, events: Sequence[Event]) -> None:
        """Commit as the daemon does: an id that is known is left out."""
        for event in events:
            await self.redis.eval(
                COMMIT_ONCE,
                2,
                keys.events(self.partition),
                f"{keys.tag(self.partition)}:test",
                event.id,
                type_of(event),
                msgspec.msgpack.encode(event),
            )

    @asynccontextmanager
    async def fetching(
        self,
        *,
        commit: Callable[[Sequence[Event]], Awaitable[None]] | None = None,
        attempts: int = 6,
        max_bytes: int = 20_000_000,
        timeout_seconds: int = 5,
        lease_seconds: float = 60.0,
    ) -> AsyncIterator[MediaWorkers]:
        """Run workers that never wait between two tries."""
        settings = MediaSettings(
            attempts=attempts, max_bytes=max_bytes, timeout_seconds=timeout_seconds, workers=4
        )
        async with AsyncExitStack() as stack:
            fetcher = await stack.enter_async_context(HttpFetcher())
            workers = MediaWorkers(
                queues=[
                    MediaQueue(self.redis, each, lease_seconds=lease_seconds)
                    for each in range(PARTITIONS)
                ],
                channels={ACCOUNT: self.channel},
                fetcher=fetcher,
                store=self.store,
                commit=commit or self.commit,
                settings=settings,
                metrics=self.metrics,
                clock=lambda: time.time_ns() // 1_000_000,
                draw=lambda: 0.0,
            )
            task = asyncio.create_task(workers.run())
            yield workers
            workers.stop()
            await task

    async def outcomes(self, count: int) -> list[MediaStored | MediaFailed]:
        """Wait for so many outcomes and for an empty queue; return all there are."""
        decoder = msgspec.msgpack.Decoder(MediaStored | MediaFailed)
        async with asyncio.timeout(20):
            # Redis has no word for "tell me when this stream is as long as that".
            while await self.told() < count or await self.left():  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        entries: Any = await self.redis.xrange(keys.events(self.partition))
        return [decoder.decode(fields[b"data"]) for _, fields in entries]

    async def told(self) -> int:
        """Return how many outcomes are on the stream."""
        return int(await self.redis.xlen(keys.events(self.partition)))

    async def later(self) -> int:
        """Return how many files wait for another try."""
        return int(await self.redis.zcard(keys.media_later(self.partition)))

    async def left(self) -> int:
        """Return how many files wait, now or later."""
        return int(await self.redis.xlen(keys.media(self.partition))) + await self.later()

    async def bytes_of(self, media_id: str) -> bytes:
        """Return a stored file."""
        return b"".join([piece async for piece in await self.store.read(media_id)])


async def _fetch_until_killed(socket: str, folder: str, url: str) -> None:
    async with Redis(unix_socket_path=socket, protocol=2) as redis:
        scene = Scene(redis, Path(folder), FilesChannel(url))
        async with scene.fetching(lease_seconds=0.5, timeout_seconds=60):
            await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_fetch_until_killed(*sys.argv[1:]))
