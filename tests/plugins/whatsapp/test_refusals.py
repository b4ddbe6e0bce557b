"""What a refused call teaches: which template to ask for again, and how to try once more."""

from __future__ import annotations

from datetime import timedelta

import pytest
from redis.asyncio import Redis

from gateway.api import PlatformFailure, Rejected, Template, Temporary, Text
from gateway.testing.host import Stage
from gateway.testing.whatsapp import WhatsAppPlatform
from gateway.testing.whatsapp.template import Template as Simulated
from gateway_whatsapp.channel import WhatsAppChannel
from tests.plugins.whatsapp.simulated import TO_ANA, Sender, account_of
from tests.plugins.whatsapp.template_desk import Desk, filled


@pytest.fixture
def ready(platform: WhatsAppPlatform) -> Simulated:
    platform.contact(TO_ANA, name="Ana").writes("Olá")
    return platform.template("ready", "Order {{1}} is ready.", category="MARKETING")


async def refused(desk: Desk, here: Stage, content: Template) -> PlatformFailure:
    with pytest.raises(PlatformFailure) as caught:
        await Sender(desk.channel, here)(content)
    return caught.value


async def test_a_template_that_changed_unheard_of_is_asked_for_again_when_it_is_refused(
    ready: Simulated, desk: Desk, here: Stage
) -> None:
    await desk.shelf.sync(desk.host)
    ready.components[0]["text"] = "Order {{1}} is ready, {{2}}."
    told = await refused(desk, here, filled("A-17"))
    assert isinstance(told, Rejected)
    assert told.error.code == "132000"
    assert "$.content.body[1]" in await desk.told(filled("A-17"))


async def test_a_template_that_was_paused_unheard_of_is_known_to_be_when_it_is_refused(
    ready: Simulated, desk: Desk, here: Stage
) -> None:
    await desk.shelf.sync(desk.host)
    ready.status = "PAUSED"
    told = await refused(desk, here, filled("A-17"))
    assert told.error.code == "132015"
    assert await desk.names() == [("ready", "en_US", "paused")]


async def test_a_refused_template_is_asked_for_once_a_minute(
    ready: Simulated, desk: Desk, here: Stage, platform: WhatsAppPlatform
) -> None:
    await desk.shelf.sync(desk.host)
    ready.components[0]["text"] = "Order {{1}} is ready, {{2}}."

    def asked() -> int:
        calls = platform.cloud.graph.calls.items()
        return sum(n for route, n in calls if route.edge == "message_templates")

    before = asked()
    for _ in range(5):
        await refused(desk, here, filled("A-17"))
    assert asked() == before + 1


async def test_a_template_that_is_no_marketing_any_more_goes_the_ordinary_way(
    ready: Simulated, platform: WhatsAppPlatform, here: Stage
) -> None:
    desk = Desk(WhatsAppChannel(account_of(platform, marketing_messages="strict")), here)
    await desk.shelf.sync(desk.host)
    ready.category = "UTILITY"
    told = await refused(desk, here, filled("A-17"))
    assert isinstance(told, Temporary)
    assert (told.error.code, told.tries) == ("134100", 1)
    await Sender(desk.channel, here)(filled("A-17"))
    assert platform.sent[0].category == "utility"


async def test_a_wrong_parameter_of_the_marketing_endpoint_may_be_a_template_on_its_way(
    ready: Simulated, platform: WhatsAppPlatform, here: Stage
) -> None:
    del ready
    desk = Desk(WhatsAppChannel(account_of(platform, marketing_messages="strict")), here)
    await desk.shelf.sync(desk.host)
    platform.fail_next(131009, edge="marketing_messages")
    told = await refused(desk, here, filled("A-17"))
    assert isinstance(told, Temporary)
    assert (told.retry_after, told.tries) == (timedelta(minutes=10), 1)
    platform.fail_next(131009)
    with pytest.raises(Rejected):
        await Sender(desk.channel, here)(Text(text="Hi"))


async def test_a_refusal_stays_one_whatever_keeps_the_template_from_being_noted(
    ready: Simulated, desk: Desk, here: Stage, valkey: Redis
) -> None:
    await desk.shelf.sync(desk.host)
    ready.status = "PAUSED"
    await valkey.client_pause(60_000, all=False)  # writes wait
    try:
        told = await refused(desk, here, filled("A-17"))
    finally:
        await valkey.client_unpause()
    assert told.error.code == "132015"
