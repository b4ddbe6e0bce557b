"""An app that demands proof, beside the token, that its secret is known as well."""

from __future__ import annotations

from collections.abc import AsyncIterator

import msgspec
import pytest

from gateway.api import AccountBroken, Image, Media, Secrets, Text
from gateway.edge.media.fetch import HttpFetcher
from gateway.testing.host import Stage
from gateway.testing.whatsapp import App, Timing, WhatsAppPlatform
from gateway_whatsapp.channel import WhatsAppChannel
from tests.plugins.whatsapp.simulated import TO_ANA, Sender, account_of
from tests.plugins.whatsapp.template_desk import Desk, with_everything

JPEG = b"\xff\xd8\xff\xe0 a picture"


@pytest.fixture
async def strict() -> AsyncIterator[WhatsAppPlatform]:
    timing = Timing(silent=True)
    async with WhatsAppPlatform(app=App(needs_proof=True), timing=timing) as platform:
        platform.contact(TO_ANA, name="Ana").writes("Olá")
        yield platform


async def test_every_call_proves_that_the_token_is_used_by_its_app(
    strict: WhatsAppPlatform, here: Stage
) -> None:
    channel = WhatsAppChannel(account_of(strict))
    send = Sender(channel, here)
    await send(Text(text="Hi"))
    picture = await here.keep(JPEG, "image/jpeg")
    await send(Image(media=Media(stored_id=picture)))
    desk = Desk(channel, here)
    await desk.shelf.create(with_everything(picture), here.host)
    assert len(await desk.shelf.sync(here.host)) == 1
    assert channel.number is not None
    health = await channel.number.check(here.host)
    assert (health.token_valid, health.state) == (True, "up")
    async with HttpFetcher() as fetcher:
        sent = strict.media.keep(JPEG, "image/jpeg")
        await channel.locate_media(Media(platform_id=sent.id), fetcher)
    assert len(strict.sent) == 2


@pytest.mark.parametrize("how", ["left out", "made with last year's secret"])
async def test_a_proof_that_is_not_taken_pauses_the_account_and_names_the_setting(
    strict: WhatsAppPlatform, here: Stage, how: str
) -> None:
    settings = account_of(strict, appsecret_proof=how != "left out")
    if settings.appsecret_proof:
        outdated = Secrets("last-year's", strict.app.app_secret)
        settings = msgspec.structs.replace(settings, app_secret=outdated)
    with pytest.raises(AccountBroken, match="appsecret_proof"):
        await Sender(WhatsAppChannel(settings), here)(Text(text="Hi"))
    assert len(strict.sent) == 0
