"""One file to fetch, as it waits in Redis beside the event that spoke of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias, cast, get_args

import msgspec

from gateway.errors import CodecError
from gateway.model.contact import Contact
from gateway.model.content import Audio, Document, Image, Sticker, Video
from gateway.model.event import (
    Event,
    MessageEchoed,
    MessageEdited,
    MessageImported,
    MessageReceived,
)
from gateway.model.files import files_of
from gateway.model.inbound_content import Share, Story
from gateway.model.media import Media
from gateway.model.value import Value

# An edit may bring another file (Telegram), which only fetching can tell; an import is worth
# fetching because the platform forgets its files within days.
MessageWithContent: TypeAlias = MessageReceived | MessageEdited | MessageEchoed | MessageImported
WITH_CONTENT: Final = frozenset(get_args(MessageWithContent))
WITH_FILES: Final = frozenset({Image, Video, Audio, Document, Sticker, Story, Share})


class MediaJob(Value, frozen=True, kw_only=True):
    """One file to fetch.

    Attributes:
        event_id: Of the event that carried the message; what is stored is named after it.
        at: Milliseconds since 1970, when that event was taken.
        channel: Type of the channel.
        account: Id of the account, whose channel knows how to find the file.
        contact: As in the event.
        platform_id: Of the message.
        message_id: Ours, of the message.
        index: Which file of the message, from 0.
        media: The file as it was announced.
        kind: The content's kind, which tells sound from film where the bytes do not.
        attempt: 1 for the first try; grows each time the job is put back.
    """

    event_id: str
    at: int
    channel: str
    account: str
    contact: Contact
    platform_id: str
    message_id: str
    index: int
    media: Media
    kind: str
    attempt: int = 1


_encoder: Final = msgspec.msgpack.Encoder()
_decoder: Final = msgspec.msgpack.Decoder(MediaJob)


def jobs_of(event: Event) -> Sequence[bytes]:
    """Return the encoded jobs for the files of an event; on the hot path, so two look-ups for most.

    Files are fetched for received, edited, echoed and imported messages; not for echoes of what
    we sent ourselves.
    """
    # Exact types: isinstance costs five times as much for the events that are none of these.
    if type(event) not in WITH_CONTENT:
        return ()
    carrier = cast("MessageWithContent", event)
    content = carrier.message.content
    if type(content) not in WITH_FILES:
        return ()
    if type(event) is MessageEchoed and event.own:
        return ()
    return [
        encode_job(
            MediaJob(
                event_id=event.id,
                at=event.at,
                channel=event.channel,
                account=event.account,
                contact=carrier.contact,
                platform_id=carrier.message.platform_id,
                message_id=carrier.message.id,
                index=index,
                media=media,
                kind=str(content.__struct_config__.tag),
            )
        )
        for index, media in enumerate(files_of(content))
    ]


def encode_job(job: MediaJob) -> bytes:
    """Write a job as it stands in the stream."""
    return _encoder.encode(job)


def decode_job(data: bytes) -> MediaJob:
    """Read a job.

    Raises:
        CodecError: It is none, or of another version of Relevo; the text names the path.
    """
    try:
        return _decoder.decode(data)
    except msgspec.DecodeError as error:
        raise CodecError(f"a file to fetch cannot be read: {error}") from error
