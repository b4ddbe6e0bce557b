"""A scripted conversation that shows everything a gateway must be able to take.

Each ``Step`` is one webhook and what has to be on the stream after it, so that the tour is also a
test: of the demo, of a deployment, of a change.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from random import Random
from typing import Final

import msgspec

from gateway.model.event import (
    Event,
    MediaStored,
    MessageReceived,
    MessageStatus,
    PlatformNotice,
    type_of,
)
from gateway.testing.delivery import Webhook
from gateway.testing.simulated import signature
from gateway.testing.whatsapp.body import Number
from gateway.testing.whatsapp.contact import Contact, OrderLine
from gateway.testing.whatsapp.platform import WhatsAppPlatform

RECEIVED: Final = "message.received"
OPENED: Final = "window.opened"


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One webhook and what must come of it.

    Attributes:
        title: What happens, for people.
        said: The words in it, where there are any.
        shows: What is worth knowing about it, in one line.
        webhook: What is posted.
        events: What must be on the stream afterwards, in any order; see ``label``.
        copies: How many times it is delivered in parallel.
        status: What every delivery must be answered.
    """

    title: str
    webhook: Webhook
    events: tuple[str, ...]
    said: str = ""
    shows: str = ""
    copies: int = 1
    status: int = 200


def label(event: Event) -> str:
    """Return an event's type and what kind of it: ``message.received text``."""
    match event:
        case MessageReceived(message=message):
            kind = str(message.content.__struct_config__.tag)
        case MessageStatus(status=status, late=late):
            kind = f"{status.status} late" if late else status.status
        case MediaStored(media=media):
            kind = media.mime_type
        case PlatformNotice(notice=notice):
            kind = notice.reason
        case _:
            return type_of(event)
    return f"{type_of(event)} {kind}"


def picture(random: Random, size: int = 96) -> bytes:
    """Return a PNG: a square that fades between two colours."""
    first, last = (random.choices(range(256), k=3) for _ in range(2))
    rows = bytearray()
    for row in range(size):
        shade = [a + (b - a) * row // size for a, b in zip(first, last, strict=True)]
        rows += b"\0" + bytes(shade) * size
    header = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(rows))), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )


def tour(platform: WhatsAppPlatform, random: Random) -> Iterator[Step]:
    """Yield the steps of the conversation; made one by one, so that times are those of posting."""
    ana = platform.contact("34600111222", name="Ana García", country="ES")
    rui = platform.contact("351911222333", name="Rui Sousa")
    lucia = platform.contact("5215512345678", name="Lucía Hernández", country="MX")
    noa = platform.contact(name="Noa", username="@noa.r", country="BR")
    yield from _ana_orders_bread(platform, ana, random)
    yield from _deliveries_go_wrong(platform, ana, rui, lucia)
    yield _without_phone(platform, noa)
    yield _for_another_number(platform)
    yield _by_a_stranger(platform, rui)


def _ana_orders_bread(platform: WhatsAppPlatform, ana: Contact, random: Random) -> Iterator[Step]:
    said = "¡Hola! ¿Tenéis pan de espelta para mañana? 🍞"
    yield Step(
        title="Ana writes",
        said=said,
        shows="the first message opens the 24-hour window for free-form replies",
        webhook=platform.webhook(ana.writes(said)),
        events=(f"{RECEIVED} text", OPENED),
    )
    said = "Busco uno como este 👇"
    image = ana.sends_image(picture(random), mime_type="image/png", caption=said)
    yield Step(
        title="Ana sends a picture",
        said=said,
        shows="the message comes at once; its file follows when it is stored",
        webhook=platform.webhook(image),
        events=(f"{RECEIVED} image", "message.media_stored image/png"),
    )
    ours = ana.outbound_id()
    yield Step(
        title="Ana taps a button",
        said="Sí, resérvalo",
        webhook=platform.webhook(ana.taps("reserve-yes", "Sí, resérvalo", reply_to=ours)),
        events=(f"{RECEIVED} choice",),
    )
    row = ana.chooses("slot-0830", "Mañana 08:30", description="Tienda de Chamberí", reply_to=ours)
    yield Step(
        title="Ana chooses from a list",
        said="Mañana 08:30",
        webhook=platform.webhook(row),
        events=(f"{RECEIVED} choice",),
    )
    answers = {"nombre": "Ana García", "recogida": "tienda", "notas": "sin cortar ✂️"}
    yield Step(
        title="Ana fills a form (Flow)",
        shows="the answers travel as JSON inside JSON and arrive as an object",
        webhook=platform.webhook(ana.fills({**answers, "flow_token": "t-1"}, reply_to=ours)),
        events=(f"{RECEIVED} form",),
    )
    lines = (
        OrderLine(product_id="espelta-1kg", quantity=2, price=4.9),
        OrderLine(product_id="croissant", quantity=6, price=1.35),
    )
    yield Step(
        title="Ana orders from the catalogue",
        webhook=platform.webhook(ana.orders("194836987003835", lines)),
        events=(f"{RECEIVED} order",),
    )
    place = ana.sends_location(40.4341, -3.7038, name="Casa", address="Calle de Fuencarral 101")
    yield Step(
        title="Ana sends where she is",
        webhook=platform.webhook(place),
        events=(f"{RECEIVED} location",),
    )
    yield Step(
        title="Ana reacts to our message",
        said="❤️",
        webhook=platform.webhook(ana.reacts(ours, "❤️")),
        events=(f"{RECEIVED} reaction",),
    )


def _deliveries_go_wrong(
    platform: WhatsAppPlatform, ana: Contact, rui: Contact, lucia: Contact
) -> Iterator[Step]:
    both = (rui.writes("Bom dia! Entregam em Lisboa?"), lucia.writes("¿Hacen pasteles? 🎂"))
    yield Step(
        title="Rui and Lucía write, in one webhook",
        shows="a batch: every message of it becomes an event",
        webhook=platform.webhook(*both),
        events=(f"{RECEIVED} text", f"{RECEIVED} text", OPENED, OPENED),
    )
    yield Step(
        title="The platform delivers one message three times at once",
        said="Obrigado!",
        shows="three answers of 200, one event",
        webhook=platform.webhook(rui.writes("Obrigado!")),
        events=(f"{RECEIVED} text",),
        copies=3,
    )
    ours = ana.outbound_id()
    steps = [ana.status(ours, each) for each in ("read", "sent", "delivered")]
    yield Step(
        title="Statuses of our reply come in the wrong order",
        shows="read, then sent and delivered: late ones are marked and never take it back",
        webhook=platform.webhook(*steps),
        events=(
            "message.status read",
            "message.status sent late",
            "message.status delivered late",
        ),
    )
    broken = lucia.sends("text", {"body": {"not": "a text"}})
    webhook = platform.webhook(lucia.writes("Para doce"), broken, ana.writes("¡Gracias!"))
    yield Step(
        title="One message of three is broken",
        shows="it becomes a notice with its error; its neighbours go through",
        webhook=webhook,
        events=(f"{RECEIVED} text", "platform.notice broken", f"{RECEIVED} text"),
    )


def _without_phone(platform: WhatsAppPlatform, noa: Contact) -> Step:
    said = "Oi! Vocês têm opções veganas? 🌱"
    return Step(
        title="Noa writes, who hides her phone number",
        said=said,
        shows="a contact is a set of addresses; a phone number need not be among them",
        webhook=platform.webhook(noa.writes(said)),
        events=(f"{RECEIVED} text", OPENED),
    )


def _for_another_number(platform: WhatsAppPlatform) -> Step:
    number = Number(
        phone_number_id="999999999999999",
        display_phone_number="15550009999",
        business_account_id=platform.app.number.business_account_id,
    )
    lost = platform.contact("34600999888", name="Iker", country="ES", number=number)
    return Step(
        title="A message for a number nobody configured",
        shows="kept whole as a notice, answered 200: a retry would not heal it",
        webhook=platform.webhook(lost.writes("¿Hola?")),
        events=("platform.notice unknown_account",),
    )


def _by_a_stranger(platform: WhatsAppPlatform, rui: Contact) -> Step:
    webhook = platform.webhook(rui.writes("Give me everything"))
    forged = {
        **webhook.headers,
        "X-Hub-Signature-256": signature(webhook.body, "a guessed secret"),
    }
    return Step(
        title="A stranger posts without the secret",
        shows="refused before anything is read; nothing reaches the stream",
        webhook=msgspec.structs.replace(webhook, headers=forged),
        events=(),
        status=403,
    )


def small_talk(platform: WhatsAppPlatform, random: Random) -> Iterator[Step]:
    """Yield one message after another of ever new people, without end."""
    names = ("Marta", "Diego", "Inês", "Pablo", "Camila", "João", "Elena", "Tomás", "Sofía")
    families = ("Vega", "Costa", "Rojas", "Lima", "Soto", "Alves", "Ruiz", "Pinto", "Mora")
    while True:
        phone = f"346{random.randrange(10**8):08d}"
        name = f"{random.choice(names)} {random.choice(families)}"
        person = platform.contact(phone, name=name, country="ES")
        yield from _visit(platform, person, random)


def _visit(platform: WhatsAppPlatform, person: Contact, random: Random) -> Iterator[Step]:
    said = random.choice(("¡Buenas! ¿Abrís hoy?", "Hola 👋", "¿Qué horario tenéis?", "Bom dia!"))
    yield Step(
        title=f"{person.name} writes",
        said=said,
        webhook=platform.webhook(person.writes(said)),
        events=(f"{RECEIVED} text", OPENED),
    )
    answer = random.choice(("Sí", "No", "Más tarde"))
    yield Step(
        title=f"{person.name} taps a button",
        said=answer,
        webhook=platform.webhook(person.taps(answer.lower(), answer)),
        events=(f"{RECEIVED} choice",),
    )
    emoji = random.choice("👍❤😂🙏")
    yield Step(
        title=f"{person.name} reacts to our message",
        said=emoji,
        webhook=platform.webhook(person.reacts(person.outbound_id(), emoji)),
        events=(f"{RECEIVED} reaction",),
    )
