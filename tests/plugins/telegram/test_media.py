"""A file is asked for by its id, from a Bot API server on loopback; the token is never shown."""

from __future__ import annotations

import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from gateway.api import Media, MediaAddress, MediaRefused, MediaUnavailable, Secret, Secrets
from gateway.edge.media.fetch import HttpFetcher
from gateway_telegram.channel import TelegramChannel
from gateway_telegram.settings import TelegramSettings

TOKEN = "42:AAF-hush_1"  # noqa: S105 - of no bot
BIG = 21 * 1024 * 1024


def channel(url: str) -> TelegramChannel:
    return TelegramChannel(
        TelegramSettings(
            id="bot",
            channel="telegram",
            bot_token=Secret(TOKEN),
            secret_token=Secrets("secret"),
            api_url=url,
        )
    )


class BotApi:
    """A Bot API server that gives one answer to getFile and remembers the questions."""

    def __init__(self) -> None:
        self.url = ""
        self.status = 200
        self.answer: Any = {"ok": True, "result": {"file_path": "photos/file 1.jpg"}}
        self.asked: list[str] = []

    def application(self) -> web.Application:
        application = web.Application()
        application.router.add_get("/bot{token}/getFile", self._get_file)
        application.router.add_get("/file/bot{token}/photos/{name}", self._file)
        return application

    async def _get_file(self, request: web.Request) -> web.Response:
        assert request.match_info["token"] == TOKEN
        self.asked.append(request.query["file_id"])
        return web.json_response(self.answer, status=self.status)

    async def _file(self, request: web.Request) -> web.Response:
        assert request.match_info["token"] == TOKEN
        assert request.match_info["name"] == "file 1.jpg"
        return web.Response(body=b"picture")


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    found = BotApi()
    async with TestServer(found.application()) as server:
        found.url = str(server.make_url("")).rstrip("/")
        yield found


@pytest.fixture
def locate(api: BotApi) -> Callable[[Media], Awaitable[MediaAddress]]:
    async def locate(media: Media) -> MediaAddress:
        async with HttpFetcher() as fetcher:
            return await channel(f"{api.url}/").locate_media(media, fetcher)

    return locate


Locate = Callable[[Media], Awaitable[MediaAddress]]


async def test_a_file_is_asked_for_and_fetched_from_the_operators_own_server(
    api: BotApi, locate: Locate
) -> None:
    address = await locate(Media(platform_id="AgA/+?&=1"))
    assert api.asked == ["AgA/+?&=1"]
    assert address.trusted
    async with (
        HttpFetcher() as fetcher,
        fetcher.file(address, limit_bytes=100) as pieces,
    ):
        assert b"".join([each async for each in pieces]) == b"picture"


async def test_a_server_of_ones_own_may_give_large_files(api: BotApi, locate: Locate) -> None:
    assert (await locate(Media(platform_id="big", size_bytes=BIG))).url.startswith(api.url)


@pytest.mark.parametrize(
    ("description", "says"),
    [
        ("Bad Request: file is too big", "20 MB"),
        ("Bad Request: invalid file_id", "another bot"),
        ("Bad Request: wrong file_id or the file is no longer here", "another bot"),
    ],
)
async def test_a_file_that_will_never_be_had_is_given_up(
    api: BotApi, locate: Locate, description: str, says: str
) -> None:
    api.status, api.answer = 400, {"ok": False, "error_code": 400, "description": description}
    with pytest.raises(MediaRefused, match=says):
        await locate(Media(platform_id="1"))


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (401, {"ok": False, "error_code": 401, "description": "Unauthorized"}),
        (400, {"description": "Bad Request: wrong file_id or the file is temporarily unavailable"}),
        (429, {"ok": False, "description": "Too Many Requests: retry after 7"}),
        (500, {}),
        (502, []),
        (200, {"ok": True, "result": {}}),
        (200, {"ok": True, "result": {"file_path": 7}}),
        (200, "text"),
    ],
)
async def test_a_file_that_cannot_be_had_now_is_tried_again(
    api: BotApi, locate: Locate, status: int, answer: object
) -> None:
    api.status, api.answer = status, answer
    with pytest.raises(MediaUnavailable):
        await locate(Media(platform_id="1"))


async def test_a_path_on_the_servers_own_disk_is_not_fetched(api: BotApi, locate: Locate) -> None:
    api.answer = {"ok": True, "result": {"file_path": "/var/lib/telegram-bot-api/1.jpg"}}
    with pytest.raises(MediaRefused, match="--local"):
        await locate(Media(platform_id="1"))


async def test_a_file_without_an_id_is_refused(locate: Locate) -> None:
    with pytest.raises(MediaRefused, match="no id"):
        await locate(Media())


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://%zz", "http://a b"])
async def test_no_error_shows_the_token(url: str) -> None:
    async with HttpFetcher() as fetcher:
        with pytest.raises((MediaUnavailable, MediaRefused)) as failed:
            await channel(url).locate_media(Media(platform_id="1"), fetcher)
    shown = "".join(traceback.format_exception(failed.value))
    assert TOKEN not in shown


class Telegram:
    """Telegram's own host, which no test asks."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, bool]] = []

    async def get_json(
        self, url: str, *, headers: Mapping[str, str], trusted: bool = False
    ) -> tuple[int, object]:
        assert not headers
        self.asked.append((url, trusted))
        return 200, {"ok": True, "result": {"file_path": "a/b.jpg"}}


async def test_telegrams_own_host_is_trusted_with_nothing() -> None:
    telegram = Telegram()
    address = await channel("https://api.telegram.org").locate_media(
        Media(platform_id="1"), telegram
    )
    assert telegram.asked == [(f"https://api.telegram.org/bot{TOKEN}/getFile?file_id=1", False)]
    assert address == MediaAddress(url=f"https://api.telegram.org/file/bot{TOKEN}/a/b.jpg")


async def test_a_file_larger_than_telegram_hands_out_is_not_even_asked_for() -> None:
    telegram = Telegram()
    with pytest.raises(MediaRefused, match="20 MB"):
        await channel("https://api.telegram.org").locate_media(
            Media(platform_id="1", size_bytes=BIG), telegram
        )
    assert not telegram.asked
