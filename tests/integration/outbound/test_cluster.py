"""Sending on a Redis Cluster: a partition's keys are on one server, whichever that is."""

from pathlib import Path
from typing import Any

import pytest

from gateway.bus.connection import Connection
from gateway.settings.schema import RedisSettings
from gateway.testing.valkey import ValkeyCluster, ValkeyServer
from gateway.testing.whatsapp import WhatsAppPlatform
from tests.integration.outbound.scene import ANA, account, running, settings, text


@pytest.mark.parametrize("name", ["wa-one", "wa-two", "wa-three"])
async def test_messages_are_sent_and_told_whatever_server_their_account_is_on(
    cluster: ValkeyCluster,
    valkey_server: ValkeyServer,
    tmp_path: Path,
    platform: WhatsAppPlatform,
    name: str,
) -> None:
    own = settings(valkey_server, tmp_path, redis=RedisSettings(url=cluster.url))
    connection = Connection(cluster.url)
    client: Any = connection.client
    async with running(own, account(platform, id=name), client=client, platform=platform) as scene:
        await platform.post(platform.contact(ANA, name="Ana").writes("Olá"))
        (answer,) = await scene.outbox.submit([text(account=name)])
        record = await scene.becomes(answer, "read")
        assert [each.status for each in record.steps] == ["sent", "delivered", "read"]
    await connection.close()
