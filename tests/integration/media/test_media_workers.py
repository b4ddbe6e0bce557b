"""From a job in Redis to the bytes in the store and one event on the stream."""

from __future__ import annotations

import asyncio
import hashlib
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from aiohttp import web

from gateway.bus import keys
from gateway.channel.media import Fetcher, MediaAddress
from gateway.edge.media.queue import MediaQueue
from gateway.model.content import Document, Text
from gateway.model.event import Event, MediaFailed, MediaStored
from gateway.model.media import Media
from gateway.testing.valkey import ValkeyServer
from tests.integration.media import scene as program
from tests.integration.media.host import FilesHost, gives, says
from tests.integration.media.scene import FilesChannel, Scene, received

JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 2000


async def test_a_file_is_stored_and_told_after_its_message(scene: Scene, host: FilesHost) -> None:
    host.on("a", gives(JPEG))
    event = received(1, "a")
    await scene.add(event)
    async with scene.fetching():
        (told,) = await scene.outcomes(1)
    assert isinstance(told, MediaStored)
    assert told.id == f"{event.id}.media.0"
    assert (told.platform_id, told.message_id) == ("m1", event.id)
    assert told.contact == event.contact
    assert told.media.sha256 == hashlib.sha256(JPEG).hexdigest()
    assert (told.media.size_bytes, told.media.mime_type) == (len(JPEG), "image/jpeg")
    assert await scene.bytes_of(told.media.id) == JPEG


async def test_messages_without_files_leave_nothing_to_do(scene: Scene) -> None:
    await scene.add(received(1, "", Text(text="hola")))
    assert await scene.left() == 0


async def test_the_type_is_told_by_the_bytes_not_by_the_host(scene: Scene, host: FilesHost) -> None:
    host.on("a", gives(b"<html><script>alert(1)</script>", "image/jpeg"))
    await scene.add(received(1, "a"))
    async with scene.fetching():
        (told,) = await scene.outcomes(1)
    assert isinstance(told, MediaStored)
    assert told.media.mime_type == "text/html"


async def test_a_name_loses_its_path(scene: Scene, host: FilesHost) -> None:
    host.on("a", gives(b"%PDF-1.7 x"))
    media = Media(platform_id="a", filename="../../etc/factura \u202eñ.pdf")
    await scene.add(received(1, "a", Document(media=media)))
    async with scene.fetching():
        (told,) = await scene.outcomes(1)
    assert isinstance(told, MediaStored)
    assert told.media.filename == "factura ñ.pdf"


@pytest.mark.parametrize("status", [500, 503, 429, 401, 403, 404])
async def test_a_failure_that_passes_costs_a_try_not_the_file(
    scene: Scene, host: FilesHost, status: int
) -> None:
    host.on("a", says(status), gives(JPEG))
    await scene.add(received(1, "a"))
    async with scene.fetching():
        (told,) = await scene.outcomes(1)
    assert isinstance(told, MediaStored)
    assert scene.channel.located == 2  # the address is asked for anew each time
    counted = scene.metrics.registry.get_sample_value
    for outcome in ("retried", "stored"):
        labels = {"channel": "files", "outcome": outcome}
        assert counted("relevo_media_files_total", labels) == 1


@pytest.mark.parametrize(
    ("answer", "reason", "tries"),
    [
        (says(500), "the host answered 500", 3),
        (says(404), "the host answered 404", 2),
        (says(400), "the host answered 400", 1),
        (gives(JPEG * 3), "larger than 1000000 bytes", 1),
        (says(302, Location="http://169.254.169.254/latest"), "scheme 'http' is not https", 1),
        (says(302, Location="https://127.0.0.1/x"), "address 127.0.0.1 is loopback", 1),
        (says(302, Location="https://localhost/x"), "host localhost resolves to", 1),
        (says(302, Location="again"), "more than 3 redirects", 1),
    ],
)
async def test_a_file_that_cannot_be_had_is_given_up_with_the_reason(
    scene: Scene, host: FilesHost, answer: object, reason: str, tries: int
) -> None:
    host.on("a", answer)  # type: ignore[arg-type]  # a parameter of pytest has no type
    host.on("again", answer)  # type: ignore[arg-type]  # as above
    event = received(1, "a")
    await scene.add(event)
    async with scene.fetching(attempts=3, max_bytes=1_000_000):
        (told,) = await scene.outcomes(1)
    assert isinstance(told, MediaFailed)
    assert told.id == f"{event.id}.media.0.failed"
    assert told.media.reason.startswith(reason)
    assert told.media.attempts == tries
    assert _files(scene.folder) == []


async def test_a_body_without_end_stops_at_the_limit(scene: Scene, host: FilesHost) -> None:
    sent = 0

    async def endless(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"x" * 100_000)
            sent += 100_000

    host.on("a", endless)
    await scene.add(received(1, "a"))
    async with scene.fetching(max_bytes=1_000_000):
        (told,) = await scene.outcomes(1)
    assert isinstance(told, MediaFailed)
    assert told.media.reason == "larger than 1000000 bytes"
    assert sent < 20_000_000
    assert _files(scene.folder) == []


async def test_a_host_that_falls_silent_is_left(scene: Scene, host: FilesHost) -> None:
    async def slow(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b"x" * 10)
        await asyncio.sleep(30)
        return response

    host.on("a", slow, gives(JPEG))
    await scene.add(received(1, "a"))
    async with scene.fetching(timeout_seconds=1):
        (told,) = await scene.outcomes(1)
    assert isinstance(told, MediaStored)


async def test_a_body_that_ends_too_soon_is_not_stored(scene: Scene, host: FilesHost) -> None:
    async def torn(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b"x" * 10)
        assert request.transport is not None
        request.transport.abort()
        return response

    host.on("a", torn, gives(JPEG))
    await scene.add(received(1, "a"))
    async with scene.fetching():
        (told,) = await scene.outcomes(1)
    assert isinstance(told, MediaStored)
    assert await scene.bytes_of(told.media.id) == JPEG


async def test_the_token_goes_to_the_platform_only(scene: Scene, host: FilesHost) -> None:
    elsewhere = host.url.replace("127.0.0.1", "localhost")
    host.on("a", says(302, Location="b"))
    host.on("b", says(302, Location=f"{elsewhere}/c"))
    host.on("c", gives(JPEG))
    await scene.add(received(1, "a"))
    async with scene.fetching():
        (told,) = await scene.outcomes(1)
    assert isinstance(told, MediaFailed)  # another host is not trusted, whatever it is
    assert [(name, headers.get("Authorization")) for name, headers in host.asked] == [
        ("a", "Bearer hush"),
        ("b", "Bearer hush"),
    ]


async def test_a_host_that_is_not_trusted_must_be_public(scene: Scene, host: FilesHost) -> None:
    host.on("a", gives(JPEG))
    scene.channel = FilesChannel(host.url, trusted=False)
    await scene.add(received(1, "a"))
    async with scene.fetching():
        (told,) = await scene.outcomes(1)
    assert isinstance(told, MediaFailed)
    assert host.asked == []


async def test_an_outcome_that_cannot_be_committed_is_told_later_without_fetching_again(
    scene: Scene, host: FilesHost
) -> None:
    calls = 0

    async def refused_once(events: Sequence[Event]) -> None:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise RuntimeError("not confirmed")
        await scene.commit(events)

    host.on("a", gives(JPEG))
    await scene.add(received(1, "a"))
    async with scene.fetching(commit=refused_once, lease_seconds=0.3):
        (told,) = await scene.outcomes(1)
    assert isinstance(told, MediaStored)
    assert (calls, len(host.asked)) == (2, 1)


async def test_a_store_that_refuses_costs_no_try(scene: Scene, host: FilesHost) -> None:
    host.on("a", gives(JPEG))
    scene.folder.rmdir()
    scene.folder.write_text("in the way")
    await scene.add(received(1, "a"))
    async with scene.fetching(attempts=1):
        async with asyncio.timeout(10):
            while not await scene.later():  # noqa: ASYNC110 - it is Redis that is waited for
                await asyncio.sleep(0.02)
    assert await scene.told() == 0


async def test_a_job_nobody_can_read_does_not_stop_the_others(
    scene: Scene, host: FilesHost
) -> None:
    host.on("a", gives(JPEG))
    await scene.redis.xadd(keys.media(scene.partition), {"job": b"\xc1"})
    await scene.add(received(1, "a"))
    async with scene.fetching():
        (told,) = await scene.outcomes(1)
    assert isinstance(told, MediaStored)


async def test_several_processes_share_the_work(scene: Scene, host: FilesHost) -> None:
    host.on("a", gives(JPEG))
    await scene.add(*(received(number, "a") for number in range(30)))
    async with scene.fetching(), scene.fetching():
        told = await scene.outcomes(30)
    assert len({each.id for each in told}) == len(told) == len(host.asked) == 30


@pytest.mark.crash
async def test_a_worker_killed_in_the_middle_of_a_file_loses_and_doubles_nothing(
    scene: Scene, host: FilesHost, valkey_server: ValkeyServer
) -> None:
    began = asyncio.Event()
    data = JPEG * 20

    async def half(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": str(len(data))})
        await response.prepare(request)
        await response.write(data[: len(data) // 2])
        began.set()
        await asyncio.sleep(30)
        return response

    host.on("a", half, gives(data))
    await scene.add(received(1, "a"))
    arguments = (str(valkey_server.socket), str(scene.folder), host.url)
    killed = await asyncio.create_subprocess_exec(
        sys.executable, program.__file__, *arguments, stderr=subprocess.PIPE
    )
    await asyncio.wait_for(began.wait(), 20)
    await asyncio.sleep(0.2)
    killed.send_signal(signal.SIGKILL)
    await killed.communicate()
    assert await scene.left() == 1
    assert await scene.told() == 0

    async with scene.fetching(lease_seconds=0.5):
        (told,) = await scene.outcomes(1)
    assert isinstance(told, MediaStored)
    assert await scene.bytes_of(told.media.id) == data


async def test_a_stop_finishes_what_is_under_way(scene: Scene, host: FilesHost) -> None:
    began = asyncio.Event()

    async def slow(request: web.Request) -> web.StreamResponse:
        del request
        began.set()
        await asyncio.sleep(0.3)
        return web.Response(body=JPEG)

    host.on("a", slow)
    await scene.add(received(1, "a"))
    async with scene.fetching() as workers:
        await began.wait()
        workers.stop()
    assert (await scene.told(), await scene.left()) == (1, 0)


async def test_a_file_whose_worker_died_every_time_is_given_up(
    scene: Scene, host: FilesHost
) -> None:
    host.on("a", gives(JPEG))
    await scene.add(received(1, "a"))
    queue = MediaQueue(scene.redis, scene.partition, lease_seconds=0.05)
    for _ in range(2):
        assert len((await queue.take(1)).taken) == 1
        await asyncio.sleep(0.1)
    async with scene.fetching(attempts=2, lease_seconds=0.05):
        (told,) = await scene.outcomes(1)
    assert isinstance(told, MediaFailed)
    assert told.media.reason == "whoever fetched it died or stalled each time"
    assert host.asked == []


async def test_a_plugin_that_breaks_costs_its_own_file_only(scene: Scene, host: FilesHost) -> None:
    class Broken(FilesChannel):
        async def locate_media(self, media: Media, fetcher: Fetcher) -> MediaAddress:
            if media.platform_id == "broken":
                raise KeyError("hush")
            return await super().locate_media(media, fetcher)

    host.on("a", gives(JPEG))
    scene.channel = Broken(host.url)
    await scene.add(received(1, "broken"), received(2, "a"))
    async with scene.fetching(attempts=1):
        told = {each.platform_id: each for each in await scene.outcomes(2)}
    assert isinstance(told["m2"], MediaStored)
    failed = told["m1"]
    assert isinstance(failed, MediaFailed)
    assert failed.media.reason == "the channel failed: KeyError"


async def test_a_channel_asks_its_platform_in_json(scene: Scene, host: FilesHost) -> None:
    class Asking(FilesChannel):
        async def locate_media(self, media: Media, fetcher: Fetcher) -> MediaAddress:
            status, body = await fetcher.get_json(
                f"{host.url}/{media.platform_id}", headers={"X-Key": "k"}, trusted=True
            )
            assert (status, body) == (200, {"name": "a"})
            return MediaAddress(url=f"{host.url}/a", trusted=True)

    host.on("id", gives(b"<html>busy</html>"), gives(b'{"name": "a"}', "text/javascript"))
    host.on("a", gives(JPEG))
    scene.channel = Asking(host.url)
    await scene.add(received(1, "id"))
    async with scene.fetching():
        (told,) = await scene.outcomes(1)
    assert isinstance(told, MediaStored)
    assert [name for name, _ in host.asked] == ["id", "id", "a"]
    assert host.asked[0][1]["X-Key"] == "k"


def _files(folder: Path) -> list[Path]:
    return [each for each in folder.rglob("*") if each.is_file()]
