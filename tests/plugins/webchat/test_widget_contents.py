"""What the widget shows and sends, in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from selenium.webdriver.common.keys import Keys

from gateway.api import (
    Button,
    Buttons,
    Choice,
    ContactTyping,
    ContactUpdated,
    Edit,
    Flow,
    Form,
    Image,
    ListMenu,
    Media,
    MessageReceived,
    MessageStatus,
    Row,
    Secrets,
    Section,
    Span,
    Text,
)
from gateway_webchat.settings import Field
from tests.plugins.webchat.browser import ROOT, Browser, Set, in_a_browser, started
from tests.plugins.webchat.test_identity import KEY, identity

# One browser for all of them.
pytestmark = pytest.mark.xdist_group("browser")


PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c63f8cf50f01f0005000201a5f645400000000049454e44ae426082"
)


@in_a_browser
async def test_a_page_of_another_site_shows_no_conversation(stage: Set, browser: Browser) -> None:
    async with stage(friends=False) as scene:
        await browser.open(scene.shop.url)
        await browser.run("RelevoChat.open()")
        await browser.state("refused")
        assert await browser.run("return localStorage.length") == 0
        assert await browser.until(f"!{ROOT}.querySelector('.notice').hidden")


@in_a_browser
async def test_another_visitor_of_the_browser_sees_nothing_of_the_first(
    stage: Set, browser: Browser
) -> None:
    async with stage(identity_key=Secrets(KEY)) as scene:
        ana = await started(scene, browser)
        await browser.write("a secret")
        await browser.until(f"{ROOT}.querySelector('.mine .tick[data-state=sent]')")
        await browser.run("RelevoChat.identify(arguments[0])", identity())
        await browser.until("JSON.stringify(localStorage).includes('token')")
        await browser.state("online")
        await browser.shows([])
        assert await browser.visitor() == "customer-4711"
        await scene.site.say("customer-4711", Text(text="for the customer"))
        await browser.shows(["for the customer"])
        await browser.run("RelevoChat.reset()")
        await browser.shows([])
        await browser.state("online")
        assert await browser.visitor() not in {ana, "customer-4711"}


@in_a_browser
async def test_a_file_goes_up_and_is_shown(stage: Set, browser: Browser, tmp_path: Path) -> None:
    picture = tmp_path / "mi gato.png"
    picture.write_bytes(PIXEL)
    async with stage() as scene:
        ana = await started(scene, browser)
        chooser = await browser.element("input[type=file]")
        chooser.send_keys(str(picture))
        await browser.until(f"{ROOT}.querySelector('.mine .picture img')?.naturalWidth", 1)
        (received, _) = [
            each for each in await scene.site.events() if not isinstance(each, ContactTyping)
        ]
        assert isinstance(received, MessageReceived)
        assert isinstance(received.message.content, Image)
        assert received.message.content.media.filename == "mi gato.png"
        stored_id = received.message.content.media.stored_id
        told = Span(type="link", offset=0, length=4, value="https://www.example.com/gatos")
        shown = Image(media=Media(stored_id=stored_id), caption="Back to you", spans=(told,))
        await scene.site.say(ana, shown)
        await browser.until(f"{ROOT}.querySelector('.theirs .picture img')?.naturalWidth", 1)
        assert await browser.run(f"return {ROOT}.querySelector('.theirs p a').href") == told.value
        # And after a reload, from us and with the session only.
        await started(scene, browser)
        await browser.until(f"{ROOT}.querySelector('.mine .picture img')?.naturalWidth", 1)
        await browser.quiet()


@in_a_browser
async def test_a_file_of_an_unwanted_type_is_told(
    stage: Set, browser: Browser, tmp_path: Path
) -> None:
    page = tmp_path / "page.png"
    page.write_bytes(b"<!doctype html><script>alert(1)</script>")
    async with stage() as scene:
        await started(scene, browser)
        (await browser.element("input[type=file]")).send_keys(str(page))
        await browser.until(f"{ROOT}.querySelector('.notice').textContent.includes('no se acepta')")
        assert [e for e in await scene.site.events() if isinstance(e, MessageReceived)] == []


@in_a_browser
async def test_buttons_lists_and_forms_are_answered(stage: Set, browser: Browser) -> None:
    async with stage() as scene:
        ana = await started(scene, browser)
        buttons = await scene.site.say(
            ana,
            Buttons(
                text="¿Cuál?", buttons=(Button(id="a", title="Uno"), Button(id="b", title="Dos"))
            ),
        )
        await browser.click("[data-choice=b]")
        await browser.shows(["¿Cuál?", "Dos"])
        assert await browser.run(f"return {ROOT}.querySelector('[data-choice=a]').disabled")
        rows = (Row(id="mon", title="Lunes"), Row(id="tue", title="Martes", description="9-18"))
        menu = ListMenu(
            text="¿Cuándo?", button="Días", sections=(Section(title="Marzo", rows=rows),)
        )
        await scene.site.say(ana, menu)
        await browser.click(".opener")
        await browser.click("[data-choice=tue]")
        fields = [
            {"name": "email", "label": "Correo", "type": "email", "required": True},
            {"name": "news", "label": "Novedades", "type": "checkbox"},
        ]
        await scene.site.say(
            ana, Flow(text="Tus datos", title="Abrir", flow="data", data={"fields": fields})
        )
        await browser.click("[data-choice=data]")
        await browser.press("ana", Keys.ENTER)
        await browser.until(f"{ROOT}.querySelector('.form .error')?.textContent")
        await browser.press("@shop.example", Keys.ENTER)
        await browser.until(f"{ROOT}.querySelectorAll('.mine .tick[data-state=sent]').length", 3)
        contents = [
            (each.message.content, each.message.reply_to)
            for each in await scene.site.events()
            if isinstance(each, MessageReceived)
        ]
        choice, quoted = contents[0]
        assert choice == Choice(source="button", id="b", title="Dos")
        assert quoted is not None
        assert quoted.platform_id == buttons.platform_id
        assert contents[1][0] == Choice(source="list", id="tue", title="Martes")
        assert contents[2][0] == Form(
            name="data",
            response={"email": "ana@shop.example", "news": False},
            text="Correo: ana@shop.example",
        )
        await browser.quiet()


@in_a_browser
async def test_a_form_before_the_chat_is_filled_in_first(stage: Set, browser: Browser) -> None:
    form = (
        Field(name="name", label={"es": "Nombre", "en": "Name"}, required=True),
        Field(name="email", label="Correo", type="email", required=True),
    )
    async with stage(form=form) as scene:
        await browser.open(scene.shop.url)
        await browser.run("RelevoChat.open()")
        await browser.state("form")
        await browser.until(f"{ROOT}.activeElement && {ROOT}.activeElement.name", "name")
        await browser.press("Ana", Keys.TAB, "ana@shop.example", Keys.ENTER)
        await browser.state("online")
        assert await browser.focused() == "TEXTAREA"
        await browser.write("Hola")
        await browser.shows(["Hola"])
        events = await scene.site.events()
        (changed,) = [each for each in events if isinstance(each, ContactUpdated)]
        assert changed.change.facts == {"name": "Ana", "email": "ana@shop.example"}


@in_a_browser
async def test_what_is_not_seen_yet_is_counted_and_told_of_once_seen(
    stage: Set, browser: Browser
) -> None:
    async with stage() as scene:
        ana = await started(scene, browser)
        await browser.write("Hola")
        await browser.click(".close")
        for number in range(3):
            await scene.site.say(ana, Text(text=str(number)))
        badge = f"{ROOT}.querySelector('.badge').textContent"
        await browser.until(badge, "3")
        label = f"{ROOT}.querySelector('.launcher').getAttribute('aria-label')"
        assert await browser.run(f"return {label}") == "Abrir el chat, 3 mensajes sin leer"
        await browser.open(scene.shop.url)  # it survives a reload
        await browser.until(badge, "3")
        await browser.click(".launcher")
        await browser.until(f"{ROOT}.querySelector('.badge').hidden")
        await browser.until(
            "JSON.stringify(localStorage).includes('read') && told.some(([name, detail]) => name === 'unread' && detail.count === 0)"
        )
        for _ in range(100):
            read = [
                each
                for each in await scene.site.events()
                if isinstance(each, MessageStatus) and each.status.status == "read"
            ]
            if len(read) == 3:
                break
            await browser.run("return 0")
        assert len(read) == 3


@in_a_browser
async def test_edits_are_shown_and_typing_is_told(stage: Set, browser: Browser) -> None:
    async with stage() as scene:
        ana = await started(scene, browser)
        receipt = await scene.site.say(ana, Text(text="Llega a las 5"))
        await browser.shows(["Llega a las 5"])
        assert receipt.platform_id is not None
        await scene.site.say(ana, Edit(to=receipt.platform_id, text="Llega a las 6"))
        await browser.shows(["Llega a las 6"])
        await browser.run(f"{ROOT}.querySelector('textarea').focus()")
        await browser.press("Gracias", Keys.ENTER)
        await browser.shows(["Llega a las 6", "Gracias"])
        await browser.until(f"{ROOT}.querySelector('.mine .tick[data-state=sent]')")
        typing = [
            each.typing for each in await scene.site.events() if isinstance(each, ContactTyping)
        ]
        assert typing == [True, False]
