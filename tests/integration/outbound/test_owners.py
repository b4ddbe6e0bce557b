"""Who sends: one process at a time, and another when that one is gone."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from redis.asyncio import Redis
from structlog.testing import capture_logs

from gateway import loader
from gateway.api import OutboundMessage, Template
from gateway.bus import keys
from gateway.daemon.daemon import Daemon
from gateway.settings.load import Configuration
from gateway.settings.schema import OutboundSettings
from gateway.telemetry import logs
from gateway.testing.valkey import ValkeyServer
from gateway.testing.whatsapp import WhatsAppPlatform
from gateway.testing.whatsapp.faults import Fault
from tests.integration.outbound.scene import ANA, Scene, account, settings, text
from tests.waiting import until

NAMES = [f"wa-{number}" for number in range(16)]


@pytest.fixture
def configured(
    valkey_server: ValkeyServer, tmp_path: Path, platform: WhatsAppPlatform
) -> Configuration[Any]:
    accounts = tuple(account(platform, id=name) for name in NAMES)
    own = settings(valkey_server, tmp_path, outbound=OutboundSettings(lease_seconds=2))
    return Configuration(settings=own, accounts=accounts)


def owned(daemon: Daemon) -> set[int]:
    engine = daemon.sending.engine
    assert engine is not None
    return set(engine.owned)


def queues(daemon: Daemon) -> set[str]:
    return {name for name in NAMES if keys.partition_of(name, 8) in owned(daemon)}


def shown(daemon: Daemon) -> set[str]:
    """Return the accounts of which a process shows how long their queues are."""
    (family,) = daemon.metrics.outbound.oldest_seconds.collect()
    return {each.labels["account"] for each in family.samples}


async def test_two_share_the_partitions_and_one_takes_all_when_the_other_leaves(
    configured: Configuration[Any], valkey: Redis
) -> None:
    del valkey
    wanted = {keys.partition_of(name, 8) for name in NAMES}
    elsewhere = msgspec.structs.replace(
        configured.settings, data_dir=f"{configured.settings.data_dir}-2"
    )
    other = msgspec.structs.replace(configured, settings=elsewhere)
    async with Daemon(configured, loader.load()) as first:

        async def all_owned() -> bool:
            return owned(first) == wanted

        await until(all_owned)
        async with Daemon(other, loader.load()) as second:

            async def shared() -> bool:
                both = [owned(first), owned(second)]
                return sorted(map(len, both)) == [4, 4] and both[0] | both[1] == wanted

            await until(shared)
            assert owned(first) & owned(second) == set()

            async def each_shows_its_own_queues() -> bool:
                return [shown(first), shown(second)] == [queues(first), queues(second)]

            await until(each_shows_its_own_queues)
        await until(all_owned)


async def test_a_process_that_lost_its_lease_sends_nothing_more(
    sending: Scene, platform: WhatsAppPlatform
) -> None:
    await platform.post(platform.contact(ANA, name="Ana").writes("Olá"))
    partition = keys.partition_of("wa-main", 8)

    async def there() -> object:
        return await sending.client.get(keys.lease(partition))

    await until(there)
    await sending.client.set(keys.lease(partition), b"somebody:99", px=1500)
    (answer,) = await sending.outbox.submit([text("whose?")])
    await asyncio.sleep(0.5)
    assert len(platform.sent) == 0
    # The other one never renews it, so it comes back here.
    await sending.becomes(answer, "delivered", "read")
    assert len(platform.sent) == 1


async def test_who_lost_the_lease_during_an_upload_does_not_send(
    sending: Scene, platform: WhatsAppPlatform
) -> None:
    await platform.post(platform.contact(ANA, name="Ana").writes("Olá"))
    platform.faults.add(Fault(edge="media", delay=timedelta(seconds=2)))
    (answer,) = await sending.outbox.submit([text(content=await sending.picture())])
    await sending.becomes(answer, "sending")
    lease = keys.lease(keys.partition_of("wa-main", 8))
    await sending.client.set(lease, b"somebody:99", px=4000)

    async def uploaded() -> bool:
        return bool(platform.media)

    await until(uploaded)
    await asyncio.sleep(0.5)
    assert len(platform.sent) == 0
    # The other one dies, so it comes back here.
    record = await sending.becomes(answer, "delivered", "read")
    assert (len(platform.sent), record.in_doubt) == (1, True)


async def test_only_who_has_the_role_sends(scene: Scene, platform: WhatsAppPlatform) -> None:
    await scene.opens_window()
    (answer,) = await scene.outbox.submit([text()])
    await asyncio.sleep(0.3)
    assert await scene.state(answer) == "queued"
    assert len(platform.sent) == 0
    assert scene.daemon.sending.engine is None


async def test_slow_calls_keep_nobody_from_keeping_or_handing_over_partitions(
    configured: Configuration[Any], valkey: Redis, platform: WhatsAppPlatform
) -> None:
    del valkey
    elsewhere = msgspec.structs.replace(
        configured.settings, data_dir=f"{configured.settings.data_dir}-2"
    )
    other = msgspec.structs.replace(configured, settings=elsewhere)
    wanted = {keys.partition_of(name, 8) for name in NAMES}
    platform.template("hello", "Hello")
    hello = Template(name="hello", language="en_US", category="utility")
    phones = [f"35193{number:07d}" for number in range(len(NAMES))]
    # Longer than a lease of two seconds.
    platform.faults.add(Fault(delay=timedelta(seconds=5), times=None))
    async with Daemon(configured, loader.load()) as first:

        async def all_owned() -> bool:
            return owned(first) == wanted

        await until(all_owned)
        answers = await first.outbox.submit(
            [
                OutboundMessage(account=name, to=phone, content=hello)
                for name, phone in zip(NAMES, phones, strict=True)
            ]
        )
        async with Daemon(other, loader.load()) as second:

            async def some_owned() -> bool:
                return bool(owned(second))

            await until(some_owned)
            await first.sending.close()

            async def all_over() -> bool:
                states = [await second.outbox.accounts()]
                return not any(each.live for each in states[0])

            await until(all_over)
            records = [await second.outbox.record(getattr(each, "id", "")) for each in answers]
    assert [record is not None and record.in_doubt for record in records] == [False] * len(NAMES)
    assert len(platform.sent) == len(NAMES)


async def test_while_redis_is_away_the_log_says_so_once_and_not_with_every_try(
    tmp_path: Path, platform: WhatsAppPlatform
) -> None:
    (tmp_path / "valkey").mkdir()
    with ValkeyServer(directory=tmp_path / "valkey") as server:
        configured = Configuration(
            settings=settings(server, tmp_path), accounts=(account(platform),)
        )
        async with Daemon(configured, loader.load()) as daemon:
            await until(lambda: owned(daemon))
            for _ in range(2):
                with capture_logs() as told:
                    server.kill()
                    await until(lambda: None in interrupted(told))
                    await asyncio.sleep(2)  # the rounds alone try four times
                # Who shares out all; the rounds and who follows the streams of its one partition, unless it
                # was given up before they tried.
                assert interrupted(told).count(None) == 1
                assert len([each for each in interrupted(told) if each is not None]) <= 2
                server.start()
                await until(lambda: owned(daemon))
                await asyncio.sleep(2)


def interrupted(told: list[Any]) -> list[int | None]:
    """Return the partitions that were said to be interrupted; None for those who share them out."""
    return [each["partition"] for each in told if each["event"] == logs.SENDING_INTERRUPTED]
