from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from gateway.api import ChannelSettings
from gateway.codec import asked
from gateway_instagram.channel import InstagramChannel
from gateway_instagram.inbound import INSTAGRAM
from gateway_instagram.settings import InstagramSettings
from gateway_meta.attachments import TYPES
from gateway_meta.envelope import PARTS

CHANNELS = Path(__file__).parents[3] / "docs" / "channels"
PAGE = (CHANNELS / "instagram.md").read_text()


OWN = set(InstagramSettings.__struct_fields__) - set(ChannelSettings.__struct_fields__)


@pytest.mark.parametrize("name", sorted({"id", "channel", *OWN}))
def test_the_page_shows_every_setting_that_must_be_given(name: str) -> None:
    assert name in PAGE or name == "api_url"


ELSEWHERE = {"delivery", "account_linking", "messaging_feedback", "policy-enforcement"}
"""Parts that only Messenger sends."""


@pytest.mark.parametrize("part", sorted(PARTS - ELSEWHERE))
def test_the_page_tells_what_becomes_of_every_part(part: str) -> None:
    assert f"`{part}`" in PAGE


@pytest.mark.parametrize("kind", sorted(TYPES - {"post", "location", "template"}))
def test_the_page_tells_what_becomes_of_every_attachment(kind: str) -> None:
    assert f"`{kind}`" in PAGE


UNMODELLED = [field for field, kind in INSTAGRAM.fields.items() if kind is None]


@pytest.mark.parametrize("field", UNMODELLED)
def test_the_page_tells_which_changes_are_notices(field: str) -> None:
    assert f"`{field}`" in PAGE


def test_the_example_of_a_message_becomes_what_the_page_says() -> None:
    found = re.search(r"echo '(.+)' \| relevo render instagram\n(\{.+\})\n", PAGE)
    assert found is not None
    channel = InstagramChannel(InstagramChannel.example())
    message = asked.outbound(found[1].encode(), account=channel.account)
    (call,) = channel.render(message).calls
    assert msgspec.json.encode(call).decode() == found[2]
