"""Uploads that the platform deleted before their time."""

from __future__ import annotations

import asyncio

import pytest

from gateway.api import (
    Button,
    Buttons,
    Image,
    Media,
    MediaHeader,
    MediaParameter,
    OutboundContent,
    Rejected,
    Template,
    Temporary,
)
from gateway.testing.host import Stage
from gateway.testing.whatsapp import WhatsAppPlatform
from gateway_whatsapp.channel import WhatsAppChannel
from tests.plugins.whatsapp.simulated import TO_ANA, Sender, account_of

JPEG = b"\xff\xd8\xff\xe0 a picture"


@pytest.fixture
def send(platform: WhatsAppPlatform, there: WhatsAppChannel, here: Stage) -> Sender:
    platform.contact(TO_ANA, name="Ana").writes("Olá")
    header = {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["4::a"]}}
    platform.template("ready", "It is ready.", components=[header])
    return Sender(there, here)


@pytest.fixture
async def stored(here: Stage) -> str:
    return await here.keep(JPEG, "image/jpeg")


def uploaded(platform: WhatsAppPlatform) -> list[str]:
    return [each.id for each in platform.media if each.data == JPEG]


@pytest.mark.parametrize("place", ["the message", "a header", "a template"])
async def test_the_next_try_uploads_it_anew(
    platform: WhatsAppPlatform, send: Sender, stored: str, place: str
) -> None:
    media = Media(stored_id=stored)
    content: OutboundContent
    match place:
        case "the message":
            content = Image(media=media)
        case "a header":
            header = MediaHeader(format="image", media=media)
            yes = Button(id="yes", title="Yes")
            content = Buttons(text="Well?", header=header, buttons=(yes,))
        case _:
            parameter = MediaParameter(format="image", media=media)
            content = Template(name="ready", language="en_US", header=parameter)
    await send(content)
    (first,) = uploaded(platform)
    platform.media.forget(first)
    with pytest.raises(Temporary) as told:
        await send(content)
    assert (told.value.error.code, told.value.tries) == ("100", 1)
    assert "uploaded again" in str(told.value.error.explanation)
    await send(content)
    (second,) = uploaded(platform)
    assert second != first
    assert len(platform.sent) == 2


async def test_whoever_was_under_way_with_it_waits_for_one_new_upload(
    platform: WhatsAppPlatform, send: Sender, stored: str
) -> None:
    picture = Image(media=Media(stored_id=stored))
    await send(picture)
    platform.media.forget(uploaded(platform)[0])
    refused = await asyncio.gather(*[send(picture) for _ in range(10)], return_exceptions=True)
    assert all(isinstance(each, Temporary) for each in refused)
    await asyncio.gather(*[send(picture) for _ in range(10)])
    assert len({each.body["image"]["id"] for each in platform.sent}) == 2
    assert len(uploaded(platform)) == 1


async def test_another_process_finds_the_new_upload(
    platform: WhatsAppPlatform, send: Sender, stored: str, here: Stage
) -> None:
    picture = Image(media=Media(stored_id=stored))
    other = Sender(WhatsAppChannel(account_of(platform)), here)
    for each in (send, other):
        await each(picture)
    platform.media.forget(uploaded(platform)[0])
    for each in (send, other):
        with pytest.raises(Temporary):
            await each(picture)
        await each(picture)
    assert len(uploaded(platform)) == 1


async def test_a_file_that_is_not_ours_is_refused_for_good(
    platform: WhatsAppPlatform, send: Sender
) -> None:
    gone = platform.media.keep(JPEG, "image/jpeg").id
    platform.media.forget(gone)
    with pytest.raises(Rejected) as refused:
        await send(Image(media=Media(platform_id=gone)))
    assert "attachment ID" in str(refused.value.error.title)


async def test_other_refusals_forget_no_upload(
    platform: WhatsAppPlatform, send: Sender, stored: str
) -> None:
    picture = Image(media=Media(stored_id=stored))
    await send(picture)
    platform.fail_next(131009, details="caption is too long")
    with pytest.raises(Rejected):
        await send(picture)
    await send(picture)
    assert len(uploaded(platform)) == 1


async def test_a_file_that_the_platform_does_not_like_is_not_uploaded_again_and_again(
    platform: WhatsAppPlatform, send: Sender, stored: str
) -> None:
    picture = Image(media=Media(stored_id=stored))
    platform.fail_next(131053, times=3)
    for _ in range(3):
        with pytest.raises(Temporary) as told:
            await send(picture)
        assert told.value.tries == 1
    await send(picture)
    assert len(uploaded(platform)) == 2
