"""Messages given over Redis instead of HTTP."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped] # it ships no types
from redis.asyncio import Redis

from gateway.api import OutboundMessage, Rendered, Template, TextParameter
from gateway.bus import keys
from gateway.cli import reference_asyncapi
from gateway.client import Sender
from gateway.edge.outbound import shelves
from gateway.errors import RedisUnavailable
from gateway.model.event import MessageAccepted, MessageFailed
from gateway.testing.valkey import ValkeyServer
from gateway.testing.whatsapp import WhatsAppPlatform
from gateway.testing.whatsapp.faults import Fault
from tests.integration.outbound.scene import ACCOUNT, ANA, Scene, text


def template(name: str, *, body: Any = (), **more: Any) -> OutboundMessage:
    """Return a message that is a template."""
    content = Template(name=name, language="en_US", body=body)
    return OutboundMessage(account=ACCOUNT, to=ANA, content=content, **more)


async def synced(scene: Scene, platform: WhatsAppPlatform) -> None:
    """Let the account know that the platform has one template."""
    platform.template("ready", "Order {{1}} is ready.")
    shelf = scene.daemon.channels[ACCOUNT].templates
    assert shelf is not None
    await shelf.sync(scene.daemon.hosts[ACCOUNT])


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


async def test_what_a_client_puts_on_the_stream_is_what_the_document_says(
    scene: Scene, valkey_server: ValkeyServer
) -> None:
    async with Sender(f"unix://{valkey_server.socket}") as sender:
        (entry,) = await sender.send(template("ready", body=(TextParameter(text="A-17"),)))
    whole = reference_asyncapi.document()
    partition = keys.tag(keys.partition_of(ACCOUNT, scene.partitions)).partition(":")[2]
    stream = whole["channels"]["send"]["address"].replace("{partition}", partition)
    ((found, fields),) = await scene.client.xrange(stream)
    assert (found.decode(), list(fields)) == (entry, [b"message"])
    told = whole["components"]["messages"][reference_asyncapi.SEND]["payload"]
    given = Draft202012Validator({**told, "components": whole["components"]})
    assert given.is_valid(msgspec.msgpack.decode(fields[b"message"]))


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


async def test_a_template_given_over_redis_is_checked_as_one_of_the_api(
    sending: Scene, platform: WhatsAppPlatform, valkey_server: ValkeyServer
) -> None:
    await synced(sending, platform)
    filled = template("ready", body=(TextParameter(text="A-17"),))
    async with Sender(f"unix://{valkey_server.socket}") as sender:
        await sender.send(
            template("ready", metadata={"row": 1}), template("raedy", metadata={"row": 2}), filled
        )
    await sending.becomes_true(lambda: [each.said for each in platform.sent])
    failed = [each for each in await sending.events() if isinstance(each, MessageFailed)]
    assert [each.message.metadata for each in failed] == [{"row": 1}, {"row": 2}]
    assert {each.failure.reason for each in failed} == {"invalid"}
    assert [each["path"] for one in failed for each in one.failure.data["problems"]] == [
        "$.content.body[0]",
        "$.content.name",
    ]
    assert "did you mean 'ready'?" in failed[1].failure.explanation


async def test_a_message_given_over_redis_for_a_closed_window_names_what_may_go(
    sending: Scene, platform: WhatsAppPlatform, valkey_server: ValkeyServer
) -> None:
    await synced(sending, platform)
    async with Sender(f"unix://{valkey_server.socket}") as sender:
        await sender.send(text("too late"))

    async def told() -> list[MessageFailed]:
        return [each for each in await sending.events() if isinstance(each, MessageFailed)]

    (failed,) = await sending.until(told)
    assert failed.failure.reason == "window_closed"
    assert failed.failure.data["templates"] == ["ready"]


async def test_a_platform_that_does_not_answer_keeps_no_message_waiting(
    sending: Scene,
    platform: WhatsAppPlatform,
    valkey_server: ValkeyServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await synced(sending, platform)
    await platform.post(platform.contact(ANA, name="Ana").writes("Olá"))
    monkeypatch.setattr(shelves, "ASKING_SECONDS", 0.3)
    slow = timedelta(seconds=60)
    platform.faults.add(Fault(edge="message_templates", delay=slow, times=None))
    async with Sender(f"unix://{valkey_server.socket}") as sender:
        await sender.send(template("new"), template("new"), text("fine"))
    await sending.becomes_true(lambda: [each.said for each in platform.sent] == ["fine"])
    failed = [each for each in await sending.events() if isinstance(each, MessageFailed)]
    codes = [each.failure.error.code for each in failed if each.failure.error]
    assert codes == ["132001", "132001"]  # taken, and left to the platform


async def test_what_is_nearly_a_message_is_refused_with_its_fields_to_whoever_gave_it(
    sending: Scene, valkey_server: ValkeyServer
) -> None:
    partition = keys.partition_of(ACCOUNT, sending.partitions)
    nearly = {
        "account": ACCOUNT,
        "to": ANA,
        "content": {"kind": "txt", "text": "Olá"},
        "metadata": {"row": 7},
        "on_close_window": "hold",
    }
    await sending.client.xadd(keys.send(partition), {"message": msgspec.msgpack.encode(nearly)})
    async with Sender(f"unix://{valkey_server.socket}") as sender:
        await sender.send(text("tagged", tag="HUMAN_AGENT", metadata={"row": 8}))

    async def told() -> list[MessageFailed]:
        failed = [each for each in await sending.events() if isinstance(each, MessageFailed)]
        return failed if len(failed) == 2 else []

    first, second = await sending.until(told)
    assert (first.contact.id, first.message.metadata) == (ANA, {"row": 7})
    assert first.failure.reason == "invalid"
    paths = {each["path"]: each["explanation"] for each in first.failure.data["problems"]}
    assert "did you mean `text`?" in paths["$.content.kind"]
    assert "did you mean `on_closed_window`?" in paths["$.on_close_window"]
    assert second.message.metadata == {"row": 8}
    assert [each["path"] for each in second.failure.data["problems"]] == ["$.tag"]


async def test_what_cannot_be_read_at_all_keeps_no_message_waiting(
    sending: Scene, platform: WhatsAppPlatform, valkey_server: ValkeyServer
) -> None:
    await platform.post(platform.contact(ANA, name="Ana").writes("Olá"))
    partition = keys.partition_of(ACCOUNT, sending.partitions)
    deep = b"\x81\xa1x" * 5000 + b"\xc0"
    for unreadable in (deep, b"\x81\xa8metadata\x81\xc4\x01x\x01", b"\xa4text", b""):
        await sending.client.xadd(keys.send(partition), {"message": unreadable})
    async with Sender(f"unix://{valkey_server.socket}") as sender:
        await sender.send(text("good"))
    await sending.becomes_true(lambda: [each.said for each in platform.sent] == ["good"])
