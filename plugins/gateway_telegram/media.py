"""What files become: the method, how Telegram finds the file, and the words below it."""

from __future__ import annotations

from typing import Final, TypeAlias

import msgspec

from gateway.api import Audio, Document, Image, Media, MediaHeader, Sticker, Video
from gateway_telegram import formatting
from gateway_telegram.formatting import Body
from gateway_telegram.limits import LONGEST_CAPTION, LONGEST_TEXT
from gateway_telegram.words import Words, pieces

File: TypeAlias = Image | Video | Audio | Document | Sticker

_METHODS: Final = {
    "photo": "sendPhoto",
    "video": "sendVideo",
    "animation": "sendAnimation",
    "video_note": "sendVideoNote",
    "audio": "sendAudio",
    "voice": "sendVoice",
    "document": "sendDocument",
    "sticker": "sendSticker",
}
_HEADERS: Final = {"image": "photo", "video": "video", "document": "document"}
_WITHOUT_CAPTION: Final = frozenset({"video_note", "sticker"})


class Part(msgspec.Struct, frozen=True):
    """One call to be.

    Attributes:
        method: Of the Bot API.
        body: Its fields, without whom it is for.
        files: Ids of our media store, by the field.
    """

    method: str
    body: Body
    files: dict[str, str] = {}


def parts(content: File) -> list[Part]:
    """Return a file with its words; what is too long for a caption follows in texts."""
    field = field_of(content)
    words = _words(content)
    if field in _WITHOUT_CAPTION:
        return [part(field, content.media), *_texts(pieces(words, LONGEST_TEXT))]
    below, *rest = pieces(words, LONGEST_TEXT, first=LONGEST_CAPTION) or [words]
    return [part(field, content.media, below), *_texts(rest)]


def under_header(header: MediaHeader, words: Words) -> Part:
    """Return the file that stands above words; they fit, see ``rules``."""
    return part(_HEADERS[header.format], header.media, words)


def part(field: str, media: Media, words: Words = Words("")) -> Part:  # noqa: B008 - frozen
    """Return the call that sends a file as what ``field`` says."""
    body = formatting.caption(words)
    if not media.platform_id and media.stored_id:
        return Part(_METHODS[field], body, {field: media.stored_id})
    return Part(_METHODS[field], {field: media.platform_id or media.url, **body})


def field_of(content: File) -> str:  # noqa: PLR0911 - a line for each kind
    """Return what Telegram shows a file as."""
    match content:
        case Image():
            return "photo"
        case Video(animation=True):
            return "animation"
        case Video(round=True, media=media) if not is_by_address(media):
            return "video_note"
        case Video():
            return "video"
        case Audio(voice=True):
            return "voice"
        case Audio():
            return "audio"
        case Document():
            return "document"
        case Sticker():
            return "sticker"


def is_by_address(media: Media) -> bool:
    """Whether Telegram would have to fetch a file itself."""
    return not media.platform_id and not media.stored_id


def downgraded(content: File) -> list[str]:
    """Return what is shown otherwise than it was asked for."""
    told = []
    field = field_of(content)
    if isinstance(content, Video) and content.round and field == "video":
        told.append("a round video is sent as a plain one")
    words = _words(content)
    if words.text and field in _WITHOUT_CAPTION:
        told.append("the caption follows as a text")
    elif len(pieces(words, LONGEST_TEXT, first=LONGEST_CAPTION)) > 1:
        told.append("the caption goes on in a text")
    if words.text and (lost := formatting.lost(words)):
        told.append(f"shown plain: {', '.join(lost)}")
    return told


def _words(content: File) -> Words:
    if isinstance(content, Sticker):
        return Words("")
    return Words(content.caption or "", content.spans)


def _texts(words: list[Words]) -> list[Part]:
    return [Part("sendMessage", formatting.text(each)) for each in words if each.text.strip()]
