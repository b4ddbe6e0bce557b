"""Messages on their way to the simulated platform and back as statuses."""

from gateway.model.event import MessageAccepted
from gateway.testing.whatsapp import WhatsAppPlatform
from tests.integration.outbound.scene import ACCOUNT, ANA, Scene, text


async def test_a_message_is_sent_and_its_statuses_come_back(
    sending: Scene, platform: WhatsAppPlatform
) -> None:
    ana = platform.contact(ANA, name="Ana")
    await platform.post(ana.writes("Olá"))
    (answer,) = await sending.outbox.submit([text("Bom dia!", metadata={"order": 7})])
    record = await sending.becomes(answer, "read")
    assert [each.said for each in ana.inbox] == ["Bom dia!"]
    (part,) = record.parts
    assert part.platform_id == platform.sent[0].id
    assert [each.status for each in record.steps] == ["sent", "delivered", "read"]
    (told,) = [each for each in await sending.events() if isinstance(each, MessageAccepted)]
    assert told.message.id == record.id
    assert told.message.platform_ids == (part.platform_id,)
    assert told.message.metadata == {"order": 7}
    assert await sending.outbox.find(ACCOUNT, part.platform_id or "") == record
