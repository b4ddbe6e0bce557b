"""A real browser on a page of a real site, between which and the daemon a line can be cut."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Final, Protocol

import msgspec
import pytest
from aiohttp import web
from selenium import webdriver
from selenium.webdriver.chrome.service import Service as ChromeService
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from tests.plugins.webchat.site import ACCOUNT, Site

CHROMIUM: Final = shutil.which("chromium")
DRIVER: Final = shutil.which("chromedriver")
PATIENCE_SECONDS: Final = 30.0
RESULTS: Final = Path(__file__).parents[3] / "test-results" / "webchat"
FLAGS: Final = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
)

PAGE: Final = """<!doctype html><html lang="es"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tienda</title><script src="/watch.js"></script></head>
<body><a href="#first" id="first">Inicio</a><script src="{script}" async {attributes}></script></body></html>"""
WATCH: Final = """window.violations = [];
addEventListener('securitypolicyviolation', (event) => violations.push(event.violatedDirective + ' ' + event.blockedURI));
window.told = [];
for (const each of ['ready', 'opened', 'closed', 'message', 'unread', 'sent', 'identity'])
  addEventListener('relevochat:' + each, (event) => told.push([each, event.detail]));
"""


class Line:
    """Passes bytes between the browser and the daemon, until it is cut.

    Attributes:
        is_cut: Nothing gets through.
        sockets: Whether WebSockets get through.
    """

    def __init__(self) -> None:
        self.port = 0
        self.is_cut = False
        self.sockets = True
        self._there = ("", 0)
        self._open: set[asyncio.StreamWriter] = set()

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Line]:
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            self.cut()
            server.close()
            await server.wait_closed()

    def lead_to(self, site: Site) -> None:
        host, _, port = site.service.public_url.removeprefix("http://").partition(":")
        self._there = (host, int(port))

    def cut(self) -> None:
        """Drop every connection, and take no new one."""
        self.is_cut = True
        for each in tuple(self._open):
            each.transport.abort()

    def mend(self) -> None:
        self.is_cut = False

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.is_cut:
            writer.transport.abort()
            return
        head = await reader.read(65536)
        if b"/socket " in head and not self.sockets:
            writer.transport.abort()
            return
        try:
            there, onward = await asyncio.open_connection(*self._there)
        except ConnectionRefusedError:  # the daemon is gone
            writer.transport.abort()
            return
        self._open |= {writer, onward}
        onward.write(head)
        await asyncio.gather(self._pass(reader, onward), self._pass(there, writer))
        self._open -= {writer, onward}

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.CancelledError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        writer.close()


class Shop:
    """A site whose pages have the chat on them, under a strict policy.

    Attributes:
        attributes: Of the script tag.
    """

    def __init__(self, line: Line) -> None:
        self.url = ""
        self.attributes = ""
        self._line = line

    @property
    def chat(self) -> str:
        return f"http://127.0.0.1:{self._line.port}/webchat/{ACCOUNT}"

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Shop]:
        app = web.Application()
        app.add_routes([web.get("/", self._page), web.get("/watch.js", self._watch)])
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        address = runner.addresses[0]
        self.url = f"http://{address[0]}:{address[1]}"
        try:
            yield self
        finally:
            await runner.cleanup()

    async def _page(self, request: web.Request) -> web.Response:
        del request
        there = f"127.0.0.1:{self._line.port}"
        policy = (
            f"default-src 'none'; script-src 'self' http://{there}; "
            f"connect-src http://{there} ws://{there}; img-src blob:; media-src blob:; "
            "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
        )
        text = PAGE.format(script=f"{self.chat}/widget.js", attributes=self.attributes)
        headers = {"Content-Security-Policy": policy}
        return web.Response(text=text, content_type="text/html", headers=headers)

    async def _watch(self, request: web.Request) -> web.Response:
        del request
        return web.Response(text=WATCH, content_type="text/javascript")


ROOT: Final = "document.querySelector('#relevo-chat').shadowRoot"


class Browser:
    """Chromium, asked from a running loop."""

    def __init__(self, driver: webdriver.Chrome) -> None:
        self.driver = driver

    async def open(self, url: str) -> None:
        await asyncio.to_thread(self.driver.get_log, "browser")  # of what was before
        await asyncio.to_thread(self.driver.get, url)
        await self.until("document.querySelector('#relevo-chat')")

    async def run(self, script: str, *values: Any) -> Any:
        return await asyncio.to_thread(self.driver.execute_script, script, *values)

    async def until(self, expression: str, wanted: Any = None) -> Any:
        """Wait until an expression is true, or equals what is wanted; return its value."""
        found: Any = None
        for _ in range(int(PATIENCE_SECONDS / 0.05)):
            found = await self.run(f"return {expression}")
            if found == wanted if wanted is not None else found:
                return found
            await asyncio.sleep(0.05)
        raise AssertionError(f"{expression} is {found!r}, not {wanted!r}")

    async def state(self, wanted: str) -> None:
        await self.until("document.querySelector('#relevo-chat').dataset.state", wanted)

    async def click(self, selector: str) -> None:
        await self.until(f"{ROOT}.querySelector({msgspec.json.encode(selector).decode()})")
        await asyncio.to_thread((await self.element(selector)).click)

    async def element(self, selector: str) -> WebElement:
        host = await asyncio.to_thread(self.driver.find_element, By.ID, "relevo-chat")
        root = await asyncio.to_thread(lambda: host.shadow_root)
        return await asyncio.to_thread(root.find_element, By.CSS_SELECTOR, selector)

    async def press(self, *keys: str) -> None:
        """Press keys, wherever the focus is."""

        def act() -> None:
            actions = webdriver.ActionChains(self.driver)
            for each in keys:
                actions.send_keys(each)
            actions.perform()

        await asyncio.to_thread(act)

    async def back(self) -> None:
        """Press Shift and Tab."""

        def act() -> None:
            actions = webdriver.ActionChains(self.driver)
            actions.key_down(Keys.SHIFT).send_keys(Keys.TAB).key_up(Keys.SHIFT).perform()

        await asyncio.to_thread(act)

    async def write(self, text: str) -> None:
        """Write a message and send it."""
        script = f"""const input = {ROOT}.querySelector('textarea');
        input.value = arguments[0]; input.dispatchEvent(new Event('input')); input.form.requestSubmit();"""
        await self.run(script, text)

    async def texts(self) -> list[str]:
        """Return the messages on view, in order, the greeting left out."""
        script = f"""return [...{ROOT}.querySelectorAll('.row[data-id] .bubble')]
        .map((each) => each.querySelector('p') ? each.querySelector('p').textContent : '')"""
        return list(await self.run(script))

    async def shows(self, wanted: Sequence[str]) -> None:
        """Wait until these messages are on view and no others."""
        found: list[str] = []
        for _ in range(int(PATIENCE_SECONDS / 0.05)):
            found = await self.texts()
            if found == list(wanted):
                return
            await asyncio.sleep(0.05)
        raise AssertionError(f"{found} are on view, not {list(wanted)}")

    async def focused(self) -> str:
        """Return the class or tag of what has the focus in the chat."""
        script = f"const found = {ROOT}.activeElement; return found && (found.className || found.tagName)"
        return str(await self.run(script))

    async def visitor(self) -> str:
        """Return the visitor's id, as the session in the browser tells it."""
        script = """const kept = JSON.parse(Object.entries(localStorage)
        .find(([key]) => key.startsWith('relevo.webchat.'))[1]);
        return JSON.parse(atob(kept.token.split('.')[0].replace(/-/g, '+').replace(/_/g, '/')))[0]"""
        return str(await self.run(script))

    async def quiet(self) -> None:
        """Check that the page's policy was kept and that nothing was logged as an error."""
        assert await self.run("return window.violations || []") == []
        logged = await asyncio.to_thread(self.driver.get_log, "browser")
        errors = [each["message"] for each in logged if each["level"] == "SEVERE"]
        assert [each for each in errors if "favicon" not in each] == []

    async def screen(
        self, width: int, height: int, *, phone: bool = False, dark: bool = False
    ) -> None:
        """Be a screen of a size, a phone's or a desk's, by day or by night."""

        def act() -> None:
            metrics = {"width": width, "height": height, "deviceScaleFactor": 2, "mobile": phone}
            self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
            features = [
                {"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
                {"name": "prefers-reduced-motion", "value": "reduce"},
            ]
            self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})

        await asyncio.to_thread(act)

    async def photograph(self, name: str) -> Path:
        """Write what is seen to the folder of results."""
        RESULTS.mkdir(parents=True, exist_ok=True)
        path = RESULTS / f"{name}.png"
        await asyncio.to_thread(self.driver.save_screenshot, str(path))
        return path


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start Chromium with a profile of its own."""
    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    profile = tempfile.mkdtemp(prefix="relevo-chromium-")
    for each in (*FLAGS, f"--user-data-dir={profile}", "--window-size=1280,800"):
        options.add_argument(each)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=ChromeService(str(DRIVER)))
    try:
        yield Browser(driver)
    finally:
        driver.quit()
        shutil.rmtree(profile, ignore_errors=True)


in_a_browser = pytest.mark.skipif(
    CHROMIUM is None or DRIVER is None,
    reason="no chromium and chromedriver here; on Debian: apt-get install chromium chromium-driver",
)


class Scene:
    """A shop with the chat on its page, and the daemon behind."""

    def __init__(self, site: Site, shop: Shop, line: Line) -> None:
        self.site = site
        self.shop = shop
        self.line = line


class Set(Protocol):
    def __call__(
        self, *, friends: bool = True, attributes: str = "", **changes: Any
    ) -> AbstractAsyncContextManager[Scene]: ...


async def started(scene: Scene, browser: Browser) -> str:
    """Open the page and the chat; return the visitor's id."""
    await browser.open(scene.shop.url)
    await browser.run("RelevoChat.open()")
    await browser.state("online")
    return await browser.visitor()
