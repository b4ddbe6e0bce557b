from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import pytest
from aiohttp import web

from gateway.testing.whatsapp import App, CallbackRefused, WhatsAppPlatform

Listen: TypeAlias = Callable[[Callable[[web.Request], Awaitable[web.Response]]], Awaitable[Any]]

APP = App()


async def test_saving_a_callback_shows_it_the_token_and_a_challenge(listen: Listen) -> None:
    async def gateway(request: web.Request) -> web.Response:
        assert request.method == "GET"
        assert request.query["hub.mode"] == "subscribe"
        assert request.query["hub.verify_token"] == APP.verify_token
        return web.Response(text=request.query["hub.challenge"])

    url = await listen(gateway)
    async with WhatsAppPlatform(app=APP) as platform:
        await platform.save_callback(url)
        assert platform.callback_url == url


@pytest.mark.parametrize(
    ("status", "text"), [(403, "{challenge}"), (200, '"{challenge}"'), (200, "ok"), (302, "")]
)
async def test_a_callback_that_does_not_echo_the_challenge_is_refused(
    listen: Listen, status: int, text: str
) -> None:
    async def gateway(request: web.Request) -> web.Response:
        return web.Response(
            status=status, text=text.format(challenge=request.query["hub.challenge"])
        )

    url = await listen(gateway)
    async with WhatsAppPlatform(app=APP) as platform:
        with pytest.raises(CallbackRefused, match=str(status)):
            await platform.save_callback(url)
        assert platform.callback_url == ""
