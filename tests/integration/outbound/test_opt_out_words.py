"""Words by which contacts leave and join: what is told, and what is still sent to them."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

from gateway.api import OutboundMessage, Template
from gateway.bus import keys
from gateway.edge.outbound.ticket import contact_of
from gateway.model.event import ContactOptedIn, ContactOptedOut
from gateway.model.outbox import Refused, Submitted
from gateway.testing.valkey import ValkeyServer
from gateway.testing.whatsapp import WhatsAppPlatform
from tests.integration.outbound.scene import ACCOUNT, ANA, Scene, account, running, settings, text

BEA = "351922222222"
SALE, ORDER = "Bread is cheap today.", "Your order is ready."


@pytest.fixture
async def listening(
    valkey_server: ValkeyServer, valkey: Redis, tmp_path: Path, platform: WhatsAppPlatform
) -> AsyncIterator[Scene]:
    """A daemon that knows the words of Spanish and English."""
    own = settings(valkey_server, tmp_path)
    words = account(platform, opt_out_words=("es", "en"))
    platform.template("sale", SALE, category="MARKETING")
    platform.template("order", ORDER)
    async with running(own, words, client=valkey, platform=platform) as scene:
        shelf = scene.outbox.terms[ACCOUNT].channel.templates
        assert shelf is not None
        await shelf.sync(scene.daemon.hosts[ACCOUNT])
        yield scene


async def says(scene: Scene, *texts: str, phone: str = ANA) -> None:
    for each in texts:
        contact = scene.platform.contact(phone, name="Ana")
        await scene.platform.post(contact.writes(each))


async def wishes(scene: Scene, *, after: int) -> list[tuple[str, str, str | None]]:
    """What was told of wishes, when so many are; the last of them is of a contact who leaves."""
    found: list[Any] = []

    async def told() -> bool:
        kinds = (ContactOptedOut, ContactOptedIn)
        found[:] = [each for each in await scene.events() if isinstance(each, kinds)]
        return len(found) >= after

    await scene.until(told)
    assert all(each.consent.source == "keyword" for each in found)
    return [
        (
            "out" if isinstance(each, ContactOptedOut) else "in",
            each.consent.topic,
            each.consent.detail,
        )
        for each in found
    ]


async def nothing_is_told(scene: Scene) -> None:
    """Another contact's wish comes after it, and is the only one."""
    await says(scene, "STOP", phone=BEA)
    assert await wishes(scene, after=1) == [("out", "all", "stop")]


async def suppressed(scene: Scene, *reasons: str) -> None:
    async def so() -> bool:
        return await scene.outbox.suppressed(ACCOUNT, ANA) == reasons

    await scene.until(so)


async def answer(scene: Scene, message: OutboundMessage) -> Submitted:
    (told,) = await scene.outbox.submit([message])
    return told


def template(name: str, **more: Any) -> OutboundMessage:
    return text(content=Template(name=name, language="en_US", **more))


async def sent(scene: Scene, message: OutboundMessage) -> None:
    await scene.becomes(await answer(scene, message), "delivered", "read")


async def test_a_word_that_came_just_before_the_first_owner_counts(
    valkey_server: ValkeyServer, valkey: Redis, tmp_path: Path, platform: WhatsAppPlatform
) -> None:
    words = account(platform, opt_out_words=("es",))
    for roles in (("ingress",), ("ingress", "egress")):
        own = settings(valkey_server, tmp_path, roles=roles)
        async with running(own, words, client=valkey, platform=platform) as scene:
            if roles == ("ingress",):
                await says(scene, "baja")
            else:
                await suppressed(scene, "opted_out")


@pytest.mark.parametrize("word", ["BAJA", "stop!"])
async def test_a_word_ends_what_we_begin_and_leaves_answers_alone(
    listening: Scene, word: str
) -> None:
    await says(listening, "Hola", word)
    keyword = word.lower().strip("!")
    assert await wishes(listening, after=1) == [("out", "all", keyword)]
    await suppressed(listening, "opted_out")
    for begun in (
        text("Sale!", lane="bulk"),
        template("sale", category="marketing"),
        template("order", category="utility"),
    ):
        refused = await answer(listening, begun)
        assert isinstance(refused, Refused)
        assert refused.reason == "opted_out"
    await sent(listening, text("You are out of the list."))


async def test_a_word_stops_what_is_queued_already(
    listening: Scene, platform: WhatsAppPlatform
) -> None:
    await says(listening, "Hola")
    await listening.pauses()
    queued = await answer(listening, text("Sale!", lane="bulk"))
    await says(listening, "baja")
    await suppressed(listening, "opted_out")
    await listening.outbox.resume(ACCOUNT)
    record = await listening.becomes(queued, "failed")
    assert record.failure is not None
    assert record.failure.reason == "opted_out"
    assert len(platform.sent) == 0


@pytest.mark.parametrize(
    "words",
    ["Quiero dar de baja mi línea", "stop?", "sair", "descadastrar", "salir"],
    ids=["in a sentence", "a question", "a language not set", "the same", "no marketing before"],
)
async def test_other_words_are_messages_like_any_other(listening: Scene, words: str) -> None:
    await says(listening, words)
    await nothing_is_told(listening)
    assert await listening.outbox.suppressed(ACCOUNT, ANA) == ()


async def test_a_word_to_join_lifts_it(listening: Scene) -> None:
    await says(listening, "baja")
    await suppressed(listening, "opted_out")
    await says(listening, "ALTA")
    assert (await wishes(listening, after=2))[1] == ("in", "all", "alta")
    await suppressed(listening)
    await sent(listening, text("Sale!", lane="bulk"))


async def test_a_tap_on_a_templates_button_counts_like_the_word_on_it(listening: Scene) -> None:
    ana = listening.platform.contact(ANA, name="Ana")
    sale = await answer(listening, template("sale", category="marketing"))
    record = await listening.becomes(sale, "delivered", "read")
    tap = ana.taps_template("leave", "Baja", reply_to=record.parts[0].platform_id)
    await listening.platform.post(tap)
    assert await wishes(listening, after=1) == [("out", "all", "baja")]


@pytest.mark.parametrize(
    "marketing",
    [text("Sale!", lane="bulk"), template("sale"), template("sale", category="marketing")],
    ids=["a bulk message", "a template filed as marketing", "a template called so"],
)
async def test_some_words_end_marketing_when_they_follow_it(
    listening: Scene, marketing: OutboundMessage
) -> None:
    await says(listening, "Hola")
    await sent(listening, marketing)
    await says(listening, "Salir")
    assert await wishes(listening, after=1) == [("out", "marketing", "salir")]
    await suppressed(listening, "no_marketing")
    refused = await answer(listening, text("Sale!", lane="bulk"))
    assert isinstance(refused, Refused)
    await sent(listening, template("order", category="utility"))


@pytest.mark.parametrize(
    "message",
    [text("Anything else?"), template("order")],
    ids=["an answer", "a template filed as utility"],
)
async def test_the_same_words_after_something_else_are_messages_like_any_other(
    listening: Scene, message: OutboundMessage
) -> None:
    await says(listening, "Hola")
    await sent(listening, message)
    await says(listening, "Salir")
    await nothing_is_told(listening)
    assert await listening.outbox.suppressed(ACCOUNT, ANA) == ()


async def test_marketing_is_remembered_for_a_day(listening: Scene) -> None:
    await says(listening, "Hola")
    await sent(listening, text("Sale!", lane="bulk"))
    partition = keys.partition_of(ACCOUNT, listening.partitions)
    key = keys.marketed(partition, contact_of(ACCOUNT, ANA))
    assert keys.MARKETED_SECONDS - 60 < await listening.client.ttl(key) <= keys.MARKETED_SECONDS


async def test_an_account_without_words_tells_of_none_and_remembers_no_marketing(
    sending: Scene, platform: WhatsAppPlatform
) -> None:
    await says(sending, "Hola")
    await sent(sending, text("Sale!", lane="bulk"))
    await says(sending, "salir", "baja")
    await sent(sending, text("Still there?"))
    kinds = (ContactOptedOut, ContactOptedIn)
    assert not [each for each in await sending.events() if isinstance(each, kinds)]
    assert await sending.client.keys("relevo:*:marketed:*") == []
    assert [each.said for each in platform.sent] == ["Sale!", "Still there?"]
