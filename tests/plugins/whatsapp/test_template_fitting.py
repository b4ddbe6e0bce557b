"""Whether what is to be sent fits its template, with the simulated platform as the judge."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.api import (
    CodeApp,
    DefinedButton,
    DefinedHeader,
    Media,
    MediaParameter,
    Offer,
    OutboundMessage,
    Template,
    TemplateButton,
    TemplateCard,
    TemplateDefinition,
    TextParameter,
)
from gateway.testing.host import Stage
from gateway.testing.whatsapp import WhatsAppPlatform
from tests.plugins.whatsapp.template_desk import (
    BUSINESS,
    JPEG,
    URL_BUTTON,
    Desk,
    card,
    everything_filled,
    filled,
    with_everything,
)


async def test_what_fits_is_sent_without_a_word(platform: WhatsAppPlatform, desk: Desk) -> None:
    platform.template("ready", "Order {{1}} is ready, {{2}} can come.")
    platform.template("hello", "Dear {{first_name}}, we are open.")
    assert await desk.told(filled("anything")) == {}, "nothing was synced: nothing is known"
    await desk.shelf.sync(desk.host)
    assert await desk.told(filled("A-17", "Ana")) == {}
    named = (TextParameter(text="Ana", name="first_name"),)
    assert await desk.told(Template(name="hello", language="en_US", body=named)) == {}


@pytest.mark.parametrize(
    ("template", "path", "told"),
    [
        (filled("A-17"), "$.content.body[1]", "is missing: the template's body has the variable {{2}}"),
        (filled("A", "B", "C"), "$.content.body[2]", "is too much: the template's body has 2 variables"),
        (filled("A", "x" * 1100), "$.content.body", "makes a text of 1128 characters, 1024 at most"),
        (filled("A", "B", name="redy"), "$.content.name", "did you mean 'ready'?"),
        (filled("A", "B", language="fr"), "$.content.name", "it is in en_US"),
        (
            Template(name="hello", language="en_US", body=(TextParameter(text="Ana", name="name"),)),
            "$.content.body[0].name",
            "'name' is no variable of the template's body; it has first_name",
        ),
        (
            Template(name="hello", language="en_US"),
            "$.content.body",
            "lacks a parameter named 'first_name'",
        ),
        (filled("Ana", name="hello"), "$.content.body[0].name", "is missing"),
        (
            filled("A", "B", header=TextParameter(text="Hi")),
            "$.content.header",
            "must not be given: the template's header is not there",
        ),
        (filled("A", name="photo"), "$.content.header", "is a image: give a parameter"),
        (
            filled("A", name="photo", header=TextParameter(text="Hi")),
            "$.content.header",
            "does not fit",
        ),
        (
            filled("A", name="tracked"),
            "$.content.buttons",
            "button 0 ('Track') needs the end of its address",
        ),
        (
            filled("A", name="tracked", buttons=(TemplateButton(index=0, type="quick_reply", payload="p"),)),
            "$.content.buttons[0].type",
            "is quick_reply: button 0 of the template is url",
        ),
        (
            filled("A", name="tracked", buttons=(TemplateButton(index=3, type="url", text="x"),)),
            "$.content.buttons[0].index",
            "is 3: the template has 2 buttons",
        ),
    ],
)  # fmt: skip
async def test_what_does_not_fit_is_named_before_it_is_queued(
    platform: WhatsAppPlatform, desk: Desk, template: Template, path: str, told: str
) -> None:
    platform.template("ready", "Order {{1}} is ready, {{2}} can come.")
    platform.template("hello", "Dear {{first_name}}, we are open.")
    shown = {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["4::x"]}}
    platform.template("photo", "Order {{1}} looks like this.", components=[shown])
    link = {"type": "URL", "text": "Track", "url": "https://a.example/{{1}}", "example": ["x"]}
    buttons = {"type": "BUTTONS", "buttons": [link, {"type": "QUICK_REPLY", "text": "Stop"}]}
    platform.template("tracked", "Order {{1}} is on its way.", components=[buttons])
    await desk.shelf.sync(desk.host)
    found = await desk.told(template)
    assert told in found[path], found


async def test_what_passes_the_check_the_platform_takes(
    platform: WhatsAppPlatform, desk: Desk, here: Stage
) -> None:
    """The whole way: created here, approved there, checked and sent."""
    stored = await here.keep(JPEG, "image/jpeg")
    await desk.shelf.create(with_everything(stored), desk.host)
    await desk.shelf.sync(desk.host)
    assert "is still under review" in (await desk.told(everything_filled(stored)))["$.content.name"]
    await desk.hears(platform.templates.all(BUSINESS)[0].approved(), platform=platform)
    assert await desk.told(everything_filled(stored)) == {}
    message = OutboundMessage(
        account="whatsapp", to="351911111111", content=everything_filled(stored)
    )
    assert not desk.channel.check(message)
    ready = await desk.channel.prepare(message, desk.host)
    for call in desk.channel.render(ready).calls:
        desk.channel.read_answer(await desk.channel.deliver(call, desk.host))
    assert [each.said for each in platform.sent] == ["Order A-17 is ready, Ana can come."]


async def test_every_form_of_template_is_taken_by_the_platform_and_known_again(
    desk: Desk, here: Stage
) -> None:
    stored = await here.keep(JPEG, "image/jpeg")
    words: Any = {"language": "es", "category": "marketing"}
    made = [
        TemplateDefinition(
            name="named",
            **words,
            header=DefinedHeader(format="text", text="Hola {{name}}", example="Ana"),
            body="Hola {{name}}, tu pan de {{kind}} te espera ya en la tienda.",
            examples={"name": "Ana", "kind": "centeno"},
        ),
        TemplateDefinition(name="cards", **words, body="Nuestro pan de hoy", cards=(card(stored, 1), card(stored, 2))),
        TemplateDefinition(
            name="offer",
            **words,
            body="Solo hoy, pan a mitad de precio",
            offer=Offer(text="Hasta las ocho", expires=True),
            buttons=(DefinedButton(type="copy_code", example="PAN50"), URL_BUTTON),
        ),
        TemplateDefinition(
            name="form",
            **words,
            body="Dinos tu opinión",
            buttons=(DefinedButton(type="flow", text="Abrir", flow="123", screen="ONE"),),
        ),
        TemplateDefinition(
            name="shop",
            **words,
            body="Mira lo que hay",
            buttons=(DefinedButton(type="catalog", text="Ver catálogo"),),
        ),
        TemplateDefinition(
            name="several",
            **words,
            body="Mira esto",
            header=DefinedHeader(format="text", text="Pan"),
            buttons=(DefinedButton(type="products", text="Ver"),),
        ),
        TemplateDefinition(
            name="call",
            **words,
            body="Llámanos si quieres",
            buttons=(DefinedButton(type="voice_call", text="Llamar", ttl_minutes=100),),
        ),
        TemplateDefinition(name="may_we", **words, body="¿Te podemos llamar?", call_permission=True),
        TemplateDefinition(
            name="number", **words, body="Danos tu número", buttons=(DefinedButton(type="contact_request"),)
        ),
        TemplateDefinition(
            name="place", **words, body="Estamos aquí", header=DefinedHeader(format="location")
        ),
        TemplateDefinition(
            name="code",
            language="es",
            category="authentication",
            security_recommendation=True,
            code_minutes=10,
            buttons=(
                DefinedButton(
                    type="one_time_code",
                    code="one_tap",
                    text="Copiar",
                    autofill_text="Rellenar",
                    apps=(CodeApp(package_name="com.example", signature_hash="K8a/AINcGX7"),),
                ),
            ),
            ttl_seconds=600,
        ),
    ]  # fmt: skip
    for each in made:
        assert desk.shelf.check_definition(each) == (), each.name
        await desk.shelf.create(each, desk.host)
    found = {each.definition.name: each.definition for each in await desk.shelf.sync(desk.host)}
    for each in made:
        back = found[each.name]
        assert (back.category, back.footer, back.examples) == (
            each.category,
            each.footer,
            each.examples,
        )
        if each.name not in {"cards", "code"}:
            assert (back.body, back.buttons, back.header) == (each.body, each.buttons, each.header)
            assert (back.offer, back.call_permission) == (each.offer, each.call_permission)
    assert [each.body for each in found["cards"].cards] == [each.body for each in made[1].cards]
    assert (found["code"].code_minutes, found["code"].ttl_seconds) == (10, 600)


async def test_a_one_time_code_is_checked_as_the_platform_keeps_it(
    platform: WhatsAppPlatform, desk: Desk
) -> None:
    code = DefinedButton(type="one_time_code", code="copy_code")
    definition = TemplateDefinition(
        name="code", language="es", category="authentication", buttons=(code,)
    )
    await desk.shelf.create(definition, desk.host)
    await desk.hears(platform.templates.all(BUSINESS)[0].approved(), platform=platform)
    button = TemplateButton(index=0, type="url", text="123456")
    good = filled("123456", name="code", language="es", buttons=(button,))
    assert await desk.told(good) == {}, "before the platform's own words are known"
    await desk.shelf.sync(desk.host)
    assert await desk.told(good) == {}
    assert set(await desk.told(filled("123456", name="code", language="es"))) == {
        "$.content.buttons"
    }


async def test_cards_are_checked_one_by_one(
    platform: WhatsAppPlatform, desk: Desk, here: Stage
) -> None:
    stored = await here.keep(JPEG, "image/jpeg")
    cards = (card(stored, 1), card(stored, 2))
    definition = TemplateDefinition(
        name="cards", language="es", category="marketing", body="Nuestro pan de hoy", cards=cards
    )
    await desk.shelf.create(definition, desk.host)
    await desk.hears(platform.templates.all(BUSINESS)[0].approved(), platform=platform)
    picture = MediaParameter(format="image", media=Media(stored_id=stored))
    good = TemplateCard(header=picture)

    async def told(*given: TemplateCard) -> dict[str, str]:
        return await desk.told(filled(name="cards", language="es", cards=given))

    assert await told(good, good) == {}
    assert set(await told(good)) == {"$.content.cards"}
    assert set(await told(good, TemplateCard())) == {"$.content.cards[1].header"}
