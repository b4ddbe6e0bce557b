"""Which handler a path finds."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from prometheus_client import CollectorRegistry

from gateway.http.listener import Handler, Listener
from gateway.settings.schema import HttpSettings
from gateway.telemetry.metrics import Metrics


def says(word: str) -> Handler:
    async def handle(request: web.BaseRequest) -> web.Response:
        return web.Response(text=f"{word} {request.path}")

    return handle


@pytest.fixture(params=["alone", "before an application"])
async def http(request: pytest.FixtureRequest) -> AsyncIterator[aiohttp.ClientSession]:
    app = web.Application() if request.param != "alone" else None
    listener = Listener(
        "public",
        "127.0.0.1:0",
        settings=HttpSettings(),
        metrics=Metrics(CollectorRegistry()),
        routes={
            "/files/*": {"GET": says("any")},
            "/files/new": {"GET": says("exact"), "POST": says("posted")},
        },
        app=app,
    )
    await listener.start()
    async with aiohttp.ClientSession(f"http://{listener.address}") as session:
        yield session
    await listener.stop(1)


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/files/one", "any /files/one"),
        ("/files/", "any /files/"),
        ("/files/new", "exact /files/new"),
        ("/files/%C3%B1", "any /files/ñ"),
    ],
)
async def test_a_last_star_stands_for_any_one_segment(
    http: aiohttp.ClientSession, path: str, answer: str
) -> None:
    async with http.get(path) as response:
        assert await response.text() == answer


@pytest.mark.parametrize("path", ["/files", "/files/one/two", "/other/one", "/"])
async def test_it_stands_for_nothing_else(http: aiohttp.ClientSession, path: str) -> None:
    async with http.get(path) as response:
        assert response.status == 404


async def test_an_exact_path_does_not_borrow_the_methods_of_the_star(
    http: aiohttp.ClientSession,
) -> None:
    async with http.delete("/files/new") as response:
        assert (response.status, response.headers["Allow"]) == (405, "GET, POST")
