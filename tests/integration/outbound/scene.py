"""A daemon on a real server that sends to the simulated platform."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from redis.asyncio import Redis

from gateway import loader
from gateway.api import Image, Media, OutboundMessage, Secret, Secrets, Text
from gateway.bus import keys
from gateway.codec.stream import decode
from gateway.daemon.daemon import Daemon
from gateway.edge.outbound.ticket import places_of
from gateway.http.service import Service
from gateway.model.event import AccountAlert, Event, MessageAccepted
from gateway.model.outbox import Accepted, OutboundRecord, Submitted
from gateway.settings.load import Configuration
from gateway.settings.schema import HttpSettings, RedisSettings, Settings
from gateway.testing.valkey import ValkeyServer
from gateway.testing.whatsapp import WhatsAppPlatform
from tests.waiting import until

ANA = "351911111111"
ACCOUNT = "wa-main"
PICTURE = b"\xff\xd8\xff\xe0 a picture"


def account(platform: WhatsAppPlatform, **more: Any) -> Any:
    """Return the settings of an account on the simulated platform."""
    app = platform.app
    settings_type: Any = loader.load().channels["whatsapp"].settings_type
    given = {
        "id": ACCOUNT,
        "channel": "whatsapp",
        "phone_number_id": app.number.phone_number_id,
        "business_account_id": app.number.business_account_id,
        "access_token": Secret(app.access_token),
        "app_secret": Secrets(app.app_secret),
        "verify_token": Secret(app.verify_token),
        "api_url": platform.api_url,
    }
    return settings_type(**(given | more))


def text(words: str = "Olá", **more: Any) -> OutboundMessage:
    """Return a message of some words."""
    given: dict[str, Any] = {"account": ACCOUNT, "to": ANA, "content": Text(text=words)}
    return OutboundMessage(**(given | more))


class Scene:
    """One daemon, its server and the platform it sends to."""

    def __init__(self, daemon: Daemon, client: "Redis", platform: WhatsAppPlatform) -> None:
        self.daemon = daemon
        self.outbox = daemon.outbox
        self.client: Any = client
        self.platform = platform
        self.partitions = daemon.settings.streams.partitions

    async def events(self, account: str = ACCOUNT) -> list[Event]:
        """Return every event of the account's partition, in the stream's order."""
        stream = keys.events(keys.partition_of(account, self.partitions))
        return [decode(fields[b"data"]) for _, fields in await self.client.xrange(stream)]

    async def state(self, answer: Submitted) -> str:
        """Return how far a message is."""
        record = await self.record(answer)
        return record.state

    async def record(self, answer: Submitted) -> OutboundRecord:
        """Return what is known of a message that was accepted."""
        assert isinstance(answer, Accepted), answer
        record = await self.outbox.record(answer.id)
        assert record is not None
        return record

    async def picture(self) -> Image:
        """Return a picture that is in our store, so that it must be uploaded first."""

        async def content() -> AsyncIterator[bytes]:
            yield PICTURE

        host = self.daemon.hosts[ACCOUNT]
        kept = await host.keep_file(content(), most_bytes=1000, takes=lambda _: True)
        return Image(media=Media(stored_id=kept.id))

    async def becomes(
        self, answer: Submitted, *states: str, seconds: float = 20.0
    ) -> OutboundRecord:
        """Wait until a message is in one of some states."""

        async def there() -> OutboundRecord | None:
            record = await self.record(answer)
            return record if record.state in states else None

        found: OutboundRecord = await until(there, what=f"{states}", seconds=seconds)
        return found

    async def pauses(self, account: str = ACCOUNT) -> None:
        """Pause an account, and wait until its owner knows."""
        await self.outbox.pause(account, reason="this test wants it")

        async def paused() -> bool:
            return self.daemon.health.report().components[f"account:{account}"].state == "down"

        await until(paused)

    async def becomes_true(self, holds: Callable[[], object]) -> None:
        """Wait until something holds that needs no waiting."""

        async def there() -> object:
            return holds()

        await until(there)

    async def alerts(self) -> list[Event]:
        """Return the alerts told so far."""
        return [each for each in await self.events() if isinstance(each, AccountAlert)]

    async def accepted(self) -> list[MessageAccepted]:
        """Return what was told of messages that the platform took."""
        return [each for each in await self.events() if isinstance(each, MessageAccepted)]

    @staticmethod
    async def until(holds: Callable[[], Awaitable[object]]) -> Any:
        """Wait until something holds, and return it."""
        return await until(holds)

    @staticmethod
    def now() -> int:
        """Return milliseconds since 1970."""
        return time.time_ns() // 1_000_000

    def value(self, name: str, **labels: str) -> float:
        """Return a metric's value, 0 when it was never counted."""
        return self.daemon.metrics.registry.get_sample_value(name, labels) or 0.0

    async def opens_window(self, address: str = ANA, *, account: str = ACCOUNT) -> None:
        """Let a contact have written just now, as the commit script notes it."""
        partition = keys.partition_of(account, self.partitions)
        places = places_of(account, address)
        for at in range(0, len(places), 12):
            bucket, field = places[at : at + 4].decode(), places[at + 4 : at + 12]
            await self.client.hset(
                f"{keys.tag(partition)}:window:{bucket}", field, int(time.time())
            )


def settings(valkey_server: ValkeyServer, folder: Path, **more: Any) -> Settings:
    """Return settings of a daemon on the test's server."""
    url = f"unix://{valkey_server.socket}"
    http = HttpSettings(public="127.0.0.1:0", private="127.0.0.1:0")
    given: dict[str, Any] = {
        "data_dir": str(folder / "data"),
        "redis": RedisSettings(url=url),
        "http": http,
    }
    return Settings(**(given | more))


class SimulatedTime:
    """This machine's time, moved as a test wants it."""

    def __init__(self) -> None:
        self._clock_ahead = self._ticks_ahead = 0

    def clock(self) -> int:
        """Return milliseconds since 1970."""
        return time.time_ns() // 1_000_000 + self._clock_ahead

    def ticks(self) -> int:
        """Return nanoseconds that only go forward."""
        return time.monotonic_ns() + self._ticks_ahead

    def passes(self, how_long: timedelta) -> None:
        """Let time pass."""
        self._clock_ahead += how_long // timedelta(milliseconds=1)
        self._ticks_ahead += how_long // timedelta(microseconds=1) * 1000

    def is_put_back(self, by: timedelta) -> None:
        """Have somebody put the clock back."""
        self._clock_ahead -= by // timedelta(milliseconds=1)


REAL_TIME = SimulatedTime()


@asynccontextmanager
async def running(
    own: Settings,
    *accounts: Any,
    client: Redis,
    platform: WhatsAppPlatform,
    at: SimulatedTime = REAL_TIME,
) -> AsyncIterator[Scene]:
    """Run a daemon with some accounts, and post the platform's webhooks to it."""
    configured = Configuration(settings=own, accounts=accounts)
    async with Service(configured, loader.load(), clock=at.clock, ticks=at.ticks) as service:
        platform.callback_url = f"{service.public_url}/webhooks/whatsapp/{accounts[0].id}"
        yield Scene(service.daemon, client, platform)
