"""Where the file of a message is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from gateway.api import Fetcher, Media, MediaAddress, MediaRefused, MediaUnavailable
from gateway_meta import addresses
from gateway_whatsapp import errors
from gateway_whatsapp.settings import WhatsAppSettings

_FILE_HOSTS = (".fbsbx.com", ".facebook.com", ".fbcdn.net", ".whatsapp.net")


async def locate(
    media: Media, fetcher: Fetcher, settings: WhatsAppSettings, *, proof: Mapping[str, str]
) -> MediaAddress:
    """Find out where a file is; good for five minutes and for our token only.

    Args:
        media: The file.
        fetcher: Asks.
        settings: The account's.
        proof: Goes with the token; see ``Graph``.

    Raises:
        MediaRefused: The platform gave the file no id, or does not have it (any more).
        MediaUnavailable: The platform cannot say now.

    Source: Meta for Developers, WhatsApp Business Platform, "Media".
    """
    if not media.platform_id:
        raise MediaRefused("the platform gave this file no id")
    # Another host is one the operator names: a simulator or a proxy, perhaps on this machine.
    trusted = urlsplit(settings.api_url).hostname != addresses.FACEBOOK
    headers = {"authorization": f"Bearer {settings.access_token.reveal()}"}
    query = urlencode({"phone_number_id": settings.phone_number_id, **proof})
    url = f"{settings.api_url.rstrip('/')}/{quote(media.platform_id, safe='')}?{query}"
    status, answer = await fetcher.get_json(url, headers=headers, trusted=trusted)
    address = _address(status, answer)
    # The operator vouches for their own host, not for whatever address it hands out.
    trusted = trusted and urlsplit(address)[:2] == urlsplit(settings.api_url)[:2]
    if not (trusted or _is_metas(address)):
        headers = {}  # Our token goes to Meta and to that host, and to nobody else.
    return MediaAddress(url=address, headers=headers, trusted=trusted)


def _is_metas(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return host.endswith(_FILE_HOSTS)


def _address(status: int, answer: Any) -> str:
    body = answer if isinstance(answer, dict) else {}
    url = body.get("url")
    if status == 200 and isinstance(url, str) and url:
        return url
    error = body.get("error")
    code = error.get("code") if isinstance(error, dict) else None
    said = f"the platform answered {status}" + (f" with error {code}" if code else "")
    known = errors.meaning(str(code))
    # Limits and tokens will be mended, and the file is still there then.
    permanent = known is None or known.action in ("reject", "none")
    if status in (400, 404, 410) and permanent:
        raise MediaRefused(said)
    raise MediaUnavailable(said)
