"""Which files a content has."""

from __future__ import annotations

from gateway.model.content import Audio, Content, Document, Image, Sticker, Video
from gateway.model.inbound_content import Share, Story
from gateway.model.media import Media


def files_of(content: Content) -> tuple[Media, ...]:
    """Return the files of a content, in order; what has no address and no id is not one."""
    match content:
        case Image() | Video() | Audio() | Document() | Sticker():
            found = content.media
        case Story() | Share() if content.media is not None:
            found = content.media
        case _:
            return ()
    return (found,) if found.platform_id or found.url else ()
