"""What Messenger and Instagram send, all the way onto the streams of a real server."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from gateway import loader
from gateway.api import (
    Channel,
    Event,
    MessageReceived,
    MessageStatus,
    WebhookRequest,
    WindowOpened,
)
from gateway.bus import keys
from gateway.bus.connection import Connection
from gateway.bus.layout import Layout
from gateway.codec.stream import decode
from gateway.edge.commit import Committer
from gateway.edge.spool import Spool
from gateway.telemetry.metrics import Metrics
from gateway.testing.valkey import ValkeyServer

DAY = 24 * 3600 * 1000
NOW = time.time_ns() // 1_000_000
TEXT: dict[str, Any] = {"message": {"mid": "m_1", "text": "a"}}
PICTURES: dict[str, Any] = {
    "message": {"mid": "m_2", "text": "look", "attachments": [{"type": "image"}] * 2}
}

Deliver = Callable[..., Awaitable[list[Event]]]


@pytest.fixture(params=["messenger", "instagram"])
def channel(request: pytest.FixtureRequest) -> Channel[Any]:
    found = loader.load().channels[request.param]
    return found(found.example())


@pytest.fixture
async def deliver(
    channel: Channel[Any], valkey: Any, valkey_server: ValkeyServer, tmp_path: Path
) -> AsyncIterator[Deliver]:
    """Deliver items in one webhook; returns all that is on the stream then."""
    await valkey.flushall()
    connection = Connection(f"unix://{valkey_server.socket}", timeout_seconds=2)
    spool = Spool(tmp_path / "spool", max_bytes=1 << 20, partitions=1)
    assert channel.window is not None
    committer = Committer(
        1,
        windows={channel.type: channel.window},
        files=True,
        locator=connection,
        spool=spool,
        metrics=Metrics(CollectorRegistry()),
        timeout_seconds=2,
        guard=Layout(connection, partitions=1).check,
    )
    await committer.start()

    async def deliver(*items: dict[str, Any]) -> list[Event]:
        head = {"sender": {"id": "24"}, "recipient": {"id": "1"}, "timestamp": NOW}
        entry = {"id": "1", "time": NOW, "messaging": [{**head, **each} for each in items]}
        body = {"object": "page" if channel.type == "messenger" else "instagram", "entry": [entry]}
        request = WebhookRequest(body=json.dumps(body).encode(), received_at=NOW)
        await committer.commit(channel.parse(request))
        stream = await valkey.xrange(keys.events(0))
        return [decode(fields[b"data"]) for _, fields in stream]

    yield deliver
    await committer.close()
    spool.close()
    await connection.close()


async def test_a_message_opens_the_window_for_a_day_and_a_second_delivery_changes_nothing(
    deliver: Deliver,
) -> None:
    message, window = await deliver(TEXT)
    assert isinstance(message, MessageReceived)
    assert isinstance(window, WindowOpened)
    assert window.contact.id == "24"
    # Windows are kept in whole seconds.
    assert window.window.expires_at // 1000 == (NOW + DAY) // 1000
    assert await deliver(TEXT, TEXT) == [message, window]


async def test_every_part_of_a_message_goes_through_and_only_once(deliver: Deliver) -> None:
    await deliver(PICTURES)
    found = [each for each in await deliver(PICTURES) if isinstance(each, MessageReceived)]
    assert [each.message.content.__struct_config__.tag for each in found] == [
        "text",
        "image",
        "image",
    ]
    assert {each.message.platform_id for each in found} == {"m_2"}


async def test_an_echo_opens_no_window(deliver: Deliver) -> None:
    ours = {"sender": {"id": "1"}, "recipient": {"id": "24"}}
    found = await deliver({**ours, "message": {**TEXT["message"], "is_echo": True}})
    assert [type(each).__name__ for each in found] == ["MessageEchoed"]


async def test_a_delivery_told_after_the_read_is_late(deliver: Deliver) -> None:
    found = await deliver(
        {"read": {"mid": "m_9"}}, {"delivery": {"mids": ["m_9"], "watermark": NOW}}
    )
    statuses = [each for each in found if isinstance(each, MessageStatus)]
    assert [(each.status.status, each.late) for each in statuses] == [
        ("read", False),
        ("delivered", True),
    ]


async def test_watermarks_are_told_apart_by_their_time_and_kind(deliver: Deliver) -> None:
    marks = [{"read": {"watermark": NOW}}, {"read": {"watermark": NOW + 1}}]
    found = await deliver(*marks, {"delivery": {"watermark": NOW}}, marks[0])
    assert [
        (each.status.status, each.status.watermark)
        for each in found
        if isinstance(each, MessageStatus)
    ] == [("read", NOW), ("read", NOW + 1), ("delivered", NOW)]
