"""What simulated contacts and numbers do, as the channel reads it."""

from __future__ import annotations

from typing import Any

import msgspec

from gateway.api import (
    AccountAlert,
    AccountUpdated,
    ContactOptedIn,
    ContactOptedOut,
    Event,
    Text,
    WebhookRequest,
)
from gateway.testing.host import Stage
from gateway.testing.whatsapp import Notice, Number, WhatsAppPlatform
from gateway_whatsapp.channel import WhatsAppChannel
from gateway_whatsapp.settings import WhatsAppSettings
from tests.plugins.whatsapp.simulated import Sender, account_of


def account(platform: WhatsAppPlatform, **more: Any) -> WhatsAppSettings:
    return msgspec.structs.replace(account_of(platform), **more)


def parsed(platform: WhatsAppPlatform, notice: Notice) -> Event:
    """Return the one event of one signed webhook."""
    channel = WhatsAppChannel(account_of(platform))
    webhook = platform.webhook(notice)
    headers = {name.lower(): value for name, value in webhook.headers.items()}
    request = WebhookRequest(body=webhook.body, headers=headers, received_at=1)
    channel.verify(request)
    (event,) = channel.parse(request)
    return event


def test_consent_to_marketing_is_read_both_ways() -> None:
    platform = WhatsAppPlatform()
    ana = platform.contact("351911111111", name="Ana")
    left, joined = (
        parsed(platform, each) for each in (ana.stops_marketing(), ana.resumes_marketing())
    )
    assert isinstance(left, ContactOptedOut)
    assert isinstance(joined, ContactOptedIn)
    assert joined.consent.topic == "marketing"
    assert joined.contact.address("phone") == "351911111111"


def test_another_messaging_limit_is_read() -> None:
    platform = WhatsAppPlatform()
    event = parsed(platform, platform.number.limited("TIER_10K"))
    assert isinstance(event, AccountUpdated)
    assert "TIER_10K" in str(event.change)


def test_a_ban_and_its_end_are_read() -> None:
    platform = WhatsAppPlatform()
    banned = parsed(platform, platform.number.banned())
    let_go = parsed(platform, platform.number.reinstated())
    assert isinstance(banned, AccountAlert)
    assert "REINSTATE" in str(let_go)


async def test_another_number_of_the_token_sends_as_well(here: Stage) -> None:
    other = Number(
        phone_number_id="200000000000001",
        display_phone_number="15550000001",
        business_account_id="102290129340398",
    )
    async with WhatsAppPlatform() as platform:
        ana = platform.contact("351911111111", name="Ana", number=other)
        ana.writes("Olá")
        platform.add_number(other)
        settings = account(platform, phone_number_id=other.phone_number_id)
        receipt = await Sender(WhatsAppChannel(settings), here)(Text(text="Bom dia"))
        await platform.settled()
        (sent,) = platform.sent
        assert (sent.id, sent.number) == (receipt.platform_id, other)
        assert [each.said for each in ana.inbox] == ["Bom dia"]
