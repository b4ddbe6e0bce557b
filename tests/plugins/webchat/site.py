"""A running daemon with one web chat, and its visitors' way to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

import aiohttp
import msgspec

from gateway import loader
from gateway.api import Event, OutboundContent, OutboundMessage, Receipt, Secrets
from gateway.bus import keys
from gateway.codec.stream import decode
from gateway.http.service import Service
from gateway.settings.load import Configuration
from gateway.settings.schema import HttpSettings, RedisSettings, Settings
from gateway_webchat.settings import WebchatSettings
from gateway_webchat.visitors import Visitor

AT = 1_800_000_000_000
SITE = "https://shop.example"
ACCOUNT = "web-main"
VISITOR = Visitor(id="v-00112233445566778899aabbccddeeff", language="es")


def account(**changes: Any) -> WebchatSettings:
    """Settings of an account, with these keys."""
    told: dict[str, Any] = {
        "id": ACCOUNT,
        "channel": "webchat",
        "secret": Secrets("a new secret of sixteen", "an old secret of sixteen"),
        "origins": (SITE,),
    }
    return WebchatSettings(**{**told, **changes})


class Parse(Protocol):
    def __call__(self, *frames: Mapping[str, Any], visitor: Visitor = ...) -> Sequence[Event]: ...


def envelope(*frames: Mapping[str, Any], visitor: Visitor = VISITOR, **more: Any) -> bytes:
    """An envelope, as the server makes them."""
    told = {"account": ACCOUNT, "visitor": visitor, "frames": frames, **more}
    return msgspec.json.encode(told)


class Site:
    """A running daemon with one chat, and its visitors' way to it."""

    def __init__(self, service: Service, http: aiohttp.ClientSession) -> None:
        self.service = service
        self.http = http
        self.url = f"{service.public_url}/webchat/{ACCOUNT}"
        self.channel: Any = service.daemon.channels[ACCOUNT]
        self.host = service.daemon.hosts[ACCOUNT]

    async def events(self) -> list[Event]:
        """Every event of the account so far."""
        partitions = self.service.daemon.settings.streams.partitions
        stream = keys.events(keys.partition_of(ACCOUNT, partitions))
        client: Any = self.host.chats._connection.client
        return [decode(fields[b"data"]) for _, fields in await client.xrange(stream)]

    async def begin(self, *, origin: str | None = SITE, **asked: Any) -> Person:
        """Begin a session, as a page would; extra keys go into the body."""
        status, told = await self.ask("session", asked, origin=origin)
        assert status == 200, told
        return Person(self, told)

    async def ask(
        self, path: str, body: Any, *, origin: str | None = SITE, token: str | None = None
    ) -> tuple[int, Any]:
        """Post JSON; returns the status and what came back."""
        headers = {"Origin": origin} if origin else {}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        async with self.http.post(f"{self.url}/{path}", json=body, headers=headers) as response:
            text = await response.read()
            return response.status, msgspec.json.decode(text) if text else None

    async def say(
        self, to: str, content: OutboundContent, *, reference: str | None = None, **more: Any
    ) -> Receipt:
        """Send a message of ours to a visitor, as the engine does."""
        message = OutboundMessage(account=ACCOUNT, to=to, content=content, **more)
        assert not self.channel.check(message)
        prepared = await self.channel.prepare(message, self.host)
        receipt = None
        for call in self.channel.render(prepared, reference=reference).calls:
            receipt = self.channel.read_answer(await self.channel.deliver(call, self.host))
        assert isinstance(receipt, Receipt)
        return receipt


class Person:
    """A visitor with a session."""

    def __init__(self, site: Site, told: Mapping[str, Any]) -> None:
        self.site = site
        self.told = told
        self.id: str = told["visitor"]["id"]
        self.token: str = told["token"]
        self.log: str = told["log"]

    @property
    def headers(self) -> dict[str, str]:
        return {"Origin": SITE, "Authorization": f"Bearer {self.token}"}

    @asynccontextmanager
    async def socket(self, after: str = "") -> AsyncIterator[Socket]:
        """Open a socket and greet."""
        address = f"{self.site.url}/socket"
        async with self.site.http.ws_connect(address, headers={"Origin": SITE}) as wire:
            await wire.send_json({"token": self.token, "after": after})
            hello = await wire.receive_json(timeout=10)
            assert hello["type"] == "hello", hello
            socket = Socket(wire, hello)
            # What is answered to comes after what was missed: then the socket is up to date.
            await socket.send({"type": "ping"})
            await socket.gather("pong")
            yield socket

    async def post(self, *frames: Mapping[str, Any]) -> list[Any]:
        """Send frames without a socket; returns what was answered."""
        status, told = await self.site.ask("messages", {"frames": frames}, token=self.token)
        assert status == 200, told
        return list(told["frames"])

    async def poll(self, after: str = "", *, wait: float = 0) -> list[Any]:
        """Ask what is new."""
        address = f"{self.site.url}/messages?after={after}&wait={wait}"
        async with self.site.http.get(address, headers=self.headers) as response:
            assert response.status == 200, await response.text()
            return list((await response.json())["frames"])


class Socket:
    """A visitor's socket."""

    def __init__(self, wire: aiohttp.ClientWebSocketResponse, hello: Any) -> None:
        self.wire = wire
        self.hello = hello
        self._heard: list[Any] = []

    async def send(self, frame: Mapping[str, Any]) -> None:
        await self.wire.send_json(frame)

    async def next(self, type_: str | None = None) -> Any:
        """Return the next frame, or the next of a type."""
        while True:
            frame = self._heard.pop(0) if self._heard else await self._receive()
            if type_ is None or frame["type"] == type_:
                return frame

    async def gather(self, type_: str) -> None:
        """Put frames aside until one of a type comes."""
        while (frame := await self._receive())["type"] != type_:
            self._heard.append(frame)

    async def _receive(self) -> Any:
        return await self.wire.receive_json(timeout=10)


def text(words: str, id_: str = "client-id-1", **more: Any) -> dict[str, Any]:
    """A frame with words."""
    return {"type": "message", "id": id_, "content": {"kind": "text", "text": words}, **more}


@asynccontextmanager
async def serving(
    redis_url: str, data_dir: Path, chat: WebchatSettings, *, port: int = 0
) -> AsyncIterator[Site]:
    """Run a daemon with one chat."""
    settings = Settings(
        data_dir=str(data_dir),
        http=HttpSettings(public=f"127.0.0.1:{port}", private="127.0.0.1:0"),
        redis=RedisSettings(url=redis_url),
    )
    service = Service(Configuration(settings=settings, accounts=(chat,)), loader.load())
    async with aiohttp.ClientSession() as http, service:
        yield Site(service, http)


class OpenSite(Protocol):
    def __call__(self, **changes: Any) -> AbstractAsyncContextManager[Site]: ...
