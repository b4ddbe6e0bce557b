"""Accounts of one application: what the platform says of it concerns them all, wherever they are."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from redis.asyncio import Redis

from gateway import loader
from gateway.api import OutboundMessage, Secrets, Template
from gateway.daemon.daemon import Daemon
from gateway.settings.load import Configuration
from gateway.settings.schema import OutboundSettings
from gateway.testing.valkey import ValkeyServer
from gateway.testing.whatsapp import WhatsAppPlatform
from tests.integration.outbound.scene import ANA, account, settings
from tests.waiting import until

NAMES = [f"wa-{number}" for number in range(16)]
OTHER_APP = "wa-15"


@pytest.fixture
def configured(
    valkey_server: ValkeyServer, tmp_path: Path, platform: WhatsAppPlatform
) -> Configuration[Any]:
    mine = [account(platform, id=name) for name in NAMES if name != OTHER_APP]
    theirs = account(platform, id=OTHER_APP, app_secret=Secrets("another's"), appsecret_proof=False)
    own = settings(valkey_server, tmp_path, outbound=OutboundSettings(lease_seconds=2))
    return Configuration(settings=own, accounts=(*mine, theirs))


async def paces(daemon: Daemon) -> dict[str, float]:
    """Return which share of its rate each account of a process uses."""
    states = await daemon.outbox.accounts()
    return {each.id: each.pace for each in states if each.pace is not None}


async def test_a_limit_of_the_application_slows_its_accounts_in_every_process(
    configured: Configuration[Any], valkey: Redis, platform: WhatsAppPlatform
) -> None:
    del valkey
    elsewhere = f"{configured.settings.data_dir}-2"
    other = msgspec.structs.replace(
        configured, settings=msgspec.structs.replace(configured.settings, data_dir=elsewhere)
    )
    platform.template("hello", "Hello")
    hello = Template(name="hello", language="en_US", category="utility")
    async with (
        Daemon(configured, loader.load()) as first,
        Daemon(other, loader.load()) as second,
    ):

        async def shared_out() -> bool:
            mine, theirs = await paces(first), await paces(second)
            return bool(mine and theirs) and sorted([*mine, *theirs]) == sorted(NAMES)

        await until(shared_out)
        sender = min(await paces(first))
        platform.fail_next(4)
        await first.outbox.submit([OutboundMessage(account=sender, to=ANA, content=hello)])

        async def all_slower() -> bool:
            both = {**await paces(first), **await paces(second)}
            return {name for name, pace in both.items() if pace < 1} == {*NAMES} - {OTHER_APP}

        await until(all_slower)
