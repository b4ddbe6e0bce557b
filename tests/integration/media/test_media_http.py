"""What ``GET /v1/media/{id}`` answers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Final, NamedTuple

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from gateway.http.api.download import disposition, send_file
from gateway.model.media import StoredMedia
from gateway.store.files import FileStore
from gateway.store.media import MediaStore, Note, media_id

ID: Final = media_id("0193f0a1b2c3" + "ab" * 10, 0)
DATA: Final = bytes(range(256)) * 16
STORED: Final = StoredMedia(
    id=ID,
    index=0,
    mime_type="application/pdf",
    size_bytes=len(DATA),
    sha256="ab" * 32,
    filename="factura.pdf",
)


class Held(NamedTuple):
    client: TestClient[web.Request, web.Application]
    store: MediaStore
    folder: Path


async def _one(data: bytes) -> AsyncIterator[bytes]:
    yield data


def _served(store: MediaStore) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def serve(request: web.Request) -> web.StreamResponse:
        return await send_file(request, store, request.match_info["id"])

    return serve


@pytest.fixture
async def held(tmp_path: Path) -> AsyncIterator[Held]:
    store = MediaStore(FileStore.open("", folder=tmp_path))
    await store.save(ID, _one(DATA))
    await store.describe(Note(account="wa-main", media=STORED))
    application = web.Application()
    application.router.add_get("/v1/media/{id}", _served(store))
    async with TestClient(TestServer(application)) as client:
        yield Held(client, store, tmp_path)


async def test_a_file_comes_as_an_attachment_nobody_may_run(held: Held) -> None:
    answer = await held.client.get(f"/v1/media/{ID}")
    assert (answer.status, await answer.read()) == (200, DATA)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Length"] == str(len(DATA))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="factura.pdf"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["ETag"] == f'"{STORED.sha256}"'


async def test_head_tells_the_same_without_the_bytes(held: Held) -> None:
    answer = await held.client.head(f"/v1/media/{ID}")
    assert (answer.status, await answer.read()) == (200, b"")
    assert answer.headers["Content-Length"] == str(len(DATA))


async def test_who_has_it_already_is_spared_the_bytes(held: Held) -> None:
    headers = {"If-None-Match": f'"other", W/"{STORED.sha256}"'}
    answer = await held.client.get(f"/v1/media/{ID}", headers=headers)
    assert (answer.status, await answer.read()) == (304, b"")


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [("bytes=0-9", 0, 9), ("bytes=100-", 100, 4095), ("bytes=-5", 4091, 4095)],
)
async def test_a_part_can_be_asked_for(held: Held, asked: str, first: int, last: int) -> None:
    answer = await held.client.get(f"/v1/media/{ID}", headers={"Range": asked})
    assert (answer.status, await answer.read()) == (206, DATA[first : last + 1])
    assert answer.headers["Content-Range"] == f"bytes {first}-{last}/{len(DATA)}"
    assert answer.headers["Content-Length"] == str(last + 1 - first)


async def test_a_part_beyond_the_end_is_refused(held: Held) -> None:
    answer = await held.client.get(f"/v1/media/{ID}", headers={"Range": "bytes=9999-"})
    assert answer.status == 416
    assert answer.headers["Content-Range"] == f"bytes */{len(DATA)}"


@pytest.mark.parametrize(
    "headers",
    [
        {"Range": "bytes=0-1,4-5"},
        {"Range": "lines=1-2"},
        {"Range": "bytes=9-1"},
        {"Range": "bytes=0-9999"},
        {"Range": "bytes=0-1", "If-Range": '"other"'},
    ],
)
async def test_a_range_we_need_not_heed_gives_all(held: Held, headers: dict[str, str]) -> None:
    answer = await held.client.get(f"/v1/media/{ID}", headers=headers)
    assert (answer.status, await answer.read()) == (200, DATA)


@pytest.mark.parametrize("name", ["nothing", ID[:-1] + "1", "..%2F..%2Fetc%2Fpasswd", f"{ID}.json"])
async def test_an_id_of_nothing_is_a_problem_with_404(held: Held, name: str) -> None:
    answer = await held.client.get(f"/v1/media/{name}")
    assert answer.status == 404
    assert answer.content_type == "application/problem+json"
    assert (await answer.json())["status"] == 404


async def test_a_file_that_was_removed_by_hand_is_a_404(held: Held) -> None:
    next(each for each in held.folder.rglob(ID) if each.is_file()).unlink()
    answer = await held.client.get(f"/v1/media/{ID}")
    assert answer.status == 404


async def test_an_empty_file_is_a_file(held: Held) -> None:
    empty = StoredMedia(id=ID, index=0, mime_type="text/plain", size_bytes=0, sha256="e3")
    await held.store.save(ID, _one(b""))
    await held.store.describe(Note(account="wa-main", media=empty))
    answer = await held.client.get(f"/v1/media/{ID}")
    assert (answer.status, await answer.read()) == (200, b"")


@pytest.mark.parametrize(
    ("filename", "told"),
    [
        ("año 1.pdf", "attachment; filename=\"a?o 1.pdf\"; filename*=UTF-8''a%C3%B1o%201.pdf"),
        ("🎉.pdf", "attachment; filename=\"?.pdf\"; filename*=UTF-8''%F0%9F%8E%89.pdf"),
        ('a"b.pdf', "attachment; filename=\"a_b.pdf\"; filename*=UTF-8''a%22b.pdf"),
        (None, f'attachment; filename="{ID}.pdf"'),
    ],
)
def test_a_name_in_any_script_reaches_the_reader(filename: str | None, told: str) -> None:
    media = StoredMedia(
        id=ID, index=0, mime_type="application/pdf", size_bytes=1, sha256="x", filename=filename
    )
    assert disposition(media) == told
