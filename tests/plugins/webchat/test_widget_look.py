"""How the widget looks: on every screen, in every language, to those who do not see it."""

from __future__ import annotations

import gzip
from typing import Any

import pytest

from gateway.api import (
    Button,
    Buttons,
    MessageReceived,
    Read,
    Text,
    Typing,
)
from gateway_webchat.pages import widget
from tests.plugins.webchat.browser import ROOT, Browser, Set, in_a_browser
from tests.plugins.webchat.site import OpenSite, Site, account

# One browser for all of them.
pytestmark = pytest.mark.xdist_group("browser")
CAFE: dict[str, Any] = {
    "title": "Café Andino",
    "greeting": "¡Hola! Soy el equipo de Café Andino. ¿En qué te ayudamos?",
    "color": "#0f766e",
    "language": "es",
}


def test_the_widget_is_small() -> None:
    packed = gzip.compress(widget(account()), 9)
    assert len(packed) < 25_000


async def converse(site: Site, browser: Browser) -> None:
    """Say what is to be seen on a photograph."""
    ana = await browser.visitor()
    name = {"agent_name": "Lucía"}
    await browser.write("Hola, ¿dónde está mi pedido 4512?")
    await browser.until(f"{ROOT}.querySelector('.mine .tick[data-state=sent]')")
    await site.say(
        ana, Text(text="¡Hola, Ana! Salió ayer y llega hoy antes de las 18:00."), metadata=name
    )
    offered = ("Seguir el envío", "Cambiar la dirección", "Hablar con Lucía")
    buttons = tuple(Button(id=each[:3], title=each) for each in offered)
    await site.say(ana, Buttons(text="¿Qué quieres hacer?", buttons=buttons), metadata=name)
    (received,) = [e for e in await site.events() if isinstance(e, MessageReceived)]
    await site.say(ana, Read(to=received.message.platform_id))
    await browser.until(f"{ROOT}.querySelector('.mine .tick[data-state=read]')")
    await site.say(ana, Typing(), metadata=name)
    await browser.until(f"{ROOT}.querySelector('.dots')")


@in_a_browser
@pytest.mark.parametrize(
    ("language", "words"),
    [("es", "Escribe un mensaje…"), ("en", "Write a message…"), ("pt", "Escreva uma mensagem…")],
)
async def test_it_speaks_three_languages(
    stage: Set, browser: Browser, language: str, words: str
) -> None:
    async with stage(language=language) as scene:
        await browser.open(scene.shop.url)
        found = await browser.run(f"return {ROOT}.querySelector('textarea').placeholder")
        assert found == words


@in_a_browser
@pytest.mark.parametrize(
    ("name", "width", "height", "phone", "dark"),
    [
        ("desktop", 1280, 800, False, False),
        ("dark", 1280, 800, False, True),
        ("phone", 390, 844, True, False),
        ("phone-dark", 390, 844, True, True),
    ],
)
async def test_it_fits_every_screen(
    open_site: OpenSite,
    browser: Browser,
    name: str,
    width: int,
    height: int,
    *,
    phone: bool,
    dark: bool,
) -> None:
    async with open_site(**CAFE) as site:
        await browser.screen(width, height, phone=phone, dark=dark)
        try:
            await browser.open(f"{site.url}/")
            await browser.state("online")
            await converse(site, browser)
            box = await browser.run(
                f"const box = {ROOT}.querySelector('#panel').getBoundingClientRect();"
                "return [box.left, box.top, box.right, box.bottom]"
            )
            background = await browser.run(
                f"return getComputedStyle({ROOT}.querySelector('#panel')).backgroundColor"
            )
            assert (background == "rgb(255, 255, 255)") is not dark
            inside = box[0] >= 0 and box[1] >= 0 and box[2] <= width and box[3] <= height
            assert inside, box
            assert (box == [0, 0, width, height]) is phone
            await browser.photograph(name)
        finally:
            await browser.screen(1280, 800)
