from __future__ import annotations

from collections.abc import Mapping

import msgspec
import pytest

from gateway.api import Media, MediaRefused, MediaUnavailable
from gateway_whatsapp.channel import WhatsAppChannel


class Graph:
    """A Graph API that gives one answer and remembers the question."""

    def __init__(self, status: int, answer: object) -> None:
        self.answer = (status, answer)
        self.asked: list[tuple[str, str, bool]] = []

    async def get_json(
        self, url: str, *, headers: Mapping[str, str], trusted: bool = False
    ) -> tuple[int, object]:
        self.asked.append((url, headers["authorization"], trusted))
        return self.answer


FILE = Media(platform_id="9001/..")
ADDRESS = "https://graph.facebook.com/v26.0/9001%2F.."
PROOF = "86d0c7f68d407d377907275842279121c9016c1a43704420cc6585f210bc95bf"
"""``printf example-access-token | openssl dgst -sha256 -hmac example-app-secret``"""
URL = "https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=9001"


async def test_a_file_is_asked_for_by_its_id_and_fetched_with_the_token(
    channel: WhatsAppChannel,
) -> None:
    graph = Graph(200, {"url": URL, "mime_type": "image/jpeg"})
    found = await channel.locate_media(FILE, graph)
    assert graph.asked == [
        (
            f"{ADDRESS}?phone_number_id=106540352242922&appsecret_proof={PROOF}",
            "Bearer example-access-token",
            False,
        )
    ]
    assert (found.url, found.trusted) == (URL, False)
    assert found.headers == {"authorization": "Bearer example-access-token"}


async def test_the_token_goes_to_no_host_but_metas(channel: WhatsAppChannel) -> None:
    for host in ("files.example.com", "fbsbx.com.example.com", "evilfbsbx.com"):
        found = await channel.locate_media(FILE, Graph(200, {"url": f"https://{host}/x"}))
        assert not found.headers


async def test_a_host_of_the_operators_own_is_trusted() -> None:
    settings = WhatsAppChannel.example()
    local = msgspec.structs.replace(
        settings, api_url="http://127.0.0.1:9999/v26.0/", appsecret_proof=False
    )
    graph = Graph(200, {"url": "http://127.0.0.1:9999/file"})
    found = await WhatsAppChannel(local).locate_media(Media(platform_id="9001"), graph)
    assert graph.asked[0][0] == "http://127.0.0.1:9999/v26.0/9001?phone_number_id=106540352242922"
    assert found.trusted
    assert found.headers


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (400, {"error": {"code": 100, "message": "Unsupported get request"}}),
        (404, {}),
        (410, None),
    ],
)
async def test_a_file_that_is_gone_is_given_up(
    channel: WhatsAppChannel, status: int, answer: object
) -> None:
    with pytest.raises(MediaRefused, match=str(status)):
        await channel.locate_media(FILE, Graph(status, answer))


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (401, {"error": {"code": 190}}),
        (400, {"error": {"code": 190}}),
        (400, {"error": {"code": 4}}),
        (400, {"error": {"code": 131000}}),
        (429, {}),
        (500, []),
        (200, {"no": "url"}),
        (200, "text"),
    ],
)
async def test_a_file_that_cannot_be_had_now_is_tried_again(
    channel: WhatsAppChannel, status: int, answer: object
) -> None:
    with pytest.raises(MediaUnavailable):
        await channel.locate_media(FILE, Graph(status, answer))


async def test_a_file_without_an_id_is_refused(channel: WhatsAppChannel) -> None:
    with pytest.raises(MediaRefused):
        await channel.locate_media(Media(), Graph(200, {"url": URL}))
