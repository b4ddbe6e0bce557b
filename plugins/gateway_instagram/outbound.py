"""What we ask of Instagram's servers."""

from __future__ import annotations

from gateway.api import Media, MediaAddress
from gateway_instagram.settings import InstagramSettings
from gateway_meta import files


def locate(media: Media, settings: InstagramSettings) -> MediaAddress:
    """Return where to fetch a file: at the address the message told, without a token.

    Raises:
        MediaRefused: There is no address, or it is that of a page (a reel, say).
    """
    return files.locate(media, settings.graph_url)
