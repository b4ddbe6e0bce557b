"""Streams, ids and windows are kept in bounds."""

from __future__ import annotations

import time
from typing import Any

import pytest

from gateway.bus import keys
from gateway.edge import upkeep
from gateway.edge.upkeep import Upkeep
from gateway.settings.schema import StreamSettings
from gateway.testing.events import received
from gateway.testing.valkey import ValkeyServer

DAY = 24 * 3600 * 1000
HERE = keys.partition_of("wa-main", 4)
STREAM = keys.events(HERE)
LABEL = {"partition": f"{HERE:02d}"}


@pytest.fixture
async def edge(valkey: Any, valkey_server: ValkeyServer, make_edge: Any) -> Any:
    await valkey.flushall()
    async with make_edge(f"unix://{valkey_server.socket}") as made:
        yield made


def keeper(edge: Any, *, days_later: float = 0, **settings: int) -> Upkeep:
    later = int(days_later * DAY)
    return Upkeep(
        edge.connection,
        partitions=4,
        settings=StreamSettings(**settings),
        metrics=edge.metrics,
        clock=lambda: time.time_ns() // 1_000_000 + later,
    )


async def fill(edge: Any, now: int, count: int) -> None:
    await edge.commit([received(number, at=now, contact_number=1) for number in range(count)])


async def test_a_long_stream_is_cut_to_its_length(edge: Any, now: int) -> None:
    await fill(edge, now, 1000)
    await keeper(edge, max_length=100).round()
    assert 100 <= await edge.client.xlen(STREAM) < 300  # Redis cuts whole blocks
    assert edge.value("relevo_stream_length_events", **LABEL) == 1001


async def test_old_events_are_cut_by_age(edge: Any, now: int) -> None:
    await fill(edge, now, 1000)
    await keeper(edge, days_later=31, max_age_days=30).round()
    assert await edge.client.xlen(STREAM) < 200


async def test_what_a_group_has_not_read_is_kept_with_a_warning(edge: Any, now: int) -> None:
    await fill(edge, now, 1000)
    await edge.client.xgroup_create(STREAM, "crm", id="0")
    await keeper(edge, max_length=600).round()
    assert await edge.client.xlen(STREAM) == 1001
    assert edge.value("relevo_stream_trim_held_back", **LABEL) == 1
    assert edge.value("relevo_consumer_lag_events", group="crm", **LABEL) == 1001


async def test_what_a_group_has_read_but_not_acknowledged_is_kept_too(edge: Any, now: int) -> None:
    await fill(edge, now, 1000)
    await edge.client.xgroup_create(STREAM, "crm", id="0")
    await edge.client.xreadgroup("crm", "one", {STREAM: ">"}, count=2000)
    await keeper(edge, max_length=600).round()
    assert await edge.client.xlen(STREAM) == 1001
    assert edge.value("relevo_consumer_lag_events", group="crm", **LABEL) == 0
    assert edge.value("relevo_consumer_pending_events", group="crm", **LABEL) == 1001


async def test_a_group_that_is_done_holds_nothing_back(edge: Any, now: int) -> None:
    await fill(edge, now, 1000)
    await edge.client.xgroup_create(STREAM, "crm", id="0")
    read = await edge.client.xreadgroup("crm", "one", {STREAM: ">"}, count=2000)
    await edge.client.xack(STREAM, "crm", *(entry for entry, _ in read[0][1]))
    await keeper(edge, max_length=100).round()
    assert await edge.client.xlen(STREAM) < 300
    assert edge.value("relevo_stream_trim_held_back", **LABEL) == 0


async def test_patience_with_a_group_ends(edge: Any, now: int) -> None:
    await fill(edge, now, 1000)
    await edge.client.xgroup_create(STREAM, "crm", id="0")
    await keeper(edge, max_length=100).round()
    assert await edge.client.xlen(STREAM) < 400


async def test_ids_are_remembered_for_eight_days_and_forgotten_after_sixteen(
    edge: Any, now: int
) -> None:
    await edge.commit([received(1, at=now)])
    remembered = await edge.client.keys(f"{keys.tag(HERE)}:seen:*")
    await keeper(edge, days_later=8).round()
    assert await edge.client.keys(f"{keys.tag(HERE)}:seen:*") == remembered
    await keeper(edge, days_later=16).round()
    assert await edge.client.keys(f"{keys.tag(HERE)}:seen:*") == []
    assert await edge.client.smembers(keys.generations(HERE)) == {
        f"steps:{now // 1000 // keys.STEPS_SECONDS}".encode()
    }


async def test_a_second_delivery_a_week_later_is_still_known(edge: Any, now: int) -> None:
    """The generation before the present one is asked too, for what may be that old."""
    written = now - 7 * DAY
    await edge.commit([received(1, at=written)])
    present = now // 1000 // keys.SEEN_SECONDS
    for name in await edge.client.keys(f"{keys.tag(HERE)}:seen:{present}:*"):
        earlier = name.decode().replace(f":seen:{present}:", f":seen:{present - 1}:")
        await edge.client.rename(name, earlier)
    await edge.commit([received(1, at=written)])
    assert edge.value("relevo_duplicates_total", **LABEL) == 1


async def test_windows_of_contacts_long_gone_are_swept(
    edge: Any, now: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "SWEEP_BUCKETS", keys.WINDOW_BUCKETS)
    await edge.commit([received(1, at=now - 9 * DAY, contact_number=1)])
    await edge.commit([received(2, at=now, contact_number=2)])
    kept = await edge.client.keys(f"{keys.tag(HERE)}:window:*")
    await keeper(edge).round()
    assert len(kept) == 4  # two contacts with two addresses
    assert len(await edge.client.keys(f"{keys.tag(HERE)}:window:*")) == 2
