from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from gateway.api import ChannelSettings, OutboundContent
from gateway.codec import asked
from gateway_telegram import errors
from gateway_telegram.channel import TelegramChannel
from gateway_telegram.settings import TelegramSettings

PAGE = (Path(__file__).parents[3] / "docs" / "channels" / "telegram.md").read_text()
SENDING = PAGE.partition("## Sending")[2]
OWN = sorted({*TelegramSettings.__struct_fields__} - {*ChannelSettings.__struct_fields__})
KINDS = sorted(str(each.__struct_config__.tag) for each in get_args(OutboundContent))


@pytest.mark.parametrize("action", get_args(errors.Action))
def test_the_page_tells_what_every_action_means(action: str) -> None:
    assert f"`{action}`" in PAGE


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_tells_what_becomes_of_every_kind(kind: str) -> None:
    table = [line for line in SENDING.splitlines() if line.startswith("| ")]
    (row,) = (line for line in table if f"`{kind}`" in line.split("|")[1])
    assert ("refused" in row) == (kind not in TelegramChannel.capabilities)


def test_the_example_of_a_message_becomes_what_the_page_says() -> None:
    found = re.search(r"echo '(.+)' \| relevo render telegram\n(\{.+\})\n", PAGE)
    assert found is not None
    channel = TelegramChannel(TelegramChannel.example())
    message = asked.outbound(found[1].encode(), account=channel.account)
    (call,) = channel.render(message).calls
    assert msgspec.json.encode(call).decode() == found[2]


@pytest.mark.parametrize("name", OWN)
def test_the_page_names_every_setting(name: str) -> None:
    assert name in PAGE
