"""Fixtures of the sending tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from redis.asyncio import Redis

from gateway import loader
from gateway.daemon.daemon import Daemon
from gateway.settings.load import Configuration
from gateway.testing.valkey import ValkeyServer
from gateway.testing.whatsapp import App, WhatsAppPlatform
from tests.integration.outbound.scene import Scene, account, settings


@pytest.fixture
async def platform() -> AsyncIterator[WhatsAppPlatform]:
    async with WhatsAppPlatform(app=App()) as made:
        yield made


@pytest.fixture
async def scene(
    valkey_server: ValkeyServer, valkey: "Redis", tmp_path: Path, platform: WhatsAppPlatform
) -> AsyncIterator[Scene]:
    """A daemon that takes messages and does not send them."""
    configured = Configuration(
        settings=settings(valkey_server, tmp_path), accounts=(account(platform),)
    )
    async with Daemon(configured, loader.load()) as daemon:
        yield Scene(daemon, valkey, platform)
