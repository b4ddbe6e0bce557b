"""Files of ours on their way out."""

from collections.abc import AsyncIterator

from gateway.api import Image, Media
from gateway.testing.whatsapp import WhatsAppPlatform
from tests.integration.outbound.scene import ACCOUNT, ANA, Scene, text

JPEG = b"\xff\xd8\xff\xe0 a picture"


async def test_an_upload_that_the_platform_deleted_costs_no_message(
    sending: Scene, platform: WhatsAppPlatform
) -> None:
    ana = platform.contact(ANA, name="Ana")
    await platform.post(ana.writes("Olá"))

    async def content() -> AsyncIterator[bytes]:
        yield JPEG

    host = sending.daemon.hosts[ACCOUNT]
    kept = await host.keep_file(content(), most_bytes=1000, takes=lambda _: True)
    picture = Image(media=Media(stored_id=kept.id))
    (first,) = await sending.outbox.submit([text(content=picture)])
    await sending.becomes(first, "delivered", "read")
    platform.media.forget(platform.sent[0].body["image"]["id"])
    second, third = await sending.outbox.submit([text(content=picture), text("after it")])
    record = await sending.becomes(second, "delivered", "read")
    await sending.becomes(third, "delivered", "read")
    assert [each.outcome for each in record.attempts] == ["temporary"]
    assert [each.kind for each in platform.sent] == ["image", "image", "text"]
    assert ana.inbox[1].body["image"]["id"] in platform.media
