from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import msgspec
import pytest
from redis.asyncio import Redis

from gateway.api import Event, WebhookRequest
from gateway.testing.host import Stage, stage
from gateway.testing.valkey import ValkeyServer
from gateway.testing.whatsapp import Timing, WhatsAppPlatform
from gateway_whatsapp.channel import WhatsAppChannel
from tests.plugins.whatsapp.simulated import account_of
from tests.plugins.whatsapp.template_desk import Desk

NUMBER = "106540352242922"
BUSINESS = "102290129340398"


class Parse(Protocol):
    def __call__(
        self,
        value: object,
        field: str = "messages",
        *,
        accounts: Mapping[str, tuple[str, ...]] | None = None,
        **entry: Any,
    ) -> Sequence[Event]: ...


@pytest.fixture(scope="session")
def channel() -> WhatsAppChannel:
    return WhatsAppChannel(WhatsAppChannel.example())


@pytest.fixture(scope="session")
def parse(channel: WhatsAppChannel) -> Parse:
    """What one change becomes; ``metadata`` is added where the value has none."""

    def parse(
        value: object,
        field: str = "messages",
        *,
        accounts: Mapping[str, tuple[str, ...]] | None = None,
        **entry: Any,
    ) -> Sequence[Event]:
        if isinstance(value, dict) and field not in BUSINESS_FIELDS:
            metadata = {"phone_number_id": NUMBER, "display_phone_number": "15550783881"}
            value = {"messaging_product": "whatsapp", "metadata": metadata, **value}
        change = {"field": field, "value": value}
        body = {
            "object": "whatsapp_business_account",
            "entry": [{"id": BUSINESS, "changes": [change], **entry}],
        }
        return channel.parse(
            WebhookRequest(
                body=msgspec.json.encode(body),
                received_at=1_750_000_000_000,
                accounts=accounts or {},
            )
        )

    return parse


BUSINESS_FIELDS = frozenset(
    {
        "account_update",
        "account_alerts",
        "business_capability_update",
        "flows",
        "message_template_status_update",
        "message_template_components_update",
        "template_category_update",
        "phone_number_quality_update",
        "business_username_updates",
        "security",
        "messaging_handovers",
        "payment_configuration_update",
        "tracking_events",
    }
)
"""Fields whose values name no number of ours by its id."""


@pytest.fixture
async def platform() -> AsyncIterator[WhatsAppPlatform]:
    """The simulated platform; it posts no webhooks."""
    async with WhatsAppPlatform(timing=Timing(silent=True)) as platform:
        yield platform


@pytest.fixture
def there(platform: WhatsAppPlatform) -> WhatsAppChannel:
    """An account on the simulated platform."""
    return WhatsAppChannel(account_of(platform))


@pytest.fixture
async def here(valkey: Redis, valkey_server: ValkeyServer, tmp_path: Path) -> AsyncIterator[Stage]:
    """What that account's channel works with."""
    assert await valkey.ping()
    url = f"unix://{valkey_server.socket}"
    async with stage("whatsapp", redis_url=url, folder=tmp_path) as here:
        yield here


@pytest.fixture
def desk(there: WhatsAppChannel, here: Stage) -> Desk:
    return Desk(there, here)
