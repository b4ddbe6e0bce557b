from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from gateway.testing.telegram import Person, TelegramPlatform


class Caller:
    """Calls methods of the Bot API, with no client between."""

    def __init__(self, http: aiohttp.ClientSession, platform: TelegramPlatform) -> None:
        self._http = http
        self.platform = platform

    async def __call__(self, method: str, /, **parameters: Any) -> Any:
        """Return the whole answer."""
        url = f"{self.platform.api_url}/bot{self.platform.token}/{method}"
        async with self._http.post(url, json=parameters) as answer:
            return await answer.json()

    async def result(self, method: str, /, **parameters: Any) -> Any:
        """Return what a method gives back."""
        answer = await self(method, **parameters)
        assert answer["ok"], answer
        return answer["result"]

    async def refusal(self, method: str, /, **parameters: Any) -> str:
        """Return the words with which a method is refused."""
        answer = await self(method, **parameters)
        assert not answer["ok"], answer
        return f"{answer['error_code']} {answer['description']}"


@pytest.fixture
async def platform() -> AsyncIterator[TelegramPlatform]:
    async with TelegramPlatform() as platform:
        yield platform


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as http:
        yield http


@pytest.fixture
def call(http: aiohttp.ClientSession, platform: TelegramPlatform) -> Caller:
    return Caller(http, platform)


@pytest.fixture
def ana(platform: TelegramPlatform) -> Person:
    return platform.person("Ana", known=True)
