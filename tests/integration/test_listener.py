"""The listener as clients on the wire see it, over raw sockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from prometheus_client import CollectorRegistry

from gateway.errors import SettingsError
from gateway.http.body import read_body
from gateway.http.listener import Listener, Routes
from gateway.settings import address
from gateway.settings.schema import HttpSettings
from gateway.telemetry.metrics import Metrics

LIMIT = 1000
QUICK = HttpSettings(header_timeout_seconds=1, body_timeout_seconds=1, keepalive_timeout_seconds=1)
GET = b"GET /hook HTTP/1.1\r\nHost: x\r\n\r\n"


async def echo(request: web.BaseRequest) -> web.Response:
    return web.Response(body=await read_body(request, limit=LIMIT, timeout_seconds=1))


async def broken(request: web.BaseRequest) -> web.Response:
    raise ValueError(f"a secret about {request.path}")


ROUTES: Routes = {"/hook": {"GET": echo, "POST": echo}, "/broken": {"GET": broken}}


class Served:
    def __init__(self, listener: Listener, registry: CollectorRegistry) -> None:
        self.listener = listener
        self.registry = registry

    def cut(self, cause: str) -> float | None:
        labels = {"listener": "public", "cause": cause}
        return self.registry.get_sample_value("relevo_http_cut_total", labels)

    def open(self) -> float | None:
        return self.registry.get_sample_value("relevo_http_connections", {"listener": "public"})

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        match address.parse(self.listener.address):
            case address.UnixAddress(path):
                return await asyncio.open_unix_connection(path)
            case address.TcpAddress(host, port):
                return await asyncio.open_connection(host, port)

    async def say(self, data: bytes) -> bytes:
        """Send bytes and return what comes until the listener closes."""
        reader, writer = await self.connect()
        writer.write(data)
        answer = await rest(reader)
        writer.close()
        return answer


Serve = Callable[..., Awaitable[Served]]


@asynccontextmanager
async def serving(
    where: str = "127.0.0.1:0",
    settings: HttpSettings = QUICK,
    routes: Routes = ROUTES,
    app: web.Application | None = None,
) -> AsyncIterator[Served]:
    registry = CollectorRegistry()
    listener = Listener(
        "public", where, settings=settings, metrics=Metrics(registry), routes=routes, app=app
    )
    await listener.start()
    try:
        yield Served(listener, registry)
    finally:
        await listener.stop(1)


async def head(reader: asyncio.StreamReader) -> bytes:
    return await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)


async def rest(reader: asyncio.StreamReader) -> bytes:
    """Return what comes until the listener closes, or drops, the connection."""
    try:
        return await asyncio.wait_for(reader.read(), 10)
    except ConnectionError:
        return b""


def post(body: bytes, *lines: bytes) -> bytes:
    length = b"Content-Length: %d" % len(body)
    return b"\r\n".join((b"POST /hook HTTP/1.1", b"Host: x", length, *lines, b"", body))


async def test_a_head_that_is_not_complete_in_time_is_cut() -> None:
    async with serving() as served:
        assert await served.say(b"GET /hook HTTP/1.1\r\nHost:") == b""
        assert served.cut("head") == 1


async def test_a_head_that_comes_byte_by_byte_is_cut_all_the_same() -> None:
    async with serving() as served:
        reader, writer = await served.connect()
        ended = asyncio.create_task(rest(reader))
        writer.write(b"GET /hook HTTP/1.1\r\n")
        while not ended.done():
            writer.write(b"X: y\r\n")
            await asyncio.sleep(0.1)
        assert served.cut("head") == 1
        writer.close()


async def test_a_slow_head_on_a_kept_alive_connection_ends_with_the_keep_alive_time() -> None:
    async with serving() as served:
        reader, writer = await served.connect()
        writer.write(GET)
        await head(reader)
        writer.write(b"GET /hook HTTP/1.1\r\nHost:")
        assert await rest(reader) == b""
        writer.close()


async def test_an_idle_connection_is_closed_after_the_keep_alive_time() -> None:
    async with serving() as served:
        reader, writer = await served.connect()
        writer.write(GET + GET)
        assert (await rest(reader)).count(b"200 OK") == 2
        writer.close()


async def test_half_a_body_gets_408_and_the_connection_ends() -> None:
    async with serving() as served:
        answer = await served.say(post(b"x" * 100)[:-50])
        assert answer.startswith(b"HTTP/1.1 408 ")
        assert b"application/problem+json" in answer


async def test_a_body_in_pieces_is_put_together() -> None:
    async with serving() as served:
        reader, writer = await served.connect()
        for piece in (post(b"hello world")[:-5], b"wor", b"ld"):
            writer.write(piece)
            await asyncio.sleep(0.05)
        assert (await head(reader)).startswith(b"HTTP/1.1 200 ")
        assert await reader.readexactly(11) == b"hello world"
        writer.close()


async def test_a_declared_length_over_the_limit_is_refused_before_the_body_comes() -> None:
    async with serving() as served:
        reader, writer = await served.connect()
        writer.write(b"POST /hook HTTP/1.1\r\nHost: x\r\nContent-Length: 99999\r\n\r\n")
        assert (await head(reader)).startswith(b"HTTP/1.1 413 ")
        writer.close()


async def test_a_whole_body_over_the_limit_is_refused() -> None:
    async with serving() as served:
        reader, writer = await served.connect()
        writer.write(post(b"x" * (LIMIT + 1)))
        assert (await head(reader)).startswith(b"HTTP/1.1 413 ")
        writer.close()


async def test_chunks_are_counted_while_they_arrive() -> None:
    async with serving() as served:
        reader, writer = await served.connect()
        writer.write(b"POST /hook HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(11):
            writer.write(b"64\r\n" + b"x" * 100 + b"\r\n")
            await asyncio.sleep(0.01)
        assert (await head(reader)).startswith(b"HTTP/1.1 413 ")
        writer.close()


async def test_a_body_that_is_not_chunked_as_it_says_is_refused() -> None:
    async with serving() as served:
        reader, writer = await served.connect()
        writer.write(b"POST /hook HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        await asyncio.sleep(0.05)
        writer.write(b"rubbish\r\n")
        assert (await rest(reader)).startswith(b"HTTP/1.1 4")
        writer.close()


async def test_a_client_that_goes_away_in_mid_body_is_nobodys_error(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with serving() as served:
        _, writer = await served.connect()
        writer.write(post(b"x" * 100)[:-50])
        await asyncio.sleep(0.05)
        writer.close()
        await asyncio.sleep(0.1)
        assert served.open() == 0
    assert not caplog.records


async def test_an_unknown_path_is_404_and_a_wrong_method_405() -> None:
    async with serving() as served:
        close = b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        assert (await served.say(b"GET /x" + close)).startswith(b"HTTP/1.1 404 ")
        answer = await served.say(b"PUT /hook" + close)
        assert answer.startswith(b"HTTP/1.1 405 ")
        assert b"\r\nAllow: GET, POST\r\n" in answer


@pytest.mark.parametrize("path", [b"/hook?a=b", b"/h%6Fok", b"http://x/hook"])
async def test_a_path_is_found_however_it_is_written(path: bytes) -> None:
    async with serving() as served:
        answer = await served.say(b"GET %b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" % path)
        assert answer.startswith(b"HTTP/1.1 200 ")


async def test_a_handler_that_raises_shows_nothing_of_it() -> None:
    async with serving() as served:
        answer = await served.say(b"GET /broken HTTP/1.1\r\nHost: x\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 500 ")
        assert b"secret" not in answer


@pytest.mark.parametrize(
    "garbage",
    [b"\x16\x03\x01\x02\x00\x01", b"HELLO\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n"],
    ids=["tls", "words", "version"],
)
async def test_what_is_not_http_gets_400_and_is_closed(garbage: bytes) -> None:
    async with serving() as served:
        assert (await served.say(garbage)).startswith((b"HTTP/1.0 400 ", b"HTTP/1.1 400 "))


async def test_a_head_that_is_too_large_gets_400_and_is_closed() -> None:
    async with serving() as served:
        answer = await served.say(b"GET /hook HTTP/1.1\r\nX: " + b"x" * 10_000 + b"\r\n\r\n")
        assert b" 400 " in answer.split(b"\r\n", 1)[0]


async def test_connections_over_the_limit_are_told_503() -> None:
    settings = HttpSettings(connection_limit=1)
    async with serving(settings=settings) as served:
        reader, writer = await served.connect()
        writer.write(GET)
        await head(reader)
        assert (await served.say(GET)).startswith(b"HTTP/1.1 503 ")
        assert served.cut("limit") == 1
        assert served.open() == 1
        writer.close()


async def test_a_client_that_never_reads_its_answers_is_cut() -> None:
    async def large(request: web.BaseRequest) -> web.Response:
        del request
        return web.Response(body=b"x" * 10_000_000)

    async with serving(routes={"/hook": {"GET": large}}) as served:
        _, writer = await served.connect()
        writer.transport.pause_reading()  # type: ignore[attr-defined] # asyncio's read side
        writer.write(GET)
        await asyncio.sleep(2)
        assert served.open() == 0
        assert served.cut("write") == 1
        writer.close()


async def test_a_stop_lets_running_requests_finish_and_closes_idle_ones() -> None:
    entered, leave = asyncio.Event(), asyncio.Event()

    async def slow(request: web.BaseRequest) -> web.Response:
        del request
        entered.set()
        await leave.wait()
        return web.Response(text="done")

    async with serving(routes={"/hook": {"GET": slow}, "/idle": {"GET": echo}}) as served:
        idle, idle_writer = await served.connect()
        idle_writer.write(b"GET /idle HTTP/1.1\r\nHost: x\r\n\r\n")
        await head(idle)
        running, writer = await served.connect()
        writer.write(GET)
        await entered.wait()
        stopping = asyncio.create_task(served.listener.stop(5))
        assert await rest(idle) == b""
        with pytest.raises(OSError, match=r"."):
            await served.connect()
        leave.set()
        assert (await rest(running)).endswith(b"done")
        await stopping
        idle_writer.close()
        writer.close()


async def test_a_stop_lets_a_body_arrive_that_is_on_its_way() -> None:
    async with serving() as served:
        reader, writer = await served.connect()
        writer.write(post(b"hello world")[:-5])
        await asyncio.sleep(0.05)
        stopping = asyncio.create_task(served.listener.stop(5))
        await asyncio.sleep(0.05)
        writer.write(b"world")
        assert (await rest(reader)).endswith(b"hello world")
        await stopping
        writer.close()


async def test_a_stop_ends_at_its_deadline() -> None:
    async def stuck(request: web.BaseRequest) -> web.Response:
        del request
        await asyncio.Event().wait()
        return web.Response()

    async with serving(routes={"/hook": {"GET": stuck}}) as served:
        reader, writer = await served.connect()
        writer.write(GET)
        await asyncio.sleep(0.05)
        await asyncio.wait_for(served.listener.stop(0.2), 5)
        assert await rest(reader) == b""
        assert served.open() == 0
        writer.close()


async def test_what_is_not_an_exact_path_goes_to_the_application() -> None:
    async def page(request: web.Request) -> web.Response:
        return web.Response(text=request.match_info["name"])

    app = web.Application()
    app.router.add_get("/pages/{name}", page)
    async with serving(app=app) as served:
        close = b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        assert (await served.say(b"GET /pages/one" + close)).endswith(b"one")
        assert (await served.say(b"GET /hook" + close)).startswith(b"HTTP/1.1 200 ")
        missing = await served.say(b"GET /pages" + close)
        assert missing.startswith(b"HTTP/1.1 404 ")
        assert b"application/problem+json" in missing
        wrong = await served.say(b"POST /pages/one" + close)
        assert wrong.startswith(b"HTTP/1.1 405 ")
        assert b"\r\nAllow: GET, HEAD\r\n" in wrong


@pytest.mark.parametrize("where", ["[::1]:0", "localhost:0", ":0"])
async def test_the_address_shows_the_real_port(where: str) -> None:
    async with serving(where) as served:
        assert served.listener.address.startswith(where[:-1])
        assert not served.listener.address.endswith(":0")


async def test_a_unix_socket_serves_and_is_removed_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "public.sock"
    async with serving(f"unix:{path}") as served:
        assert b"200 OK" in await served.say(GET)
    assert not path.exists()


@pytest.mark.parametrize("text", ["", "8080", "host", "::1:80", "host:http", "host:70000", "unix:"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="is no address"):
        address.parse(text)
