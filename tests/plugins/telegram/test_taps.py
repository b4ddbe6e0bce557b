"""Taps are answered, so that buttons stop spinning."""

from __future__ import annotations

from gateway.api import Button, Buttons, Event, MessageReceived, WebhookRequest
from gateway.testing.host import Stage
from gateway.testing.telegram import Person, TelegramPlatform
from gateway_telegram.channel import TelegramChannel
from tests.plugins.telegram.conftest import AT
from tests.plugins.telegram.simulated import Sender, bot_of
from tests.waiting import until

YES = Buttons(text="Sim?", buttons=(Button(id="yes", title="Sim"),))


async def tapped(
    platform: TelegramPlatform, channel: TelegramChannel, here: Stage
) -> tuple[Person, Event]:
    """Send buttons, tap one, and return the event that this is."""
    ana = platform.person("Ana", known=True)
    await Sender(channel, here)(YES, to=str(ana.id))
    (number,) = platform.post(ana.taps(ana.inbox[0], "Sim"))
    body = platform.updates.pending[number]
    (event,) = channel.parse(WebhookRequest(body=body, received_at=AT))
    return ana, event


async def test_a_tap_is_answered_once_it_is_safe(
    platform: TelegramPlatform, bot: TelegramChannel, here: Stage
) -> None:
    _, event = await tapped(platform, bot, here)
    await bot.noticed(event, here.host)
    await until(lambda: len(platform.queries.answers) == 1)
    assert list(platform.queries.answers.values()) == [{"text": "", "show_alert": False}]


async def test_the_contact_sees_the_text_of_the_setting(
    platform: TelegramPlatform, here: Stage
) -> None:
    channel = TelegramChannel(bot_of(platform, tap_text="Um momento…"))
    _, event = await tapped(platform, channel, here)
    await channel.noticed(event, here.host)
    await until(lambda: len(platform.queries.answers) == 1)
    assert [each["text"] for each in platform.queries.answers.values()] == ["Um momento…"]


async def test_taps_may_be_left_to_others(platform: TelegramPlatform, here: Stage) -> None:
    channel = TelegramChannel(bot_of(platform, answer_taps=False))
    _, event = await tapped(platform, channel, here)
    await channel.noticed(event, here.host)
    await channel.close()
    assert platform.called("answerCallbackQuery") == []


async def test_an_answer_that_comes_too_late_or_never_costs_nothing(
    platform: TelegramPlatform, bot: TelegramChannel, here: Stage
) -> None:
    _, event = await tapped(platform, bot, here)
    assert isinstance(event, MessageReceived)
    platform.drop_next("before", method="answerCallbackQuery")
    for _ in range(3):  # unheard, in time, too late
        await bot.noticed(event, here.host)
        await until(lambda: not bot._taps._running)
    assert len(platform.called("answerCallbackQuery")) == 3
    assert len(platform.queries.answers) == 1
