"""A whole service on a real server, with one account on the simulated platform."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from redis.asyncio import Redis

from gateway.http.service import Service
from gateway.testing.valkey import ValkeyServer
from gateway.testing.whatsapp import App, WhatsAppPlatform
from tests.integration.api.scene import Scene, service
from tests.integration.outbound.scene import ACCOUNT


@pytest.fixture
async def platform() -> AsyncIterator[WhatsAppPlatform]:
    async with WhatsAppPlatform(app=App()) as made:
        yield made


@pytest.fixture
async def scene(
    valkey_server: ValkeyServer, valkey: "Redis", tmp_path: Path, platform: WhatsAppPlatform
) -> AsyncIterator[Scene]:
    """A service whose private listener lets callers of this machine in."""
    started: Service
    async with service(valkey_server, tmp_path, platform) as started, Scene(started) as made:
        del valkey  # emptied before the service starts
        yield made


@pytest.fixture
async def guarded(
    valkey_server: ValkeyServer, valkey: "Redis", tmp_path: Path, platform: WhatsAppPlatform
) -> AsyncIterator[Scene]:
    """A service that wants a key of everybody."""
    made = service(valkey_server, tmp_path, platform, api_keys="required")
    async with made as started, Scene(started) as scene:
        del valkey
        yield scene


@pytest.fixture
async def sending(
    valkey_server: ValkeyServer, valkey: "Redis", tmp_path: Path, platform: WhatsAppPlatform
) -> AsyncIterator[Scene]:
    """A service that sends to the simulated platform and hears its webhooks."""
    made = service(valkey_server, tmp_path, platform, roles=("ingress", "egress"))
    async with made as started, Scene(started) as scene:
        del valkey
        platform.callback_url = f"{started.public_url}/webhooks/whatsapp/{ACCOUNT}"
        yield scene
