"""What visitors send, as contents of ours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from gateway.api import (
    Audio,
    Choice,
    Document,
    Form,
    Image,
    InboundContent,
    ItemBroken,
    Location,
    Media,
    Reaction,
    StoredMedia,
    Text,
    Video,
)
from gateway_webchat import wire


def received(
    sent: wire.Sent, files: Mapping[str, wire.Uploaded]
) -> tuple[InboundContent, StoredMedia | None]:
    """Return the content of a message, and its file if it has one.

    Raises:
        ItemBroken: It names a file that is not the visitor's.
    """
    match sent:
        case wire.TextSent(text=text):
            return Text(text=text), None
        case wire.ChoiceSent(source=source, id=id_, title=title):
            return Choice(source=source, id=id_, title=title), None
        case wire.FormSent():
            response = {
                name: list(each) if isinstance(each, tuple) else each
                for name, each in sent.response.items()
            }
            return Form(name=sent.name, response=response, text=sent.text), None
        case wire.FileSent():
            if (stored := files.get(sent.file)) is None:
                raise ItemBroken(".content.file", "a file that this visitor uploaded is expected")
            return file(stored, sent.caption), _stored(stored)
        case wire.LocationSent():
            return Location(
                latitude=sent.latitude,
                longitude=sent.longitude,
                accuracy_meters=sent.accuracy_meters,
            ), None
        case wire.ReactionSent(to=to, emoji=emoji):
            return Reaction(to=to, emoji=emoji or None), None
        case _:
            assert_never(sent)


def file(stored: wire.Uploaded, caption: str | None) -> Image | Video | Audio | Document:
    """Return the content that a stored file is shown as."""
    media = Media(
        stored_id=stored.id,
        mime_type=stored.mime_type,
        sha256=stored.sha256,
        size_bytes=stored.size_bytes,
        filename=stored.filename,
    )
    match stored.mime_type.partition("/")[0]:
        case "image":
            return Image(media=media, caption=caption)
        case "video":
            return Video(media=media, caption=caption)
        case "audio":
            return Audio(media=media, caption=caption)
        case _:
            return Document(media=media, caption=caption)


def _stored(uploaded: wire.Uploaded) -> StoredMedia:
    return StoredMedia(
        id=uploaded.id,
        index=0,
        mime_type=uploaded.mime_type,
        size_bytes=uploaded.size_bytes,
        sha256=uploaded.sha256,
        filename=uploaded.filename,
    )
