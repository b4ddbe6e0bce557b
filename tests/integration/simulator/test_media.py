from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from gateway.testing.whatsapp import Contact, MediaFault, WhatsAppPlatform

BEARER = {"Authorization": "Bearer simulated-access-token"}
PICTURE = b"\xff\xd8\xff\xe0 a picture"


class Clock:
    now = 1_795_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def platform(clock: Clock) -> AsyncIterator[WhatsAppPlatform]:
    async with WhatsAppPlatform(clock=clock) as platform:
        yield platform


@pytest.fixture
def ana(platform: WhatsAppPlatform) -> Contact:
    return platform.contact("351911111111", name="Ana")


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def locate(http: aiohttp.ClientSession, url: str) -> tuple[int, Any]:
    async with http.get(url, headers=BEARER) as answer:
        return answer.status, await answer.json()


async def test_a_file_is_found_by_its_id_and_fetched_with_the_token(
    platform: WhatsAppPlatform, ana: Contact, http: aiohttp.ClientSession
) -> None:
    image = ana.sends_image(PICTURE, mime_type="image/jpeg").item["image"]
    status, found = await locate(http, f"{platform.api_url}/{image['id']}")
    assert status == 200
    assert found == {
        "messaging_product": "whatsapp",
        "url": found["url"],
        "mime_type": "image/jpeg",
        "sha256": hashlib.sha256(PICTURE).hexdigest(),
        "file_size": len(PICTURE),
        "id": image["id"],
    }
    assert image["sha256"] == b64encode(hashlib.sha256(PICTURE).digest()).decode()
    async with http.get(found["url"], headers=BEARER) as answer:
        assert answer.content_type == "image/jpeg"
        assert await answer.read() == PICTURE
    assert platform.media.downloads == [image["id"]]


async def test_the_address_in_the_webhook_works_as_well(
    ana: Contact, http: aiohttp.ClientSession
) -> None:
    image = ana.sends_image(PICTURE).item["image"]
    async with http.get(image["url"], headers=BEARER) as answer:
        assert await answer.read() == PICTURE


async def test_without_the_token_nothing_is_told(
    platform: WhatsAppPlatform, ana: Contact, http: aiohttp.ClientSession
) -> None:
    image = ana.sends_image(PICTURE).item["image"]
    async with http.get(f"{platform.api_url}/{image['id']}") as answer:
        assert answer.status == 401
        assert (await answer.json())["error"]["code"] == 190
    async with http.get(image["url"]) as answer:
        assert answer.status == 401
    assert platform.media.downloads == []


async def test_an_unknown_file_is_an_error_of_the_graph_api(
    platform: WhatsAppPlatform, http: aiohttp.ClientSession
) -> None:
    status, said = await locate(http, f"{platform.api_url}/1234567890")
    assert (status, said["error"]["code"]) == (400, 100)


async def test_an_address_dies_after_five_minutes_and_can_be_asked_for_again(
    platform: WhatsAppPlatform, ana: Contact, http: aiohttp.ClientSession, clock: Clock
) -> None:
    image = ana.sends_image(PICTURE).item["image"]
    clock.now += 300
    async with http.get(image["url"], headers=BEARER) as answer:
        assert answer.status == 404
    _, found = await locate(http, f"{platform.api_url}/{image['id']}")
    async with http.get(found["url"], headers=BEARER) as answer:
        assert answer.status == 200


async def test_a_scripted_failure_passes_after_its_times(
    ana: Contact, http: aiohttp.ClientSession
) -> None:
    fault = MediaFault(status=500, times=2)
    image = ana.sends_image(PICTURE, fault=fault).item["image"]
    statuses = []
    for _ in range(3):
        async with http.get(image["url"], headers=BEARER) as answer:
            statuses.append(answer.status)
    assert statuses == [500, 500, 200]


async def test_a_lasting_failure_lasts(ana: Contact, http: aiohttp.ClientSession) -> None:
    image = ana.sends_image(PICTURE, fault=MediaFault(status=404, times=None)).item["image"]
    for _ in range(3):
        async with http.get(image["url"], headers=BEARER) as answer:
            assert answer.status == 404


async def test_a_file_can_be_larger_than_announced_and_of_another_type(
    ana: Contact, http: aiohttp.ClientSession
) -> None:
    fault = MediaFault(size_bytes=200_000, content_type="text/html")
    image = ana.sends_image(PICTURE, fault=fault).item["image"]
    async with http.get(image["url"], headers=BEARER) as answer:
        assert answer.content_type == "text/html"
        assert len(await answer.read()) == 200_000


async def test_a_file_can_be_slow(ana: Contact, http: aiohttp.ClientSession) -> None:
    image = ana.sends_image(PICTURE, fault=MediaFault(delay=timedelta(seconds=30))).item["image"]
    with pytest.raises(TimeoutError):
        await http.get(image["url"], headers=BEARER, timeout=aiohttp.ClientTimeout(total=0.05))
