"""Sending for real: files uploaded and calls made, against the simulated Graph API."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from gateway.api import (
    AccountBroken,
    Audio,
    Button,
    Buttons,
    Card,
    Carousel,
    Catalog,
    Document,
    Image,
    InDoubt,
    Media,
    MediaHeader,
    MediaParameter,
    MessageReceived,
    Order,
    OutboundContent,
    OutboundMessage,
    Product,
    Products,
    ProductSection,
    Rejected,
    Secret,
    Sticker,
    Template,
    Temporary,
    Text,
    TextParameter,
    Throttled,
    WebhookRequest,
)
from gateway.testing.host import Stage
from gateway.testing.whatsapp import Contact, OrderLine, WhatsAppPlatform
from gateway_whatsapp.channel import WhatsAppChannel
from tests.plugins.whatsapp.simulated import TO_ANA, Sender, account_of

JPEG = b"\xff\xd8\xff\xe0 a picture"


@pytest.fixture
def ana(platform: WhatsAppPlatform) -> Contact:
    ana = platform.contact(TO_ANA, name="Ana")
    ana.writes("Olá")
    return ana


@pytest.fixture
def send(there: WhatsAppChannel, here: Stage) -> Sender:
    return Sender(there, here)


def uploads(platform: WhatsAppPlatform) -> int:
    return sum(
        times for route, times in platform.cloud.graph.calls.items() if route.edge == "media"
    )


async def test_a_text_reaches_the_contact(
    platform: WhatsAppPlatform, ana: Contact, send: Sender
) -> None:
    receipt = await send(Text(text="Bom dia!"))
    await platform.settled()
    assert [each.said for each in ana.inbox] == ["Bom dia!"]
    assert ana.inbox[0].id == receipt.platform_id
    assert ana.inbox[0].metadata == "r-1"
    assert TO_ANA in [each.value for each in receipt.addresses]


async def test_a_file_of_ours_is_uploaded_before_it_is_sent(
    platform: WhatsAppPlatform, ana: Contact, send: Sender, here: Stage
) -> None:
    stored = await here.keep(JPEG, "image/jpeg")
    await send(Image(media=Media(stored_id=stored), caption="Isto"))
    await platform.settled()
    image = ana.inbox[0].body["image"]
    assert platform.media[image["id"]].data == JPEG
    assert platform.media[image["id"]].mime_type == "image/jpeg"
    assert image["caption"] == "Isto"


async def test_the_same_bytes_are_uploaded_once(
    platform: WhatsAppPlatform, ana: Contact, send: Sender, here: Stage
) -> None:
    first = await here.keep(JPEG, "image/jpeg")
    copy = await here.keep(JPEG, "image/jpeg")
    both = [Image(media=Media(stored_id=first)), Image(media=Media(stored_id=copy))]
    await asyncio.gather(*[send(each) for each in both * 5])
    another_process = Sender(WhatsAppChannel(account_of(platform)), here)
    await another_process(both[0])
    await platform.settled()
    assert len(ana.inbox) == 11
    assert len({each.body["image"]["id"] for each in ana.inbox}) == 1
    assert uploads(platform) == 1


@pytest.mark.usefixtures("ana")
async def test_a_sticker_of_ours_is_as_large_as_one_that_moves_may_be(
    send: Sender, here: Stage
) -> None:
    large = Media(stored_id=await here.keep(b"RIFF" + bytes(102_400), "image/webp"))
    with pytest.raises(Rejected, match="102400 at most"):
        await send(Sticker(media=large))
    assert (await send(Sticker(media=large, animated=True))).platform_id


@pytest.mark.usefixtures("ana")
async def test_files_are_uploaded_wherever_they_stand(
    platform: WhatsAppPlatform, send: Sender, here: Stage
) -> None:
    pictures = [await here.keep(JPEG + bytes([each]), "image/jpeg") for each in range(4)]
    button = Button(id="yes", title="Yes")
    header = MediaHeader(format="image", media=Media(stored_id=pictures[0]))
    cards = tuple(
        Card(
            media=Media(stored_id=each),
            text="Bread",
            buttons=(Button(id=f"b{number}", title="This"),),
        )
        for number, each in enumerate(pictures[1:3])
    )
    await send(Buttons(text="Well?", header=header, buttons=(button,)))
    await send(Carousel(text="Ours", cards=cards))
    await platform.settled()
    buttons, carousel = [each.body["interactive"] for each in platform.sent]
    sent = [buttons["header"]["image"]["id"]]
    sent += [each["header"]["image"]["id"] for each in carousel["action"]["cards"]]
    assert [platform.media[each].data for each in sent] == [
        JPEG + bytes([each]) for each in range(3)
    ]


async def test_a_templates_files_are_uploaded(there: WhatsAppChannel, here: Stage) -> None:
    stored = await here.keep(JPEG, "image/jpeg")
    header = MediaParameter(format="image", media=Media(stored_id=stored))
    content = Template(name="ready", language="pt_PT", header=header)
    message = OutboundMessage(account="whatsapp", to=TO_ANA, content=content)
    ready = await there.prepare(message, here.host)
    assert isinstance(ready.content, Template)
    assert isinstance(ready.content.header, MediaParameter)
    assert ready.content.header.media.platform_id


@pytest.mark.usefixtures("ana")
async def test_a_document_has_the_name_it_is_stored_under(
    platform: WhatsAppPlatform, send: Sender, here: Stage
) -> None:
    stored = await here.keep(b"%PDF-1.7", "application/pdf", filename="fatura.pdf")
    await send(Document(media=Media(stored_id=stored)))
    await send(Document(media=Media(stored_id=stored, filename="other.pdf")))
    assert [each.body["document"]["filename"] for each in platform.sent] == [
        "fatura.pdf",
        "other.pdf",
    ]


async def test_files_elsewhere_are_left_alone(
    platform: WhatsAppPlatform, there: WhatsAppChannel, here: Stage
) -> None:
    for media in (Media(url="https://files.example/a.jpg"), Media(platform_id="9001")):
        message = OutboundMessage(account="whatsapp", to=TO_ANA, content=Image(media=media))
        assert await there.prepare(message, here.host) == message
    assert uploads(platform) == 0


@pytest.mark.parametrize(
    ("data", "mime_type", "told"),
    [
        (b"%PDF-1.7", "application/pdf", "must be one of image/jpeg, image/png"),
        (b"\xff\xd8" + bytes(5 * 1024 * 1024), "image/jpeg", "5242880 at most"),
    ],
)
async def test_a_file_that_cannot_be_sent_so_is_refused_before_it_is_uploaded(
    platform: WhatsAppPlatform, send: Sender, here: Stage, data: bytes, mime_type: str, told: str
) -> None:
    stored = await here.keep(data, mime_type)
    with pytest.raises(Rejected) as refused:
        await send(Image(media=Media(stored_id=stored)))
    assert told in str(refused.value.error.explanation)
    assert uploads(platform) == 0


async def test_a_file_that_is_not_there_is_refused_by_its_id(send: Sender) -> None:
    stored = "0" * 32 + "-0"
    with pytest.raises(Rejected, match=stored):
        await send(Image(media=Media(stored_id=stored)))


async def test_an_upload_that_fails_can_be_tried_again(
    platform: WhatsAppPlatform, ana: Contact, send: Sender, here: Stage
) -> None:
    stored = await here.keep(b"OggS", "audio/ogg")
    sound = Audio(media=Media(stored_id=stored), voice=True)
    platform.fail_next(131016, edge="media")
    with pytest.raises(Temporary):
        await send(sound)
    platform.fail_next(80007, edge="media")
    with pytest.raises(Throttled):
        await send(sound)
    platform.drop_next(edge="media")
    with pytest.raises(Temporary):  # sending a file again harms nobody: never in doubt
        await send(sound)
    await send(sound)
    await platform.settled()
    assert ana.inbox[0].body["audio"]["voice"]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (Product(catalog_id="77", product_id="sku1", text="Rye"), "product"),
        (
            Products(
                catalog_id="77",
                header="Bread",
                text="Ours",
                sections=(ProductSection(title="Rye", product_ids=("sku1", "sku2")),),
            ),
            "product_list",
        ),
        (Catalog(text="All of it", thumbnail_product_id="sku1"), "catalog_message"),
        (
            Carousel(
                text="Ours",
                cards=(
                    Card(catalog_id="77", product_id="sku1"),
                    Card(catalog_id="77", product_id="sku2"),
                ),
            ),
            "carousel",
        ),
    ],
)
async def test_products_go_out(
    platform: WhatsAppPlatform, ana: Contact, send: Sender, content: OutboundContent, kind: str
) -> None:
    await send(content)
    await platform.settled()
    assert ana.inbox[0].body["interactive"]["type"] == kind


async def test_an_order_of_them_comes_in(
    platform: WhatsAppPlatform, ana: Contact, there: WhatsAppChannel
) -> None:
    lines = (OrderLine(product_id="sku1", quantity=2, price=3.5),)
    body = platform.webhook(ana.orders("77", lines, text="For noon")).body
    accounts = dict.fromkeys(there.identities(), (there.account,))
    request = WebhookRequest(body=body, received_at=1_795_000_000_000, accounts=accounts)
    (event,) = there.parse(request)
    assert isinstance(event, MessageReceived)
    order = event.message.content
    assert isinstance(order, Order)
    assert (order.catalog_id, order.text) == ("77", "For noon")
    assert [(each.product_id, each.quantity) for each in order.items] == [("sku1", 2)]


async def test_marketing_goes_through_its_own_endpoint_by_setting(
    platform: WhatsAppPlatform, ana: Contact, here: Stage
) -> None:
    platform.template("sale", "Bread {{1}} is cheap today.", category="MARKETING")
    channel = WhatsAppChannel(account_of(platform, marketing_messages="strict"))
    body = (TextParameter(text="of rye"),)
    sale = Template(name="sale", language="en_US", category="marketing", body=body)
    await Sender(channel, here)(sale)
    await platform.settled()
    assert ana.inbox[0].category == "marketing_lite"
    assert ana.inbox[0].body["product_policy"] == "STRICT"


async def test_a_broken_connection_leaves_the_message_in_doubt(
    platform: WhatsAppPlatform, send: Sender
) -> None:
    platform.drop_next(accepted=True)
    with pytest.raises(InDoubt):
        await send(Text(text="Twice?"))
    assert len(platform.sent) == 1


async def test_a_platform_that_is_away_was_sent_nothing(here: Stage) -> None:
    nowhere = msgspec.structs.replace(WhatsAppChannel.example(), api_url="http://127.0.0.1:1/v26.0")
    with pytest.raises(Temporary):
        await Sender(WhatsAppChannel(nowhere), here)(Text(text="Hello"))


async def test_a_token_that_is_none_breaks_the_account(
    platform: WhatsAppPlatform, here: Stage
) -> None:
    wrong = msgspec.structs.replace(account_of(platform), access_token=Secret("expired"))
    with pytest.raises(AccountBroken):
        await Sender(WhatsAppChannel(wrong), here)(Text(text="Hello"))
