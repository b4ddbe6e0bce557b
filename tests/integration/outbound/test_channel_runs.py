"""What a channel does by itself, and what is told when that goes wrong."""

from pathlib import Path
from typing import Any

from redis.asyncio import Redis
from structlog.testing import capture_logs

from gateway import loader
from gateway.api import Secret
from gateway.daemon.daemon import Daemon
from gateway.settings.load import Configuration
from gateway.telemetry import logs
from gateway.testing.valkey import ValkeyServer
from tests.integration.outbound.scene import settings
from tests.waiting import until


async def test_a_platform_that_is_not_there_is_told_in_a_line_and_not_with_a_traceback(
    valkey_server: ValkeyServer, valkey: Redis, tmp_path: Path
) -> None:
    del valkey
    settings_type: Any = loader.load().channels["telegram"].settings_type
    bot = settings_type(
        id="bot",
        channel="telegram",
        bot_token=Secret("123456:a-token"),
        updates="polling",
        api_url="http://127.0.0.1:9",
    )
    configured = Configuration(settings=settings(valkey_server, tmp_path), accounts=(bot,))

    async def failed() -> Any:
        return [each for each in told if each["event"] == logs.CHANNEL_RUN_FAILED]

    with capture_logs() as told:
        async with Daemon(configured, loader.load()):
            first, *_ = await until(failed)
    assert first["account"] == "bot"
    assert "cannot be reached" in first["error"]
    assert "exc_info" not in first
