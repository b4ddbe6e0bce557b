"""Messages on their way to the simulated platform and back as statuses."""

from gateway.api import OutboundMessage, Template
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


async def test_a_message_that_the_platform_keeps_back_is_told_as_such(
    sending: Scene, platform: WhatsAppPlatform
) -> None:
    platform.contact(ANA, name="Ana")
    platform.template("sale", "Bread is on sale.").paced = True
    platform.template("hello", "Good morning.")
    for name in ("sale", "hello"):
        content = Template(name=name, language="en_US")
        (answer,) = await sending.outbox.submit(
            [OutboundMessage(account=ACCOUNT, to=ANA, content=content)]
        )
        await sending.becomes(answer, "accepted" if name == "sale" else "read")
    told = {each.message.id: each.kept_back for each in await sending.accepted()}
    assert list(told.values()) == [True, False]
