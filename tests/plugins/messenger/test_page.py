from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from gateway.api import ChannelSettings
from gateway.codec import asked
from gateway_messenger import limits
from gateway_messenger.channel import MessengerChannel
from gateway_messenger.errors import MEANINGS
from gateway_messenger.inbound import MESSENGER
from gateway_messenger.settings import MessengerSettings
from gateway_meta.attachments import TYPES
from gateway_meta.envelope import PARTS
from gateway_meta.errors import known

CHANNELS = Path(__file__).parents[3] / "docs" / "channels"
PAGE = (CHANNELS / "messenger.md").read_text()


OWN = set(MessengerSettings.__struct_fields__) - set(ChannelSettings.__struct_fields__)


@pytest.mark.parametrize("name", sorted({"id", "channel", *OWN}))
def test_the_page_shows_every_setting_that_must_be_given(name: str) -> None:
    assert name in PAGE or name == "api_url"


@pytest.mark.parametrize("part", sorted(PARTS))
def test_the_page_tells_what_becomes_of_every_part(part: str) -> None:
    assert f"`{part}`" in PAGE


ELSEWHERE = {"like_heart", "media", "story", "ig_story", "story_mention", "ephemeral"}
"""Attachments of Instagram's only."""


@pytest.mark.parametrize("kind", sorted(TYPES - ELSEWHERE))
def test_the_page_tells_what_becomes_of_every_attachment(kind: str) -> None:
    assert f"`{kind}`" in PAGE


TEMPLATES = [field for field, kind in MESSENGER.fields.items() if kind == "template"]


@pytest.mark.parametrize("field", TEMPLATES)
def test_the_page_tells_what_becomes_of_news_about_templates(field: str) -> None:
    assert f"`{field}`" in PAGE


@pytest.mark.parametrize("action", sorted({str(each.action) for each in known(MEANINGS)}))
def test_the_page_tells_what_every_action_means(action: str) -> None:
    assert f"`{action}`" in PAGE


def test_the_example_of_a_message_becomes_what_the_page_says() -> None:
    found = re.search(r"echo '(.+)' \| relevo render messenger\n(\{.+\})\n", PAGE)
    assert found is not None
    channel = MessengerChannel(MessengerChannel.example())
    message = asked.outbound(found[1].encode(), account=channel.account)
    (call,) = channel.render(message).calls
    assert msgspec.json.encode(call).decode() == found[2]


@pytest.mark.parametrize("name", sorted(limits.RECIPIENTS))
def test_the_page_tells_whom_else_a_message_can_go_to(name: str) -> None:
    assert f"`{name}:" in PAGE
