"""The demo once its tour is over: people go on writing, and whoever opens the page is answered."""

from __future__ import annotations

import asyncio
from random import Random
from typing import Final

from gateway.cli.demo_desk import Desk
from gateway.cli.demo_guide import Guide
from gateway.cli.demo_platforms import WEBCHAT
from gateway.cli.demo_tour import from_webhook
from gateway.cli.demo_view import View
from gateway.model.content import Text
from gateway.model.event import Event, MessageReceived
from gateway.model.inbound_content import Choice
from gateway.testing.whatsapp import WhatsAppPlatform
from gateway.testing.whatsapp.tour import small_talk

PAUSE_SECONDS: Final = 1.5
"""Between two people."""
LOOK_SECONDS: Final = 0.25
"""Between two looks at what the page's visitors wrote."""
BUTTONS: Final = ({"id": "hours", "title": "¿Qué horario tenéis?"}, {"id": "ok", "title": "Genial"})


class OpenHouse:
    """Keeps things going.

    Args:
        platform: Where people write.
        guide: Lets them.
        desk: Answers visitors of the page.
    """

    def __init__(self, platform: WhatsAppPlatform, guide: Guide, desk: Desk) -> None:
        self._platform = platform
        self._guide = guide
        self._desk = desk

    async def stay_open(self, view: View, stop: asyncio.Event) -> None:
        """Go on until told to stop."""
        for step in small_talk(self._platform, Random()):  # noqa: S311 - people, not keys
            if await self._paused(view, stop):
                return
            view.step(await self._guide.take(from_webhook(self._platform, step)))

    async def _paused(self, view: View, stop: asyncio.Event) -> bool:
        """Wait a while, with an eye on the page; whether it is time to stop."""
        for _ in range(round(PAUSE_SECONDS / LOOK_SECONDS)):
            arrivals = await self._guide.unasked()
            view.aside(arrivals)
            for each in arrivals:
                await self._answer(each.event)
            try:
                async with asyncio.timeout(LOOK_SECONDS):
                    await stop.wait()
            except TimeoutError:
                continue
            return True
        return False

    async def _answer(self, event: Event) -> None:
        if not isinstance(event, MessageReceived) or event.account != WEBCHAT:
            return
        match event.message.content:
            case Text(text=text):
                said = f"Esto es una demostración, pero te leo: «{text[:200]}»"
                content = {"kind": "buttons", "text": said, "buttons": BUTTONS}
            case Choice(id="hours"):
                content = {"kind": "text", "text": "De 8:00 a 20:00, todos los días. 🥖"}
            case _:
                content = {"kind": "text", "text": "¡Recibido! 👍"}
        await self._desk.send(WEBCHAT, event.contact.id, content)
