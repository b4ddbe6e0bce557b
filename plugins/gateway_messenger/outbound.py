"""What we ask of Messenger's servers."""

from __future__ import annotations

from gateway.api import Media, MediaAddress
from gateway_messenger.settings import MessengerSettings
from gateway_meta import files


def locate(media: Media, settings: MessengerSettings) -> MediaAddress:
    """Return where to fetch a file: at the address the message told, without a token.

    Raises:
        MediaRefused: There is no address, or it is that of a page.
    """
    return files.locate(media, settings.api_url)
