"""A host of files that can be told to misbehave, and a scene around it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer
from redis.asyncio import Redis

from tests.integration.media.host import FilesHost
from tests.integration.media.scene import FilesChannel, Scene


@pytest.fixture
async def host() -> AsyncIterator[FilesHost]:
    found = FilesHost()
    async with TestServer(found.application()) as server:
        found.url = str(server.make_url("")).rstrip("/")
        yield found


@pytest.fixture
def scene(valkey: Redis, tmp_path: Path, host: FilesHost) -> Scene:
    return Scene(valkey, tmp_path / "media", FilesChannel(host.url))
