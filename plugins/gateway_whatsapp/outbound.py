"""What we ask of the Graph API."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlsplit

from gateway.api import Fetcher, Media, MediaAddress, MediaRefused, MediaUnavailable
from gateway_whatsapp.settings import WhatsAppSettings

_META_HOST = "graph.facebook.com"


async def locate(media: Media, fetcher: Fetcher, settings: WhatsAppSettings) -> MediaAddress:
    """Find out where a file is; good for five minutes and for our token only.

    Raises:
        MediaRefused: The platform gave the file no id, or does not have it (any more).
        MediaUnavailable: The platform cannot say now.

    Source: Meta for Developers, WhatsApp Business Platform, "Media".
    """
    if not media.platform_id:
        raise MediaRefused("the platform gave this file no id")
    # Another host is one the operator names: a simulator or a proxy, perhaps on this machine.
    trusted = urlsplit(settings.api_url).hostname != _META_HOST
    headers = {"authorization": f"Bearer {settings.access_token.reveal()}"}
    url = (
        f"{settings.api_url.rstrip('/')}/{quote(media.platform_id, safe='')}"
        f"?phone_number_id={quote(settings.phone_number_id, safe='')}"
    )
    status, answer = await fetcher.get_json(url, headers=headers, trusted=trusted)
    found = _address(status, answer)
    # The operator vouches for their own host, not for whatever address it hands out.
    same = urlsplit(found)[:2] == urlsplit(settings.api_url)[:2]
    return MediaAddress(url=found, headers=headers, trusted=trusted and same)


def _address(status: int, answer: Any) -> str:
    body = answer if isinstance(answer, dict) else {}
    url = body.get("url")
    if status == 200 and isinstance(url, str) and url:
        return url
    error = body.get("error")
    code = error.get("code") if isinstance(error, dict) else None
    said = f"the platform answered {status}" + (f" with error {code}" if code else "")
    # 190 and 401: our token is at fault and will be mended, the file is still there.
    if status in (400, 404, 410) and code not in (0, 4, 190, 80007):
        raise MediaRefused(said)
    raise MediaUnavailable(said)
