"""Messages given over Redis instead of HTTP."""

import pytest
from redis.asyncio import Redis

from gateway.api import OutboundMessage, Rendered
from gateway.bus import keys
from gateway.client import Sender
from gateway.errors import RedisUnavailable
from gateway.model.event import MessageAccepted, MessageFailed
from gateway.testing.valkey import ValkeyServer
from gateway.testing.whatsapp import WhatsAppPlatform
from tests.integration.outbound.scene import ACCOUNT, ANA, Scene, text


async def test_messages_given_over_redis_are_sent_in_order_and_refusals_are_told(
    sending: Scene, platform: WhatsAppPlatform, valkey_server: ValkeyServer
) -> None:
    await platform.post(platform.contact(ANA, name="Ana").writes("Olá"))
    async with Sender(f"unix://{valkey_server.socket}") as sender:
        given = [text(str(number), metadata={"row": number}) for number in range(5)]
        entries = await sender.send(*given, text("x" * 5000, metadata={"row": 5}))
        assert len(set(entries)) == 6

    async def told() -> bool:
        events = await sending.events()
        return len([e for e in events if isinstance(e, MessageAccepted | MessageFailed)]) == 6

    await sending.until(told)
    assert [each.said for each in platform.sent] == ["0", "1", "2", "3", "4"]
    events = await sending.events()
    accepted = [each for each in events if isinstance(each, MessageAccepted)]
    assert [each.message.metadata for each in accepted] == [{"row": n} for n in range(5)]
    (failed,) = [each for each in events if isinstance(each, MessageFailed)]
    assert failed.message.metadata == {"row": 5}
    assert failed.failure.reason == "invalid"
    assert failed.failure.data["problems"][0]["path"] == "$.content.text"
    partition = keys.partition_of(ACCOUNT, sending.partitions)

    async def emptied() -> bool:
        return not await sending.client.xlen(keys.send(partition))

    await sending.until(emptied)


async def test_an_entry_that_is_read_twice_is_sent_once(
    sending: Scene, platform: WhatsAppPlatform
) -> None:
    await platform.post(platform.contact(ANA, name="Ana").writes("Olá"))
    first = await sending.outbox.submit([text("once")], names=["07.send.1-0"])
    await sending.becomes(first[0], "delivered", "read")
    await sending.outbox.submit([text("once")], names=["07.send.1-0"])
    (last,) = await sending.outbox.submit([text("last")])
    await sending.becomes(last, "delivered", "read")
    assert [each.said for each in platform.sent] == ["once", "last"]


async def test_what_is_no_message_is_dropped_and_the_next_one_goes(
    sending: Scene, platform: WhatsAppPlatform, valkey_server: ValkeyServer
) -> None:
    await platform.post(platform.contact(ANA, name="Ana").writes("Olá"))
    partition = keys.partition_of(ACCOUNT, sending.partitions)
    await sending.client.xadd(keys.send(partition), {"message": b"\xc1", "more": "x"})
    await sending.client.xadd(keys.send(partition), {"nothing": "here"})
    async with Sender(f"unix://{valkey_server.socket}") as sender:
        await sender.send(text("good"))
    await sending.becomes_true(lambda: [each.said for each in platform.sent] == ["good"])


async def test_a_redis_that_no_gateway_has_used_is_told(
    valkey: Redis, valkey_server: ValkeyServer
) -> None:
    del valkey
    with pytest.raises(RedisUnavailable, match="no gateway"):
        async with Sender(f"unix://{valkey_server.socket}"):
            pass


async def test_a_message_that_a_plugin_fails_on_keeps_no_other_waiting(
    sending: Scene,
    platform: WhatsAppPlatform,
    valkey_server: ValkeyServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await platform.post(platform.contact(ANA, name="Ana").writes("Olá"))
    channel = sending.outbox.terms[ACCOUNT].channel
    right = channel.render

    def wrong(message: OutboundMessage, *, reference: str | None = None) -> Rendered:
        if message.metadata:
            raise ZeroDivisionError
        return right(message, reference=reference)

    monkeypatch.setattr(channel, "render", wrong)
    async with Sender(f"unix://{valkey_server.socket}") as sender:
        await sender.send(text("poison", metadata={"wrong": True}), text("fine"))
    await sending.becomes_true(lambda: [each.said for each in platform.sent] == ["fine"])
    (failed,) = [each for each in await sending.events() if isinstance(each, MessageFailed)]
    assert failed.failure.reason == "unsendable"
