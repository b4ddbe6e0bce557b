"""Files of ours on their way out."""

from gateway.testing.whatsapp import WhatsAppPlatform
from tests.integration.outbound.scene import ANA, Scene, text


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
