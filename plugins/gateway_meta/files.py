"""Which addresses are files, and where to fetch them.

Meta's file addresses carry their own permission and die within hours or days; nothing of ours
goes along.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from gateway.api import Media, MediaAddress, MediaRefused

_META_APIS: Final = frozenset({"graph.facebook.com", "graph.instagram.com"})
_FILE_HOSTS: Final = (".fbcdn.net", ".cdninstagram.com", ".fbsbx.com")
_PAGE_HOSTS: Final = frozenset(
    {
        *("www.instagram.com", "instagram.com", "ig.me"),
        *("www.facebook.com", "facebook.com", "m.facebook.com", "m.me", "fb.watch"),
    }
)


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def is_file(url: str) -> bool:
    """Whether an address of a shared post is the file itself and no page to open."""
    return _host(url).endswith(_FILE_HOSTS)


def locate(media: Media, api_url: str) -> MediaAddress:
    """Return where to fetch a file.

    Args:
        media: As announced.
        api_url: Of the account's settings; a host that is not Meta's is one the operator names
            (a simulator, perhaps on this machine), and files on it are trusted.

    Raises:
        MediaRefused: There is no address, or it is that of a page.
    """
    if media.url is None:
        raise MediaRefused("the platform gave no address for this file")
    host = _host(media.url)
    if host in _PAGE_HOSTS:
        raise MediaRefused("the platform's address is a page to open, not a file")
    own = _host(api_url)
    return MediaAddress(url=media.url, trusted=host == own and own not in _META_APIS)
