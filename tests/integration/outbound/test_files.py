"""Files of ours on their way out."""

import asyncio
import hashlib

from gateway.bus import keys
from gateway.testing.whatsapp import WhatsAppPlatform
from tests.integration.outbound.scene import ACCOUNT, ANA, PICTURE, Scene, text


async def test_an_upload_that_the_platform_deleted_costs_no_message(
    sending: Scene, platform: WhatsAppPlatform
) -> None:
    ana = platform.contact(ANA, name="Ana")
    await platform.post(ana.writes("Olá"))
    picture = await sending.picture()
    (first,) = await sending.outbox.submit([text(content=picture)])
    await sending.becomes(first, "delivered", "read")
    platform.media.forget(platform.sent[0].body["image"]["id"])
    second, third = await sending.outbox.submit([text(content=picture), text("after it")])
    record = await sending.becomes(second, "delivered", "read")
    await sending.becomes(third, "delivered", "read")
    assert [each.outcome for each in record.attempts] == ["temporary"]
    assert [each.kind for each in platform.sent] == ["image", "image", "text"]
    assert ana.inbox[1].body["image"]["id"] in platform.media


async def test_a_redis_that_fails_while_a_message_is_prepared_costs_no_message(
    sending: Scene, platform: WhatsAppPlatform
) -> None:
    await platform.post(platform.contact(ANA, name="Ana").writes("Olá"))
    uploaded = f"media:{platform.app.number.phone_number_id}:{hashlib.sha256(PICTURE).hexdigest()}"
    partition = keys.partition_of(ACCOUNT, sending.partitions)
    broken = keys.kept(partition, ACCOUNT, uploaded)
    await sending.client.lpush(broken, "no text: every GET of it fails")
    (answer,) = await sending.outbox.submit([text(content=await sending.picture())])
    await sending.becomes(answer, "sending")
    await asyncio.sleep(0.5)
    assert await sending.state(answer) == "sending"
    await sending.client.delete(broken)
    record = await sending.becomes(answer, "delivered", "read")
    assert (record.attempts, record.in_doubt) == ((), False)
