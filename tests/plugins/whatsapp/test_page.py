from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from gateway.api import ChannelSettings
from gateway.codec import asked
from gateway_whatsapp import errors
from gateway_whatsapp.channel import WhatsAppChannel
from gateway_whatsapp.fields import LISTED, WHOLE
from gateway_whatsapp.limits import CAPABILITIES
from gateway_whatsapp.settings import WhatsAppSettings

PAGE = (Path(__file__).parents[3] / "docs" / "channels" / "whatsapp.md").read_text()
OWN = sorted({*WhatsAppSettings.__struct_fields__} - {*ChannelSettings.__struct_fields__})


@pytest.mark.parametrize("field", sorted({*LISTED, *WHOLE}))
def test_the_page_tells_what_becomes_of_every_field(field: str) -> None:
    short = field.removeprefix("message_template")
    assert f"`{field}`" in PAGE or f"`…{short}`" in PAGE


@pytest.mark.parametrize("action", sorted({str(each.action) for each in errors.known()}))
def test_the_page_tells_what_every_action_means(action: str) -> None:
    assert f"`{action}`" in PAGE


def test_the_example_of_a_message_becomes_what_the_page_says() -> None:
    found = re.search(r"echo '(.+)' \| relevo render whatsapp\n(\{.+\})\n", PAGE)
    assert found is not None
    channel = WhatsAppChannel(WhatsAppChannel.example())
    message = asked.outbound(found[1].encode(), account=channel.account)
    (call,) = channel.render(message).calls
    assert msgspec.json.encode(call).decode() == found[2]


def test_the_page_names_every_kind_that_groups_take() -> None:
    kinds = {kind for kind, each in CAPABILITIES.items() if each.groups}
    files = {"image", "video", "audio", "document", "sticker"}
    assert kinds == {"text", "template", "read", "raw", *files}
    assert "Groups take text, files, and templates without buttons" in PAGE


@pytest.mark.parametrize("name", OWN)
def test_the_page_shows_every_setting_that_must_be_given(name: str) -> None:
    assert name in PAGE or name == "api_url"
