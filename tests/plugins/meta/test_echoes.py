"""Messages in doubt, and the echoes that tell what became of them."""

from __future__ import annotations

import pytest

from gateway.api import InDoubt, MessageEchoed, Text
from gateway.testing.host import Stage
from gateway.testing.meta import Contact, Fault, MetaPlatform
from tests.plugins.meta.simulated import Channel, Sender, parsed

pytestmark = pytest.mark.parametrize("platform", ["messenger"], indirect=True)


async def echoed(channel: Channel, platform: MetaPlatform, here: Stage, ana: Contact) -> None:
    """Let the last message come back, and be noted as the daemon does it."""
    back = ana.hears(platform.sent[len(platform.sent) - 1], platform.app.app_id)
    (echo,) = parsed(channel, platform, back)
    assert isinstance(echo, MessageEchoed)
    await channel.noticed(echo, here.host)


async def test_a_message_whose_echo_came_is_not_sent_again(
    platform: MetaPlatform, channel: Channel, here: Stage, ana: Contact, send: Sender
) -> None:
    platform.drop_next(accepted=True)
    with pytest.raises(InDoubt) as caught:
        await send(Text(text="Hi"), to=ana.id, reference="gw:1")
    assert caught.value.retry_after is not None
    await echoed(channel, platform, here, ana)
    (receipt,) = await send(Text(text="Hi"), to=ana.id, reference="gw:1")
    assert len(platform.sent) == 1
    assert receipt.platform_id == platform.sent[0].id
    assert [each.value for each in receipt.addresses] == [ana.id]


async def test_a_message_without_an_echo_is_sent_again(
    platform: MetaPlatform, ana: Contact, send: Sender
) -> None:
    platform.faults.add(Fault(http_status=502))
    with pytest.raises(InDoubt) as caught:
        await send(Text(text="Hi"), to=ana.id, reference="gw:1")
    assert caught.value.retry_after is not None
    await send(Text(text="Hi"), to=ana.id, reference="gw:1")
    assert platform.sent.times("gw:1") == 1


async def test_another_message_with_the_same_words_is_another_message(
    platform: MetaPlatform, channel: Channel, here: Stage, ana: Contact, send: Sender
) -> None:
    await send(Text(text="Hi"), to=ana.id, reference="gw:1")
    await echoed(channel, platform, here, ana)
    await send(Text(text="Hi"), to=ana.id, reference="gw:2")
    await send(Text(text="Hi"), to=ana.id)
    assert len(platform.sent) == 3
