"""WhatsApp's way to a file: ask the Graph API where it is, then fetch it there with the token."""

from __future__ import annotations

import json

import pytest

from gateway.api import Media, MediaAddress, MediaRefused, Secret, Secrets
from gateway.edge.media.fetch import HttpFetcher
from gateway_whatsapp.channel import WhatsAppChannel
from gateway_whatsapp.settings import WhatsAppSettings
from tests.integration.media.host import FilesHost, gives


def channel(url: str) -> WhatsAppChannel:
    return WhatsAppChannel(
        WhatsAppSettings(
            id="wa-main",
            channel="whatsapp",
            phone_number_id="1",
            business_account_id="2",
            access_token=Secret("hush"),
            app_secret=Secrets("s"),
            verify_token=Secret("v"),
            api_url=url,
        )
    )


async def _located(host: FilesHost, url: str) -> MediaAddress:
    host.on("42", gives(json.dumps({"url": url}).encode(), "application/json"))
    async with HttpFetcher() as fetcher:
        return await channel(host.url).locate_media(Media(platform_id="42"), fetcher)


async def test_the_operators_own_host_is_trusted_with_its_own_files(host: FilesHost) -> None:
    address = await _located(host, f"{host.url}/file")
    assert address.trusted
    assert address.headers == {"authorization": "Bearer hush"}


@pytest.mark.parametrize(
    "url", ["https://lookaside.fbsbx.com/f", "http://169.254.169.254/f", "http://127.0.0.1:1/f"]
)
async def test_what_that_host_names_elsewhere_is_checked_like_any_other(
    host: FilesHost, url: str
) -> None:
    assert not (await _located(host, url)).trusted


async def test_a_file_that_leads_inside_is_refused(host: FilesHost) -> None:
    address = await _located(host, "http://127.0.0.1:1/f")
    async with HttpFetcher() as fetcher:
        with pytest.raises(MediaRefused):
            async with fetcher.file(address, limit_bytes=10):
                pass
