"""Where a contact's files are.

The token stands in every address: no address may get into an event, an error or a log.
"""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote

from gateway.api import Fetcher, Media, MediaAddress, MediaRefused, MediaUnavailable
from gateway_telegram import errors
from gateway_telegram.settings import TelegramSettings

_DOWNLOAD_LIMIT_BYTES: Final = 20 * 1024 * 1024
_TOO_LARGE: Final = "Telegram hands out files of up to 20 MB only"


async def locate(media: Media, fetcher: Fetcher, settings: TelegramSettings) -> MediaAddress:
    """Find out where a file is; good for an hour.

    Raises:
        MediaRefused: Telegram gave the file no id, does not have it, or it is too large.
        MediaUnavailable: Telegram cannot say now.

    Source: Telegram Bot API, "getFile".
    """
    if not media.platform_id:
        raise MediaRefused("the platform gave this file no id")
    # Another host is one the operator names: a Bot API server, perhaps on this machine.
    trusted = not settings.is_telegrams_own
    if not trusted and (media.size_bytes or 0) > _DOWNLOAD_LIMIT_BYTES:
        raise MediaRefused(_TOO_LARGE)
    server, token = settings.api_url.rstrip("/"), settings.bot_token.reveal()
    asked = f"{server}/bot{token}/getFile?file_id={quote(media.platform_id, safe='')}"
    status, answer = await fetcher.get_json(asked, headers={}, trusted=trusted)
    path = quote(_path(status, answer), safe="/")
    return MediaAddress(url=f"{server}/file/bot{token}/{path}", trusted=trusted)


def _path(status: int, answer: Any) -> str:
    body = answer if isinstance(answer, dict) else {}
    file = body.get("result")
    path = file.get("file_path") if isinstance(file, dict) else None
    if status == 200 and isinstance(path, str) and path:
        if path.startswith("/"):
            raise MediaRefused("the Bot API server runs with --local and keeps its files")
        return path
    description = body.get("description")
    said = description if isinstance(description, str) else ""
    known = errors.meaning(status, said)
    if known is not None and known.action == "reject":
        raise MediaRefused(_TOO_LARGE if "too big" in said else known.explanation)
    # A token will be mended and a server comes back, and the file is still there then.
    raise MediaUnavailable(f"the platform answered {status}")
