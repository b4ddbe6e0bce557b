"""What channels reach the world through, against real sockets, a real Redis and real files."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from redis.asyncio import Redis

from gateway.bus.connection import Connection
from gateway.edge.calls.http import platform_http
from gateway.edge.host import AccountHost
from gateway.errors import InDoubt, PlatformFailure, Rejected, Temporary
from gateway.model.event import Event
from gateway.model.media import StoredMedia
from gateway.store.files import FileStore
from gateway.store.media import MediaStore, Note
from gateway.testing.valkey import ValkeyServer, free_port

SECRET = "123456:very-secret-token"  # noqa: S105 - opens nothing
ADDRESSES = f"/bot{SECRET}/"
FILE = f"{'0' * 32}-0"


class Platform:
    """An API with its token in the path; remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        application = web.Application()
        application.router.add_route("*", f"{ADDRESSES}echo", self.echo)
        application.router.add_route("*", f"{ADDRESSES}moved", self.moved)
        application.router.add_route("*", f"{ADDRESSES}broken", self.broken)
        application.router.add_route("*", f"{ADDRESSES}silent", self.silent)
        self.server = TestServer(application)

    def url(self, name: str) -> str:
        return str(self.server.make_url(f"{ADDRESSES}{name}"))

    async def echo(self, request: web.Request) -> web.Response:
        told: dict[str, Any] = {"type": request.content_type, "headers": dict(request.headers)}
        if request.content_type == "multipart/form-data":
            told["form"] = {}
            for name, value in (await request.post()).items():
                told["form"][name] = (
                    (value.filename, value.content_type, value.file.read())
                    if isinstance(value, web.FileField)
                    else value
                )
        else:
            told["body"] = await request.read()
        self.asked.append(told)
        return web.Response(status=418, body=b"short and stout", headers={"X-Kettle": "on"})

    async def moved(self, request: web.Request) -> web.Response:
        del request
        return web.Response(status=307, headers={"Location": self.url("echo")})

    async def broken(self, request: web.Request) -> web.Response:
        await request.read()
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    async def silent(self, request: web.Request) -> web.Response:
        await request.read()
        await asyncio.sleep(5)
        return web.Response()


@pytest.fixture
async def platform() -> AsyncIterator[Platform]:
    made = Platform()
    await made.server.start_server()
    yield made
    await made.server.close()


@pytest.fixture
def media(tmp_path: Path) -> MediaStore:
    return MediaStore(FileStore.open("", folder=tmp_path / "media"))


@pytest.fixture
async def host(
    valkey_server: ValkeyServer, valkey: Redis, media: MediaStore
) -> AsyncIterator[AccountHost]:
    del valkey  # emptied
    connection = Connection(f"unix://{valkey_server.socket}")

    async def commit(events: Sequence[Event]) -> None:
        del events

    async with platform_http() as http:
        yield AccountHost(
            "tg-main",
            partition=3,
            http=http,
            connection=connection,
            media=media,
            commit=commit,
        )
    await connection.close()


def shows_nothing(error: PlatformFailure) -> bool:
    """Whether neither the error nor anything it came from has the address in it."""
    chain: list[BaseException] = [error]
    while (cause := chain[-1].__cause__ or chain[-1].__context__) and not (
        chain[-1].__suppress_context__ and chain[-1].__cause__ is None
    ):
        chain.append(cause)
    told = " ".join(f"{each!r} {each}" for each in chain)
    return SECRET not in told and "127.0.0.1" not in told


async def test_an_answer_comes_back_whatever_its_status(
    host: AccountHost, platform: Platform
) -> None:
    answer = await host.request("POST", platform.url("echo"), json={"chat_id": 7, "text": "Olá"})
    assert (answer.status, answer.body) == (418, b"short and stout")
    assert answer.headers["x-kettle"] == "on"
    (asked,) = platform.asked
    assert asked["type"] == "application/json"
    assert asked["body"] == '{"chat_id":7,"text":"Olá"}'.encode()


async def test_files_go_as_a_form_with_their_names_and_types(
    host: AccountHost, platform: Platform, media: MediaStore
) -> None:
    async def content() -> AsyncIterator[bytes]:
        yield b"GIF89a"
        yield b"..."

    size, sha256 = await media.save(FILE, content())
    stored = StoredMedia(
        id=FILE, index=0, mime_type="image/gif", size_bytes=size, sha256=sha256, filename="a.gif"
    )
    await media.describe(Note(account="tg-main", media=stored))
    await host.request(
        "POST",
        platform.url("echo"),
        json={"chat_id": "7", "reply": {"to": 3}},
        files={"photo": FILE},
    )
    assert platform.asked[0]["form"] == {
        "chat_id": "7",
        "reply": '{"to":3}',
        "photo": ("a.gif", "image/gif", b"GIF89a..."),
    }


async def test_a_file_that_is_not_there_is_rejected_before_anything_is_sent(
    host: AccountHost, platform: Platform
) -> None:
    with pytest.raises(Rejected, match="nothing-here"):
        await host.request("POST", platform.url("echo"), json={}, files={"photo": "nothing-here"})
    assert platform.asked == []


async def test_a_redirect_is_an_answer_and_not_followed(
    host: AccountHost, platform: Platform
) -> None:
    answer = await host.request("POST", platform.url("moved"), json={})
    assert answer.status == 307
    assert platform.asked == []


async def test_what_was_never_sent_may_be_sent_again(host: AccountHost) -> None:
    with pytest.raises(Temporary) as caught:
        await host.request("POST", f"http://127.0.0.1:{free_port()}{ADDRESSES}echo", json={})
    assert shows_nothing(caught.value)


async def test_a_connection_that_breaks_after_the_call_leaves_it_in_doubt(
    host: AccountHost, platform: Platform
) -> None:
    with pytest.raises(InDoubt) as caught:
        await host.request("POST", platform.url("broken"), json={})
    assert shows_nothing(caught.value)


async def test_no_answer_in_time_leaves_it_in_doubt(host: AccountHost, platform: Platform) -> None:
    with pytest.raises(InDoubt) as caught:
        await host.request("POST", platform.url("silent"), json={}, timeout_seconds=0.2)
    assert shows_nothing(caught.value)


async def test_an_address_that_is_none_is_rejected_and_not_shown(host: AccountHost) -> None:
    with pytest.raises(Rejected) as caught:
        await host.request("POST", f"http://127.0.0.1:99999{ADDRESSES}echo", json={})
    assert shows_nothing(caught.value)


async def test_what_is_remembered_is_there_for_every_process_until_its_time(
    host: AccountHost, valkey_server: ValkeyServer
) -> None:
    del valkey_server
    assert await host.recall("level") is None
    await host.remember("level", b"high", time=timedelta(hours=1))
    assert await host.recall("level") == b"high"
    await host.remember("brief", b"x", time=timedelta(milliseconds=1))
    await asyncio.sleep(0.05)
    assert await host.recall("brief") is None


async def test_thousands_at_the_same_moment_find_what_is_kept(host: AccountHost) -> None:
    await host.shelve("templates", {"hello/es": b"1"})
    await host.remember("level", b"2", time=timedelta(seconds=60))
    found = await asyncio.gather(
        *(host.item("templates", "hello/es") for _ in range(1000)),
        *(host.recall("level") for _ in range(1000)),
        *(host.shelf("templates") for _ in range(200)),
        *(host.shelve("templates", {f"other/{number}": b"3"}) for number in range(200)),
    )
    assert found[:2000] == [b"1"] * 1000 + [b"2"] * 1000
