from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from gateway.testing.host import Stage, stage
from gateway.testing.meta import Contact, MetaPlatform
from gateway.testing.valkey import ValkeyServer
from tests.plugins.meta.simulated import Channel, Sender, channel_of

PLACES = {
    "messenger": {"channel": "messenger"},
    "instagram by its page": {"channel": "instagram", "login": "facebook"},
    "instagram on its own": {"channel": "instagram", "login": "instagram"},
}


@pytest.fixture(params=PLACES)
async def platform(request: pytest.FixtureRequest) -> AsyncIterator[MetaPlatform]:
    """Messenger, and Instagram connected both ways; a test names one with ``indirect``."""
    async with MetaPlatform(**PLACES[request.param]) as platform:  # type: ignore[arg-type]
        yield platform


@pytest.fixture
def ana(platform: MetaPlatform) -> Contact:
    """Somebody who just wrote."""
    ana = platform.contact(name="Ana Silva", username="ana.s")
    ana.writes("Olá")
    return ana


@pytest.fixture
def channel(platform: MetaPlatform) -> Channel:
    return channel_of(platform)


@pytest.fixture
async def here(
    valkey: Any, valkey_server: ValkeyServer, tmp_path: Path, channel: Channel
) -> AsyncIterator[Stage]:
    assert valkey is not None
    url = f"unix://{valkey_server.socket}"
    async with stage(channel.account, redis_url=url, folder=tmp_path) as here:
        yield here


@pytest.fixture
def send(channel: Channel, here: Stage) -> Sender:
    return Sender(channel, here)
