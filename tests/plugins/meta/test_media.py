"""Where files of messages are fetched from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from gateway.api import Channel, Media, MediaAddress, MediaRefused
from gateway_instagram.channel import InstagramChannel
from gateway_messenger.channel import MessengerChannel

CHANNELS = (MessengerChannel, InstagramChannel)
every_channel = pytest.mark.parametrize("type_", CHANNELS, ids=[each.type for each in CHANNELS])


class NobodyAsks:
    """A Graph API that is not to be asked: the address is in the message."""

    async def get_json(
        self, url: str, *, headers: Mapping[str, str], trusted: bool = False
    ) -> tuple[int, object]:
        raise AssertionError(f"asked {url} {headers} {trusted}")


@every_channel
@pytest.mark.parametrize("host", ["scontent.xx.fbcdn.net", "scontent.cdninstagram.com"])
async def test_a_file_is_fetched_from_the_address_it_came_with_and_without_our_token(
    type_: type[Channel[Any]], host: str
) -> None:
    channel, url = type_(type_.example()), f"https://{host}/v/1.jpg?oh=1"
    found = await channel.locate_media(Media(url=url), NobodyAsks())
    assert found == MediaAddress(url=url)
    assert not found.headers


@every_channel
@pytest.mark.parametrize(
    "url",
    [
        None,
        "https://www.instagram.com/reel/1/",
        "https://www.facebook.com/1",
        "https://m.me/x",
        "https://ig.me/x",
    ],
)
async def test_a_page_is_not_a_file(type_: type[Channel[Any]], url: str | None) -> None:
    with pytest.raises(MediaRefused):
        await type_(type_.example()).locate_media(Media(url=url), NobodyAsks())


@every_channel
@pytest.mark.parametrize(
    ("api_url", "url", "trusted"),
    [
        ("http://127.0.0.1:9999/v26.0", "http://127.0.0.1:9999/file", True),
        ("http://127.0.0.1:9999/v26.0", "http://127.0.0.1:8081/file", False),
        ("http://127.0.0.1:9999/v26.0", "http://10.0.0.1/file", False),
        ("https://graph.facebook.com/v26.0", "https://graph.facebook.com/file", False),
        ("https://graph.facebook.com/v26.0", "http://[broken/file", False),
        ("https://graph.instagram.com/v26.0", "https://graph.instagram.com/file", False),
        ("", "https://graph.facebook.com/file", False),
    ],
)
async def test_only_a_host_of_the_operators_own_is_trusted(
    type_: type[Channel[Any]], api_url: str, url: str, *, trusted: bool
) -> None:
    settings: Any = msgspec.structs.replace(type_.example(), api_url=api_url)
    found = await type_(settings).locate_media(Media(url=url), NobodyAsks())
    assert found.trusted is trusted
