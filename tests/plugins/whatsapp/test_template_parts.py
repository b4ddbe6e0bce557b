"""What each part of a template takes: told before it is queued, and refused by the platform too."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.api import (
    DefinedButton,
    Media,
    MediaParameter,
    OutboundMessage,
    PlatformFailure,
    ProductParameter,
    Template,
    TemplateButton,
    TemplateCard,
    TemplateDefinition,
    TextParameter,
)
from gateway.testing.host import Stage
from gateway.testing.whatsapp import WhatsAppPlatform
from gateway_whatsapp.channel import WhatsAppChannel
from tests.plugins.whatsapp.simulated import account_of
from tests.plugins.whatsapp.template_desk import BUSINESS, Desk, filled

FILE = Media(url="https://files.example/1")
PRODUCT = TemplateCard(header=ProductParameter(catalog_id="7", product_id="rye"))
PHOTO = {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["4::x"]}}
REPLY = {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "This one"}]}


def photo(text: str = "rye") -> TemplateCard:
    header = MediaParameter(format="image", media=FILE)
    return TemplateCard(header=header, body=(TextParameter(text=text),))


def has(platform: WhatsAppPlatform, name: str, *components: dict[str, Any], **more: Any) -> None:
    body = more.pop("body", "Here is our bread.")
    platform.template(name, body, category="MARKETING", components=list(components), **more)


def everything(platform: WhatsAppPlatform) -> None:
    """One template for each part."""
    flow = {"type": "FLOW", "text": "Open", "flow_id": "12", "flow_action": "data_exchange"}
    has(platform, "form", {"type": "BUTTONS", "buttons": [flow]})
    example = {"header_text_named_params": [{"param_name": "kind", "example": "rye"}]}
    headed = {"type": "HEADER", "format": "TEXT", "text": "Bread: {{kind}}", "example": example}
    has(platform, "named", headed, body="Dear {{name}}, here is our bread for today.")
    numbered = {**headed, "text": "Bread: {{1}}", "example": {"header_text": ["rye"]}}
    has(platform, "numbered", numbered)
    words = {"type": "BODY", "text": "Bread of {{1}} for you.", "example": {"body_text": [["rye"]]}}
    card = {"components": [PHOTO, words, REPLY]}
    has(platform, "photos", {"type": "CAROUSEL", "cards": [card, card]})
    view = {"type": "BUTTONS", "buttons": [{"type": "SPM", "text": "View"}]}
    sold = {"components": [{"type": "HEADER", "format": "PRODUCT"}, view]}
    has(platform, "products", {"type": "CAROUSEL", "cards": [sold, sold]})
    has(platform, "moving", {"type": "HEADER", "format": "GIF"})


def named(header: str | None, kind: str | None = "kind") -> Template:
    found = None if header is None else TextParameter(text=header, name=kind)
    body = (TextParameter(text="Ana", name="name"),)
    return Template(name="named", language="en_US", header=found, body=body)


def sends(name: str, **more: Any) -> Template:
    return filled(name=name, **more)


def flow(**more: Any) -> tuple[TemplateButton, ...]:
    return (TemplateButton(index=0, type="flow", **more),)


def moving(form: Any) -> Template:
    return sends("moving", header=MediaParameter(format=form, media=FILE))


async def code_of(desk: Desk, template: Template) -> str | None:
    """Send it unchecked, and return the error that the platform answers with."""
    message = OutboundMessage(account="whatsapp", to="351911111111", content=template)
    (call,) = desk.channel.render(message).calls
    try:
        desk.channel.read_answer(await desk.channel.deliver(call, desk.host))
    except PlatformFailure as failure:
        return failure.error.code
    return None


@pytest.mark.parametrize(
    "template",
    [
        sends("form", buttons=flow()),
        sends("form", buttons=flow(data={"day": 1})),
        named("x" * 53),
        sends("numbered", header=TextParameter(text="x" * 53)),
        sends("photos", cards=(photo("x" * 142), photo())),
        sends("products", cards=(PRODUCT,) * 2),
        sends("products", cards=(PRODUCT,) * 10),
    ],
    ids=lambda template: template.name,
)
async def test_what_fits_each_part_the_platform_takes(
    platform: WhatsAppPlatform, desk: Desk, template: Template
) -> None:
    everything(platform)
    await desk.shelf.sync(desk.host)
    assert await desk.told(template) == {}
    assert await code_of(desk, template) is None


@pytest.mark.parametrize(
    ("template", "path", "told", "code"),
    [
        (sends("form"), "$.content.buttons", "button 0 ('Open') needs", "131009"),
        (named("x" * 54), "$.content.header", "61 characters, 60 at most", "132005"),
        (named("rye", None), "$.content.header.name", "is missing: the variable is 'kind'", "132012"),
        (named("rye", "sort"), "$.content.header.name", "'sort' is no variable", "132012"),
        (
            sends("numbered", header=TextParameter(text="x" * 54)),
            "$.content.header",
            "61 characters, 60 at most",
            "132005",
        ),
        (
            sends("photos", cards=(photo(), photo("x" * 143))),
            "$.content.cards[1].body",
            "161 characters, 160 at most",
            "132005",
        ),
        (sends("photos", cards=(photo(),) * 3), "$.content.cards", "has 3 cards, the template has 2", "132012"),
        (sends("products", cards=(PRODUCT,)), "$.content.cards", "must have from 2 to 10", "132012"),
        (sends("products", cards=(PRODUCT, photo())), "$.content.cards[1].header", "is a product", "132012"),
        (moving("video"), "$.content.header", "the template's header is a gif", "132012"),
    ],
)  # fmt: skip
async def test_what_does_not_fit_a_part_is_told_as_the_platform_would(
    platform: WhatsAppPlatform, desk: Desk, template: Template, path: str, told: str, code: str
) -> None:
    everything(platform)
    await desk.shelf.sync(desk.host)
    assert told in (await desk.told(template)).get(path, "nothing")
    assert await code_of(desk, template) == code


@pytest.mark.parametrize(
    ("way", "told"),
    [
        ("off", {"$.content.header": "is a gif, which needs the account's `marketing_messages`"}),
        ("fallback", {}),
        ("strict", {}),
    ],
)
async def test_a_header_that_moves_goes_the_way_of_marketing_only(
    platform: WhatsAppPlatform, here: Stage, way: Any, told: dict[str, str]
) -> None:
    everything(platform)
    desk = Desk(WhatsAppChannel(account_of(platform, marketing_messages=way)), here)
    await desk.shelf.sync(desk.host)
    assert await desk.told(moving("gif")) == told


async def test_an_order_to_be_paid_goes_as_raw_only(platform: WhatsAppPlatform, desk: Desk) -> None:
    pay = {"type": "BUTTONS", "buttons": [{"type": "ORDER_DETAILS", "text": "Pay"}]}
    has(platform, "order", pay)
    await desk.shelf.sync(desk.host)
    told = (await desk.told(sends("order")))["$.content.buttons"]
    assert told.endswith("button 0 ('Pay') needs the order, which only `raw` can carry")


async def test_a_name_for_a_numbered_header_is_too_much(
    platform: WhatsAppPlatform, desk: Desk
) -> None:
    everything(platform)
    await desk.shelf.sync(desk.host)
    template = sends("numbered", header=TextParameter(text="rye", name="kind"))
    assert "numbered" in (await desk.told(template))["$.content.header.name"]


@pytest.mark.parametrize("synced", [True, False])
async def test_a_code_has_fifteen_characters_at_most(
    platform: WhatsAppPlatform, desk: Desk, *, synced: bool
) -> None:
    code = DefinedButton(type="one_time_code", code="copy_code")
    definition = TemplateDefinition(
        name="login", language="es", category="authentication", buttons=(code,)
    )
    await desk.shelf.create(definition, desk.host)
    await desk.hears(platform.templates.all(BUSINESS)[0].approved(), platform=platform)
    if synced:
        await desk.shelf.sync(desk.host)

    def login(code: str) -> Template:
        button = TemplateButton(index=0, type="url", text=code)
        return filled(code, name="login", language="es", buttons=(button,))

    assert await desk.told(login("1" * 15)) == {}
    told = await desk.told(login("1" * 16))
    assert set(told) == {"$.content.body[0].text", "$.content.buttons[0].text"}
    assert set(told.values()) == {"has 16 characters, 15 at most for a one-time code"}
