"""Files: from visitors, to visitors, and to nobody else."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.api import (
    Document,
    Image,
    Media,
    MediaStored,
    MessageReceived,
    Rejected,
)
from tests.plugins.webchat.site import OpenSite, Person, Site

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 2000
HTML = b"<!doctype html><script>alert(1)</script>"


async def upload(
    person: Person, data: bytes, *, name: str = "cat.png", type_: str = "image/png"
) -> tuple[int, Any]:
    headers = {**person.headers, "X-File-Name": name, "Content-Type": type_}
    url = f"{person.site.url}/files"
    async with person.site.http.post(url, data=data, headers=headers) as response:
        return response.status, await response.json()


async def get(person: Person, id_: str) -> tuple[int, bytes, Any]:
    url = f"{person.site.url}/files/{id_}"
    async with person.site.http.get(url, headers=person.headers) as response:
        return response.status, await response.read(), response.headers


async def test_an_upload_is_sniffed_stored_and_sent_as_what_it_is(site: Site) -> None:
    ana = await site.begin()
    status, told = await upload(ana, PNG, name="..%2Fmi%20gato.png", type_="text/html")
    assert status == 200
    assert (told["mime_type"], told["filename"]) == ("image/png", "mi gato.png")
    frame = {"type": "message", "id": "client-id-1"}
    await ana.post({**frame, "content": {"kind": "file", "file": told["id"], "caption": "Look"}})
    received, stored = await site.events()
    assert isinstance(received, MessageReceived)
    assert isinstance(stored, MediaStored)
    assert isinstance(received.message.content, Image)
    assert received.message.content.caption == "Look"
    assert received.message.content.media.stored_id == stored.media.id == told["id"]
    assert stored.message_id == received.message.id
    (shown,) = await ana.poll()
    assert shown["content"]["media"]["stored_id"] == told["id"]


async def test_a_file_is_given_to_its_visitor_alone_and_never_to_be_run(site: Site) -> None:
    ana, bruno = await site.begin(), await site.begin()
    _, told = await upload(ana, PNG, name="gat%C3%B3.png")
    status, data, headers = await get(ana, told["id"])
    assert (status, data) == (200, PNG)
    assert headers["Content-Type"] == "image/png"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Disposition"] == "attachment; filename*=UTF-8''gat%C3%B3.png"
    assert "sandbox" in headers["Content-Security-Policy"]
    assert (await get(bruno, told["id"]))[0] == 404
    assert (await get(ana, "0" * 32 + "-0"))[0] == 404


async def test_a_file_of_somebody_else_cannot_be_sent(site: Site) -> None:
    ana, bruno = await site.begin(), await site.begin()
    _, told = await upload(ana, PNG)
    content = {"kind": "file", "file": told["id"]}
    (error,) = await bruno.post({"type": "message", "id": "client-id-1", "content": content})
    assert error["code"] == "malformed"


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (HTML, 415, "type_refused"),
        (b"MZ\x90\0" + b"\0" * 100, 415, "type_refused"),
        (b"", 415, "type_refused"),
        (PNG * 10, 413, "too_large"),
    ],
)
async def test_what_is_unwanted_or_too_large_is_refused(
    open_site: OpenSite, data: bytes, status: int, code: str
) -> None:
    async with open_site(upload_limit_bytes=10_000) as site:
        ana = await site.begin()
        found, told = await upload(ana, data)
        assert (found, told["code"]) == (status, code)


async def test_uploads_can_be_switched_off(open_site: OpenSite) -> None:
    async with open_site(uploads=()) as site:
        ana = await site.begin()
        assert (await upload(ana, PNG))[0] == 403


async def test_a_file_of_ours_comes_with_its_name_and_can_be_had(site: Site) -> None:
    ana, bruno = await site.begin(), await site.begin()

    async def content() -> Any:
        yield b"%PDF-1.7 ..."

    stored = await site.host.keep_file(
        content(), filename="invoice.pdf", most_bytes=1000, takes=lambda _: True
    )
    await site.say(ana.id, Document(media=Media(stored_id=stored.id), caption="Here it is"))
    (frame,) = await ana.poll()
    media = frame["content"]["media"]
    assert (media["filename"], media["mime_type"]) == ("invoice.pdf", "application/pdf")
    assert (await get(ana, stored.id))[0] == 200
    assert (await get(bruno, stored.id))[0] == 404


async def test_a_file_that_is_not_there_is_not_promised(site: Site) -> None:
    ana = await site.begin()
    with pytest.raises(Rejected, match="unknown_file"):
        await site.say(ana.id, Image(media=Media(stored_id="0" * 32 + "-0")))
    assert await ana.poll() == []
