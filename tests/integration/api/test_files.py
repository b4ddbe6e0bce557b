"""Uploading files, and getting them back."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest

from tests.integration.api.scene import LARGEST_FILE, TEXT, Scene

PDF = b"%PDF-1.7\n" + bytes(range(256))


async def test_a_file_is_uploaded_and_comes_back(scene: Scene) -> None:
    headers = {"Content-Type": "application/octet-stream"}
    path = "/v1/media?filename=factura.pdf&account=wa-main"
    answer = await scene.ask("POST", path, data=PDF, headers=headers)
    assert answer.status == 201
    assert answer.json["mime_type"] == "application/pdf"
    assert (answer.json["filename"], answer.json["size_bytes"]) == ("factura.pdf", len(PDF))
    back = await scene.get(answer.headers["Location"])
    assert (back.status, back.content) == (200, PDF)
    assert back.headers["Content-Type"] == "application/pdf"
    assert (await scene.ask("HEAD", answer.headers["Location"])).status == 200


async def test_a_form_brings_name_and_type(scene: Scene) -> None:
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("note", "no file")
    form.add_field("file", PDF, filename="../../cuentas de mañana.pdf")
    answer = await scene.ask("POST", "/v1/media", data=form)
    assert answer.status == 201
    assert answer.json["filename"] == "cuentas de mañana.pdf"
    assert (await scene.get(answer.headers["Location"])).content == PDF


async def test_a_store_that_cannot_be_read_is_a_503(scene: Scene, tmp_path: Path) -> None:
    headers = {"Content-Type": "application/pdf"}
    stored = await scene.ask("POST", "/v1/media", data=PDF, headers=headers)
    _damage(tmp_path, stored.json["id"])
    answer = await scene.get(stored.headers["Location"])
    assert (answer.status, answer.json["reason"]) == (503, "unavailable")


def _damage(folder: Path, stored_id: str) -> None:
    (note,) = folder.rglob(f"{stored_id}.json")
    note.write_text("{")


async def test_an_uploaded_file_can_be_sent(scene: Scene) -> None:
    await scene.opens_window()
    headers = {"Content-Type": "application/pdf"}
    stored = (await scene.ask("POST", "/v1/media", data=PDF, headers=headers)).json["id"]
    content = {"kind": "document", "media": {"stored_id": stored}}
    answer = await scene.post("/v1/messages?dry_run=true", TEXT | {"content": content})
    assert answer.status == 200, answer.json


async def test_a_form_without_a_file_is_refused(scene: Scene) -> None:
    with aiohttp.MultipartWriter("form-data") as form:
        form.append("words").set_content_disposition("form-data", name="note")
    answer = await scene.ask("POST", "/v1/media", data=form)
    assert (answer.status, answer.json["detail"]) == (422, "$: has no file")


@pytest.mark.parametrize("announced", [True, False], ids=["announced", "in pieces"])
async def test_a_file_that_is_too_large_is_refused(scene: Scene, *, announced: bool) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(LARGEST_FILE // 1000 + 1):
            yield bytes(1000)

    data: object = io.BytesIO(bytes(LARGEST_FILE + 1)) if announced else pieces()
    headers = {"Content-Type": "image/png"}
    answer = await scene.ask("POST", "/v1/media", data=data, headers=headers)
    assert (answer.status, answer.json["reason"]) == (413, "too_large")


async def test_an_empty_file_is_refused(scene: Scene) -> None:
    headers = {"Content-Type": "image/png"}
    answer = await scene.ask("POST", "/v1/media", data=b"", headers=headers)
    assert answer.status == 422


async def test_a_file_that_breaks_off_is_not_kept(scene: Scene) -> None:
    where = urlsplit(scene.service.private_url)
    _, writer = await asyncio.open_connection(where.hostname, where.port)
    head = "POST /v1/media HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\n"
    writer.write(f"{head}Content-Length: 90000\r\n\r\n".encode() + bytes(70_000))
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    await scene.get("/livez")
    assert list((Path(scene.daemon.settings.data_dir) / "media").rglob("*.json")) == []


async def test_an_unknown_file_is_not_found(scene: Scene) -> None:
    assert (await scene.get("/v1/media/nothing")).status == 404


async def test_files_need_their_scope(guarded: Scene) -> None:
    headers = await guarded.key("messages:send")
    assert (await guarded.get("/v1/media/nothing", headers=headers)).status == 403
