from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from gateway.testing.whatsapp import Contact, WhatsAppPlatform
from tests.integration.simulator.sending.caller import AT_ONCE, BEARER, Caller, Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def platform(clock: Clock) -> AsyncIterator[WhatsAppPlatform]:
    async with WhatsAppPlatform(clock=clock, timing=AT_ONCE) as platform:
        yield platform


@pytest.fixture
def ana(platform: WhatsAppPlatform) -> Contact:
    ana = platform.contact("351911111111", name="Ana")
    ana.writes("Olá")
    return ana


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(headers=BEARER) as session:
        yield session


@pytest.fixture
def caller(platform: WhatsAppPlatform, http: aiohttp.ClientSession, ana: Contact) -> Caller:
    assert ana.window_open
    return Caller(platform, http)
