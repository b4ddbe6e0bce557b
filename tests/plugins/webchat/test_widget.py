"""The widget in a real browser, on a page of another site under a strict policy."""

from __future__ import annotations

import pytest
from selenium.webdriver.common.keys import Keys

from gateway.api import (
    Button,
    Buttons,
    MessageReceived,
    Read,
    Text,
    Typing,
)
from tests.plugins.webchat.browser import ROOT, Browser, Set, in_a_browser, started

# One browser for all of them.
pytestmark = pytest.mark.xdist_group("browser")


@in_a_browser
async def test_a_conversation_goes_both_ways_on_a_page_with_a_strict_policy(
    stage: Set, browser: Browser
) -> None:
    async with stage(agent_name="Lucía") as scene:
        ana = await started(scene, browser)
        await browser.write("¿Llega hoy? <b>mi</b> pedido")
        await browser.until(f"{ROOT}.querySelector('.mine .tick[data-state=sent]')")
        await scene.site.say(ana, Typing())
        await browser.until(f"{ROOT}.querySelector('[role=status]').textContent.includes('Lucía')")
        await scene.site.say(ana, Text(text="Sí: https://shop.example/envios/4512."))
        await browser.shows(
            ["¿Llega hoy? <b>mi</b> pedido", "Sí: https://shop.example/envios/4512."]
        )
        link = await browser.run(f"return {ROOT}.querySelector('.theirs a[target=_blank]').href")
        assert link == "https://shop.example/envios/4512"
        events = await scene.site.events()
        (received,) = [each for each in events if isinstance(each, MessageReceived)]
        assert received.message.content == Text(text="¿Llega hoy? <b>mi</b> pedido")
        assert received.message.referral is not None
        assert received.message.referral.headline == "Tienda"
        await scene.site.say(ana, Read(to=received.message.platform_id))
        await browser.until(f"{ROOT}.querySelector('.mine .tick[data-state=read]')")
        await browser.quiet()


@in_a_browser
async def test_what_is_said_while_the_line_is_cut_is_neither_lost_nor_doubled(
    stage: Set, browser: Browser
) -> None:
    async with stage() as scene:
        ana = await started(scene, browser)
        await browser.write("one")
        await browser.until(f"{ROOT}.querySelector('.mine .tick[data-state=sent]')")
        await scene.site.say(ana, Text(text="two"))
        await browser.shows(["one", "two"])
        scene.line.cut()
        await browser.state("lost")
        await browser.write("four")
        await scene.site.say(ana, Text(text="three"))
        assert await browser.texts() == ["one", "two", "four"]
        scene.line.mend()
        await browser.run("dispatchEvent(new Event('online'))")
        await browser.shows(["one", "two", "three", "four"])
        await browser.until(f"{ROOT}.querySelectorAll('.mine .tick[data-state=sent]').length", 2)
        sent = [each for each in await scene.site.events() if isinstance(each, MessageReceived)]
        assert len(sent) == 2


@in_a_browser
async def test_what_was_not_acknowledged_goes_again_after_a_reload(
    stage: Set, browser: Browser
) -> None:
    async with stage() as scene:
        await started(scene, browser)
        await browser.write("first")
        await browser.until(f"{ROOT}.querySelector('.mine .tick[data-state=sent]')")
        # The line dies without a word: the message goes nowhere, and the page is left.
        await browser.run(
            "WebSocket.prototype.send = function () {}; RelevoChat.on('sent', () => { window.gone = true; })"
        )
        await browser.write("second")
        await browser.until("window.gone")
        await started(scene, browser)
        await browser.shows(["first", "second"])
        await browser.until(f"{ROOT}.querySelectorAll('.mine .tick[data-state=sent]').length", 2)


@in_a_browser
async def test_where_sockets_do_not_get_through_it_polls(stage: Set, browser: Browser) -> None:
    async with stage() as scene:
        scene.line.sockets = False
        await browser.open(scene.shop.url)
        await browser.run("RelevoChat.open()")
        await browser.state("polling")
        await browser.write("by hand")
        await browser.until(f"{ROOT}.querySelector('.mine .tick[data-state=sent]')")
        await scene.site.say(await browser.visitor(), Text(text="by post"))
        await browser.shows(["by hand", "by post"])


@in_a_browser
async def test_two_tabs_show_the_same_conversation(stage: Set, browser: Browser) -> None:
    async with stage() as scene:
        ana = await started(scene, browser)
        first = browser.driver.current_window_handle
        browser.driver.switch_to.new_window("tab")
        second = browser.driver.current_window_handle
        try:
            assert await started(scene, browser) == ana
            await browser.write("from the second")
            await browser.until(f"{ROOT}.querySelector('.mine .tick[data-state=sent]')")
            await scene.site.say(ana, Text(text="to both"))
            await browser.shows(["from the second", "to both"])
            browser.driver.switch_to.window(first)
            await browser.shows(["from the second", "to both"])
        finally:
            browser.driver.switch_to.window(second)
            browser.driver.close()
            browser.driver.switch_to.window(first)
        assert len([e for e in await scene.site.events() if isinstance(e, MessageReceived)]) == 1


@in_a_browser
async def test_all_of_it_can_be_done_with_the_keyboard(stage: Set, browser: Browser) -> None:
    async with stage() as scene:
        await browser.open(scene.shop.url)
        await browser.run("document.querySelector('#first').focus()")
        await browser.press(Keys.TAB)
        assert await browser.focused() == "launcher"
        assert (
            await browser.run(f"return {ROOT}.activeElement.getAttribute('aria-expanded')")
            == "false"
        )
        await browser.press(Keys.ENTER)
        await browser.state("online")
        assert await browser.focused() == "TEXTAREA"
        await browser.press("Hola", Keys.ENTER)
        await browser.shows(["Hola"])
        await scene.site.say(
            await browser.visitor(),
            Buttons(text="¿Seguimos?", buttons=(Button(id="yes", title="Sí"),)),
        )
        await browser.shows(["Hola", "¿Seguimos?"])
        for _ in range(12):
            await browser.back()
            if await browser.run(f"return {ROOT}.activeElement.dataset.choice || ''") == "yes":
                break
        await browser.press(Keys.ENTER)
        await browser.shows(["Hola", "¿Seguimos?", "Sí"])
        # Emoji by the arrow keys; Escape closes the shelf first, then the panel.
        await browser.run(f"{ROOT}.querySelector('.composer > .plain').focus()")
        await browser.press(Keys.ENTER, Keys.ARROW_RIGHT, Keys.ARROW_DOWN)
        picked = await browser.run(f"return {ROOT}.activeElement.textContent")
        await browser.press(Keys.ENTER, Keys.ENTER)
        await browser.shows(["Hola", "¿Seguimos?", "Sí", picked])
        await browser.press(Keys.ESCAPE)
        assert await browser.focused() == "launcher"
        assert await browser.run(f"return {ROOT}.querySelector('#panel').hidden")


@in_a_browser
async def test_what_screen_readers_are_told(stage: Set, browser: Browser) -> None:
    async with stage(title="Café Andino") as scene:
        ana = await started(scene, browser)
        await scene.site.say(ana, Text(text="Hola"))
        await browser.shows(["Hola"])
        script = f"""const found = {{}};
        for (const each of {ROOT}.querySelectorAll('[role]'))
            if (each.id === 'panel' || each.className === 'log')
                found[each.getAttribute('role')] = [each.getAttribute('aria-label'), each.getAttribute('aria-live')];
        found.unnamed = [...{ROOT}.querySelectorAll('button, textarea, input:not([type=file]), a')]
            .filter((each) => !(each.getAttribute('aria-label') || each.textContent.trim()
                || {ROOT}.querySelector(`label[for="${{each.id}}"]`))).map((each) => each.outerHTML);
        return found"""
        found = await browser.run(script)
        assert found["dialog"] == ["Café Andino", None]
        assert found["log"] == ["Conversación", "polite"]
        assert found["unnamed"] == []
