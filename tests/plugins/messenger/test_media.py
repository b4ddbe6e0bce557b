from __future__ import annotations

from collections.abc import Mapping

import msgspec
import pytest

from gateway.api import Media, MediaAddress, MediaRefused
from gateway_messenger.channel import MessengerChannel


class NobodyAsks:
    """A Graph API that is not to be asked: the address is in the message."""

    async def get_json(
        self, url: str, *, headers: Mapping[str, str], trusted: bool = False
    ) -> tuple[int, object]:
        raise AssertionError(f"asked {url} {headers} {trusted}")


async def test_a_file_is_fetched_from_the_address_it_came_with_and_without_our_token(
    channel: MessengerChannel,
) -> None:
    url = "https://scontent.xx.fbcdn.net/v/1.jpg?oh=1"
    found = await channel.locate_media(Media(url=url), NobodyAsks())
    assert found == MediaAddress(url=url)
    assert not found.headers


@pytest.mark.parametrize(
    "url",
    [None, "https://www.instagram.com/reel/1/", "https://www.facebook.com/1", "https://m.me/x"],
)
async def test_a_page_is_not_a_file(channel: MessengerChannel, url: str | None) -> None:
    with pytest.raises(MediaRefused):
        await channel.locate_media(Media(url=url), NobodyAsks())


@pytest.mark.parametrize(
    ("api_url", "url", "trusted"),
    [
        ("http://127.0.0.1:9999/v26.0", "http://127.0.0.1:9999/file", True),
        ("http://127.0.0.1:9999/v26.0", "http://127.0.0.1:8081/file", False),
        ("http://127.0.0.1:9999/v26.0", "http://10.0.0.1/file", False),
        ("https://graph.facebook.com/v26.0", "https://graph.facebook.com/file", False),
        ("https://graph.facebook.com/v26.0", "http://[broken/file", False),
    ],
)
async def test_only_a_host_of_the_operators_own_is_trusted(
    api_url: str, url: str, *, trusted: bool
) -> None:
    settings = msgspec.structs.replace(MessengerChannel.example(), api_url=api_url)
    found = await MessengerChannel(settings).locate_media(Media(url=url), NobodyAsks())
    assert found.trusted is trusted
