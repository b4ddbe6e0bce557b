"""The API of a running service, asked over HTTP."""

import json
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp

from gateway import loader
from gateway.bus import keys
from gateway.bus.apikeys import ApiKeys
from gateway.edge.outbound.ticket import places_of
from gateway.http.service import Service
from gateway.settings.load import Configuration
from gateway.settings.schema import HttpSettings, MediaSettings, RedisSettings, Settings
from gateway.testing.valkey import ValkeyServer
from gateway.testing.whatsapp import WhatsAppPlatform
from tests.integration.api.described import undescribed
from tests.integration.outbound.scene import ACCOUNT, ANA, account
from tests.waiting import until

TEXT: dict[str, Any] = {
    "account": ACCOUNT,
    "to": ANA,
    "content": {"kind": "text", "text": "Olá"},
}
TEMPLATE: dict[str, Any] = {
    "account": ACCOUNT,
    "to": ANA,
    "content": {"kind": "template", "name": "hello_world", "language": "en_US"},
}
LARGEST_FILE = 100_000


def service(
    server: ValkeyServer,
    folder: Path,
    platform: WhatsAppPlatform,
    *,
    roles: tuple[Any, ...] = ("ingress",),
    **http: Any,
) -> Service:
    """Return a service on the test's server, not started; it sends with the role ``egress``."""
    settings = Settings(
        data_dir=str(folder / "data"),
        http=HttpSettings(**({"public": "127.0.0.1:0", "private": "127.0.0.1:0"} | http)),
        redis=RedisSettings(url=f"unix://{server.socket}"),
        media=MediaSettings(max_bytes=LARGEST_FILE),
        roles=roles,
    )
    return Service(Configuration(settings=settings, accounts=(account(platform),)), loader.load())


class Answered:
    """An answer of the API, read."""

    def __init__(self, answer: aiohttp.ClientResponse, content: bytes) -> None:
        self.status = answer.status
        self.headers = answer.headers
        self.content = content
        self.json: Any = None
        if answer.content_type.endswith("json"):
            self.json = json.loads(content)


class Scene:
    """A service and a client of its private listener."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.daemon = service.daemon
        self.keys = ApiKeys(service.daemon.redis)

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(self.service.private_url)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._session.close()

    async def ask(self, method: str, path: str, **more: Any) -> Answered:
        """Ask, and read the answer; it must be one that the API's own document describes."""
        async with self._session.request(method, path, **more) as answer:
            assert undescribed(method, path, answer.status, answer.headers) == []
            return Answered(answer, await answer.read())

    async def get(self, path: str, **more: Any) -> Answered:
        return await self.ask("GET", path, **more)

    async def post(self, path: str, body: Any = None, **more: Any) -> Answered:
        return await self.ask("POST", path, json=body, **more)

    async def becomes(self, message_id: str, *states: str) -> Any:
        """Wait until a message is in one of some states, and return its record."""

        async def there() -> Any:
            record = (await self.get(f"/v1/messages/{message_id}")).json
            return record if record["state"] in states else None

        return await until(there, what=f"{states}")

    async def key(self, *scopes: str, **more: Any) -> dict[str, str]:
        """Make a key, and return the headers that carry it."""
        _, secret = await self.keys.create(
            f"key-{time.monotonic_ns()}", scopes, now=time.time_ns() // 1_000_000, **more
        )
        return {"Authorization": f"Bearer {secret}"}

    async def opens_window(self, address: str = ANA) -> None:
        """Let a contact have written just now, as the commit script notes it."""
        partition = keys.partition_of(ACCOUNT, self.daemon.settings.streams.partitions)
        places = places_of(ACCOUNT, address)
        client: Any = self.daemon.redis.client
        for at in range(0, len(places), 12):
            bucket, field = places[at : at + 4].decode(), places[at + 4 : at + 12]
            name = f"{keys.tag(partition)}:window:{bucket}"
            await client.hset(name, field, int(time.time()))
