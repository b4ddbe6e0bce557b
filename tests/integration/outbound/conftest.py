"""Fixtures of the sending tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from redis.asyncio import Redis

from gateway.testing.valkey import ValkeyServer
from gateway.testing.whatsapp import App, WhatsAppPlatform
from tests.integration.outbound.scene import Scene, SimulatedTime, account, running, settings


@pytest.fixture
def at() -> SimulatedTime:
    """The time of the daemon and of the platform."""
    return SimulatedTime()


@pytest.fixture
async def platform(at: SimulatedTime) -> AsyncIterator[WhatsAppPlatform]:
    async with WhatsAppPlatform(app=App(), clock=lambda: at.clock() / 1000) as made:
        yield made


@pytest.fixture
async def scene(
    valkey_server: ValkeyServer, valkey: Redis, tmp_path: Path, platform: WhatsAppPlatform
) -> AsyncIterator[Scene]:
    """A daemon that takes messages and does not send them."""
    own = settings(valkey_server, tmp_path, roles=("ingress",))
    async with running(own, account(platform), client=valkey, platform=platform) as made:
        yield made


@pytest.fixture
async def sending(
    valkey_server: ValkeyServer,
    valkey: Redis,
    tmp_path: Path,
    platform: WhatsAppPlatform,
    at: SimulatedTime,
) -> AsyncIterator[Scene]:
    """A daemon that sends to the simulated platform."""
    own = settings(valkey_server, tmp_path)
    async with running(own, account(platform), client=valkey, platform=platform, at=at) as made:
        yield made
