"""Which addresses are files, and where to fetch them.

Meta's file addresses carry their own permission and die within hours or days; nothing of ours
goes along.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from gateway.api import Media, MediaAddress, MediaRefused
from gateway_meta import addresses

_META_APIS: Final = frozenset({addresses.FACEBOOK, addresses.INSTAGRAM})
_FILE_HOSTS: Final = (".fbcdn.net", ".cdninstagram.com", ".fbsbx.com")
_PAGE_HOSTS: Final = frozenset(
    {
        *("www.instagram.com", "instagram.com", "ig.me"),
        *("www.facebook.com", "facebook.com", "m.facebook.com", "m.me", "fb.watch"),
    }
)


def _parts(url: str) -> tuple[str, str]:
    """Return the host of an address, then host and port as they stand there."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", ""
    return parts.hostname or "", parts.netloc


def is_file(url: str) -> bool:
    """Whether an address of a shared post is the file itself and no page to open."""
    return _parts(url)[0].endswith(_FILE_HOSTS)


def locate(media: Media, api_url: str) -> MediaAddress:
    """Return where to fetch a file.

    Args:
        media: As announced.
        api_url: Of the account's settings; a host and port that are not Meta's are those of an
            operator's own (a simulator, perhaps on this machine), and files there are trusted.

    Raises:
        MediaRefused: There is no address, or it is that of a page.
    """
    if media.url is None:
        raise MediaRefused("the platform gave no address for this file")
    host, place = _parts(media.url)
    if host in _PAGE_HOSTS:
        raise MediaRefused("the platform's address is a page to open, not a file")
    own_host, own_place = _parts(api_url)
    trusted = place == own_place and own_host not in _META_APIS
    return MediaAddress(url=media.url, trusted=trusted)
