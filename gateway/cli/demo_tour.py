"""What happens in the demo: people on every channel, our answers, a window that is closed."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from random import Random
from typing import Any, Final, Protocol

from gateway.cli.demo_desk import Desk
from gateway.cli.demo_platforms import (
    INSTAGRAM,
    MESSENGER,
    TELEGRAM,
    WEBCHAT,
    WHATSAPP,
    Platforms,
)
from gateway.cli.demo_step import Did, Step, posted
from gateway.cli.demo_visitor import Visitor
from gateway.testing.meta import MetaPlatform
from gateway.testing.telegram import Update
from gateway.testing.whatsapp import WhatsAppPlatform, tour

ANA: Final = "34600111222"
MARTA: Final = "34600333444"
"""Phone numbers."""

_RECEIVED: Final = "message.received"
_OPENED: Final = "window.opened"
_TAKEN: Final = "message.accepted"
_STATUSES: Final = tuple(f"message.status {each}" for each in ("sent", "delivered", "read"))
_OPENER: Final = "Hola {{1}}, tenemos novedades de tu pedido. ¿Nos respondes?"

Act = Callable[[], Awaitable[Sequence[Did]]]


class _Reader(Protocol):
    @property
    def inbox(self) -> Sequence[Any]: ...


def _phone(reader: _Reader) -> Callable[[], Sequence[str]]:
    return lambda: [each.said for each in reader.inbox]


class Tour:
    """The script of the demo.

    Args:
        platforms: Where people are.
        desk: Where we are.
        visitor: Of the web chat.
    """

    def __init__(self, platforms: Platforms, desk: Desk, visitor: Visitor) -> None:
        self._platforms = platforms
        self._desk = desk
        self._visitor = visitor

    async def steps(self, random: Random) -> AsyncGenerator[Step, None]:
        """Yield the steps one by one, so that each can build on what became of the one before."""
        async for each in self._whatsapp(random):
            yield each
        async for each in self._closed_window():
            yield each
        async for each in self._messenger():
            yield each
        async for each in self._instagram():
            yield each
        async for each in self._telegram():
            yield each
        async for each in self._webchat():
            yield each

    async def _whatsapp(self, random: Random) -> AsyncGenerator[Step, None]:
        platform = self._platforms.whatsapp
        for each in tour.tour(platform, random):
            yield from_webhook(platform, each)
        ana = platform.contact(ANA, name="Ana García", country="ES")
        yield Step(
            account=WHATSAPP,
            title="Ana writes again",
            said="¿Y a qué hora abrís?",
            act=_posting(platform, ana.writes("¿Y a qué hora abrís?")),
            events=(f"{_RECEIVED} text",),
            carried=1,
        )
        said = "A las 8. ¿Te lo reservamos?"
        buttons = [{"id": "yes", "title": "Sí, por favor"}, {"id": "no", "title": "No, gracias"}]
        yield Step(
            account=WHATSAPP,
            title="We answer Ana, with buttons",
            said=said,
            shows="202: safe and queued; then what the platform and Ana's phone say of it",
            act=self._sending(WHATSAPP, ANA, {"kind": "buttons", "text": said, "buttons": buttons}),
            events=(_TAKEN, *_STATUSES),
            ours=True,
            screen=("Ana's phone", said),
            look=_phone(ana),
        )

    async def _closed_window(self) -> AsyncGenerator[Step, None]:
        platform = self._platforms.whatsapp
        platform.template("novedades", _OPENER, language="es")
        marta = platform.contact(MARTA, name="Marta Ruiz", country="ES")
        said = "Tu tarta está lista: te esperamos hasta las 20:00 🎂"
        template: dict[str, Any] = {"name": "novedades", "language": "es"}
        template["body"] = [{"type": "text", "text": "Marta"}]
        yield Step(
            account=WHATSAPP,
            title="We write to Marta, who has not written for days",
            said=said,
            shows="her window is closed: a template asks her to answer, the message is held",
            act=self._sending(
                WHATSAPP,
                MARTA,
                {"kind": "text", "text": said},
                on_closed_window="hold",
                fallback={"template": template},
            ),
            events=("message.held", _TAKEN, *_STATUSES),
            ours=True,
            screen=("Marta's phone", _OPENER.replace("{{1}}", "Marta")),
            look=_phone(marta),
        )
        yield Step(
            account=WHATSAPP,
            title="Marta answers",
            said="¡Sí! Decidme",
            shows="the window opens, and what was held goes out",
            act=_posting(platform, marta.writes("¡Sí! Decidme")),
            events=(f"{_RECEIVED} text", _OPENED, _TAKEN, *_STATUSES),
            screen=("Marta's phone", said),
            look=_phone(marta),
            carried=1,
        )

    async def _messenger(self) -> AsyncGenerator[Step, None]:
        platform = self._platforms.messenger
        carla = platform.contact(name="Carla Núñez")
        async for each in self._on_meta(MESSENGER, platform, carla):
            yield each

    async def _instagram(self) -> AsyncGenerator[Step, None]:
        platform = self._platforms.instagram
        iris = platform.contact(name="Iris Prado", username="iris.p")
        async for each in self._on_meta(INSTAGRAM, platform, iris):
            yield each

    async def _on_meta(
        self, account: str, platform: MetaPlatform, person: Any
    ) -> AsyncGenerator[Step, None]:
        first = person.name.split()[0]
        said = "¿Hacéis envíos a domicilio?"
        yield Step(
            account=account,
            title=f"{first} writes",
            said=said,
            shows="who it is, the platform tells when it is asked; the message does not wait for that",
            act=_posting(platform, person.writes(said)),
            events=(f"{_RECEIVED} text", _OPENED, "contact.updated"),
            carried=1,
        )
        answer = "Sí, en toda la ciudad. ¿Cuándo?"
        buttons = [{"id": "today", "title": "Hoy"}, {"id": "tomorrow", "title": "Mañana"}]
        delivered = ("message.status delivered",) if account == MESSENGER else ()
        yield Step(
            account=account,
            title=f"We answer {first}, with quick replies",
            said=answer,
            act=self._sending(
                account, person.id, {"kind": "buttons", "text": answer, "buttons": buttons}
            ),
            shows="what we send comes back as an echo, as it does for every app of the page",
            events=(_TAKEN, "message.echoed", *delivered, "message.status read"),
            ours=True,
            screen=(f"{first}'s phone", answer),
            look=_phone(person),
        )
        yield Step(
            account=account,
            title=f"{first} taps «Hoy»",
            act=_posting(platform, person.taps_quick_reply("today", "Hoy")),
            events=(f"{_RECEIVED} choice",),
            carried=1,
        )

    async def _telegram(self) -> AsyncGenerator[Step, None]:
        platform = self._platforms.telegram
        bruno = platform.person("Bruno Lima")
        yield Step(
            account=TELEGRAM,
            title="Bruno starts the bot",
            said="/start",
            shows="the gateway asks for updates itself (long polling): no public address is needed",
            act=_happening(platform.post, bruno.starts()),
            events=(f"{_RECEIVED} text",),
            carried=1,
        )
        said = "Olá Bruno! O que deseja?"
        buttons = [
            {"id": "menu", "title": "Ver o menu"},
            {"id": "human", "title": "Falar connosco"},
        ]
        yield Step(
            account=TELEGRAM,
            title="We answer Bruno, with buttons",
            said=said,
            act=self._sending(
                TELEGRAM, str(bruno.id), {"kind": "buttons", "text": said, "buttons": buttons}
            ),
            events=(_TAKEN,),
            ours=True,
            screen=("Bruno's phone", said),
            look=_phone(bruno),
        )
        yield Step(
            account=TELEGRAM,
            title="Bruno taps «Ver o menu»",
            act=_happening(platform.post, bruno.taps(bruno.inbox[-1], "Ver o menu")),
            events=(f"{_RECEIVED} choice",),
            carried=1,
        )

    async def _webchat(self) -> AsyncGenerator[Step, None]:
        visitor = self._visitor
        await visitor.come()
        said = "¿Tenéis mesa para dos esta noche?"
        yield Step(
            account=WEBCHAT,
            title="A visitor of our page writes",
            said=said,
            shows="the widget speaks to the gateway itself, over a socket",
            act=lambda: visitor.write(said),
            events=(f"{_RECEIVED} text",),
            carried=1,
        )
        answer = "¡Claro! ¿A las 21:00?"
        buttons = [{"id": "nine", "title": "Perfecto"}, {"id": "later", "title": "Más tarde"}]
        yield Step(
            account=WEBCHAT,
            title="We answer the visitor, with buttons",
            said=answer,
            act=self._sending(
                WEBCHAT, visitor.id, {"kind": "buttons", "text": answer, "buttons": buttons}
            ),
            events=(_TAKEN, "message.status delivered", "message.status read"),
            ours=True,
            screen=("the page", answer),
            look=lambda: visitor.screen,
        )
        yield Step(
            account=WEBCHAT,
            title="The visitor taps «Perfecto»",
            act=lambda: visitor.tap("nine", "Perfecto"),
            events=(f"{_RECEIVED} choice",),
            carried=1,
        )

    def _sending(self, account: str, to: str, content: dict[str, Any], **more: Any) -> Act:
        return lambda: self._desk.send(account, to, content, **more)


def from_webhook(platform: WhatsAppPlatform, step: tour.Step) -> Step:
    """Return a step of WhatsApp's own tour as one of the demo."""

    async def act() -> Sequence[Did]:
        if step.status != 200:
            attempts: Sequence[Any] = [await platform.attempt(step.webhook)]
        else:
            attempts = (await platform.deliver(step.webhook, copies=step.copies)).attempts
        return [posted(step.webhook, attempts, wanted=step.status)]

    return Step(
        account=WHATSAPP,
        title=step.title,
        said=step.said,
        shows=step.shows,
        act=act,
        events=step.events,
        doubles=step.copies - 1,
        carried=len(step.webhook.ids),
    )


def _posting(platform: WhatsAppPlatform | MetaPlatform, update: Any) -> Act:
    async def act() -> Sequence[Did]:
        delivery = await platform.post(update)
        return [posted(delivery.webhook, delivery.attempts)]

    return act


def _happening(post: Callable[[Update], Sequence[int]], update: Update) -> Act:
    async def act() -> Sequence[Did]:
        numbers = post(update)
        return [Did(what=f"update {numbers[0]}, kept until it is asked for", answers=())]

    return act
