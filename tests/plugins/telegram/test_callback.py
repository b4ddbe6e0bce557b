"""The webhook: set by the daemon, left alone when it is right, watched."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from gateway.api import Secrets
from gateway.testing.host import Stage
from gateway.testing.telegram import TelegramPlatform
from gateway_telegram.channel import TelegramChannel
from gateway_telegram.settings import TelegramSettings
from tests.plugins.telegram.simulated import SECRET, bot_of, cause, health, running
from tests.waiting import until

URL = "https://chat.example/webhooks/telegram/telegram"


async def ran(platform: TelegramPlatform, here: Stage, **settings: Any) -> str | None:
    """Let a bot with these settings look once; return what it finds wrong."""
    await here.host.remember("health", b"null", time=timedelta(minutes=1))
    channel = TelegramChannel(bot_of(platform, **settings))

    async def told() -> bool:
        return await here.host.recall("health") != b"null"

    async with running(channel, here):
        await until(told)
    return await cause(here)


async def test_the_daemon_tells_telegram_where_to_post(
    platform: TelegramPlatform, here: Stage
) -> None:
    assert await ran(platform, here, webhook_url=URL) is None
    assert platform.updates.webhook == {"url": URL, "secret": SECRET}
    (given,) = platform.called("setWebhook")
    assert {"message", "callback_query", "message_reaction"} <= set(given["allowed_updates"])
    found = await health(here)
    assert found is not None
    assert (found.state, found.address, found.name) == ("up", "@relevo_bot", "Relevo")


async def test_it_is_not_told_again_what_it_knows(platform: TelegramPlatform, here: Stage) -> None:
    for _ in range(2):
        await ran(platform, here, webhook_url=URL)
    assert len(platform.called("setWebhook")) == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"webhook_url": "https://other.example/"},
        {"secret_token": Secrets("another", SECRET)},
        {"allowed_updates": ("message",)},
    ],
)
async def test_what_changed_is_told_again(
    changed: dict[str, Any], platform: TelegramPlatform, here: Stage
) -> None:
    await ran(platform, here, webhook_url=URL)
    await ran(platform, here, **{"webhook_url": URL, **changed})
    assert len(platform.called("setWebhook")) == 2


async def test_it_is_set_again_when_somebody_took_it_away(
    platform: TelegramPlatform, here: Stage
) -> None:
    await ran(platform, here, webhook_url=URL)
    platform.updates.webhook = None
    assert await ran(platform, here, webhook_url=URL) is None
    assert platform.updates.webhook is not None


async def test_without_an_address_nothing_is_set_and_its_lack_is_told(
    platform: TelegramPlatform, here: Stage
) -> None:
    assert await ran(platform, here) == "silence"
    platform.updates.webhook = {"url": "https://set.by-hand.example/", "secret": SECRET}
    assert await ran(platform, here) is None
    assert platform.called("setWebhook") == []


async def test_what_telegram_cannot_deliver_is_told(
    platform: TelegramPlatform, here: Stage
) -> None:
    platform.updates.webhook = {"url": "http://127.0.0.1:9/", "secret": SECRET}
    platform.post(platform.person("Ana").writes("Olá"))
    await until(lambda: any(each.attempts for each in platform.ledger.deliveries))
    assert await ran(platform, here) == "silence"
    found = await health(here)
    assert found is not None
    told = "Telegram cannot deliver (Connection refused); 1 updates wait."
    assert (found.state, found.problems[0].explanation) == ("degraded", told)


async def test_an_address_that_telegram_refuses_is_told(
    platform: TelegramPlatform, here: Stage
) -> None:
    platform.fail_next(400, "Bad Request: bad webhook: no", method="setWebhook")
    assert await ran(platform, here, webhook_url=URL) == "platform"


@pytest.mark.parametrize(
    "url", ["http://chat.example/", "https://chat.example:8080/", "chat.example", "https://"]
)
def test_an_address_that_telegram_would_not_post_to_is_no_setting(url: str) -> None:
    with pytest.raises(ValueError, match="webhook_url must be https"):
        TelegramSettings(**{**_example(), "webhook_url": url})


def test_a_webhook_needs_a_secret_and_polling_does_not() -> None:
    without = {**_example(), "secret_token": None}
    with pytest.raises(ValueError, match="secret_token is missing"):
        TelegramSettings(**without)
    assert TelegramSettings(**{**without, "updates": "polling"}).secrets == ()


def _example() -> dict[str, Any]:
    own = TelegramChannel.example()
    return {name: getattr(own, name) for name in own.__struct_fields__}
