"""Fixtures of the sending tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from redis.asyncio import Redis

from gateway.testing.valkey import ValkeyServer
from gateway.testing.whatsapp import App, WhatsAppPlatform
from tests.integration.outbound.scene import Scene, account, running, settings


@pytest.fixture
async def platform() -> AsyncIterator[WhatsAppPlatform]:
    async with WhatsAppPlatform(app=App()) as made:
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
    valkey_server: ValkeyServer, valkey: Redis, tmp_path: Path, platform: WhatsAppPlatform
) -> AsyncIterator[Scene]:
    """A daemon that sends to the simulated platform."""
    own = settings(valkey_server, tmp_path)
    async with running(own, account(platform), client=valkey, platform=platform) as made:
        yield made
