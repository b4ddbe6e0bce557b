"""What a message carries beside its text: attachments made into contents.

Source: Meta for Developers, Messenger Platform, "messages webhook"; Instagram Platform, "Webhook
notification examples".
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, Literal, TypeAlias

import msgspec

from gateway.api import (
    Audio,
    Document,
    Image,
    InboundContent,
    ItemBroken,
    Location,
    Media,
    Other,
    Share,
    Sticker,
    Story,
    Unsupported,
    Video,
    plain_json,
)
from gateway_meta import wire
from gateway_meta.files import is_file

Payload: TypeAlias = dict[str, Any]
Read: TypeAlias = Callable[[wire.Attachment, Payload], Iterable[InboundContent]]
Shared: TypeAlias = Literal["post", "reel", "link"]

_ATTACHMENT: Final = msgspec.json.Decoder(wire.Attachment)
_THUMBS_UP: Final = frozenset({"369239263222822", "369239343222814", "369239383222810"})
"""The three sizes of the thumb that one tap sends."""


def contents(raw: bytes) -> Sequence[InboundContent]:
    """Return what one attachment is; several when it lists several products.

    Raises:
        ItemBroken: It has not the form of its type.
        msgspec.ValidationError: It has not the form of an attachment.
    """
    attachment = _ATTACHMENT.decode(raw)
    payload = attachment.payload if isinstance(attachment.payload, dict) else {}
    read = _READERS.get(attachment.type)
    if read is None:
        return (_other(attachment, raw),)
    return tuple(read(attachment, payload)) or (_other(attachment, raw),)


def sticker_ids(raws: Iterable[bytes]) -> frozenset[str]:
    """Return the ids of the attachments of type ``sticker``.

    Until 2026-08-30 a sticker came twice in one message: as ``sticker`` and as ``image``.
    """
    found = set()
    for raw in raws:
        if b'"sticker"' in raw and (told := _sticker_id(raw, "sticker")):
            found.add(told)
    return frozenset(found)


def is_twin(raw: bytes, stickers: frozenset[str]) -> bool:
    """Whether an attachment is the ``image`` form of a sticker that is there in its own form."""
    return bool(stickers) and _sticker_id(raw, "image") in stickers


def _sticker_id(raw: bytes, kind: str) -> str | None:
    try:
        attachment = _ATTACHMENT.decode(raw)
    except msgspec.DecodeError:
        return None  # reported where it is read
    if attachment.type != kind or not isinstance(attachment.payload, dict):
        return None
    return _text(attachment.payload, "sticker_id")


def _text(payload: Payload, *names: str) -> str | None:
    """Return the first of these values that is told, as text."""
    for name in names:
        value = payload.get(name)
        if isinstance(value, str | int) and not isinstance(value, bool) and value != "":
            return str(value)
    return None


def _media(payload: Payload) -> Media:
    # In echoes a file also has the id by which it was sent, and can be sent again.
    return Media(url=_text(payload, "url"), platform_id=_text(payload, "attachment_id"))


def _image(attachment: wire.Attachment, payload: Payload) -> Iterable[InboundContent]:
    if payload.get("sticker_id"):
        return _sticker(attachment, payload)
    return (Image(media=_media(payload)),)


def _video(_: wire.Attachment, payload: Payload) -> Iterable[InboundContent]:
    return (Video(media=_media(payload)),)


def _audio(_: wire.Attachment, payload: Payload) -> Iterable[InboundContent]:
    return (Audio(media=_media(payload)),)


def _file(_: wire.Attachment, payload: Payload) -> Iterable[InboundContent]:
    return (Document(media=_media(payload)),)


def _sticker(_: wire.Attachment, payload: Payload) -> Iterable[InboundContent]:
    thumb = _text(payload, "sticker_id") in _THUMBS_UP
    return (Sticker(media=_media(payload), emoji="👍" if thumb else None),)


def _heart(_: wire.Attachment, payload: Payload) -> Iterable[InboundContent]:
    return (Sticker(media=_media(payload), emoji="❤️"),)


def _location(attachment: wire.Attachment, payload: Payload) -> Iterable[InboundContent]:
    place = payload.get("coordinates")
    if not isinstance(place, dict):
        raise ItemBroken(".payload.coordinates", "expected an object, it is missing")
    return (
        Location(
            latitude=_degrees(place, "lat"),
            longitude=_degrees(place, "long"),
            name=attachment.title or _text(payload, "title"),
            url=attachment.url or _text(payload, "url"),
        ),
    )


def _degrees(place: Payload, name: str) -> float:
    try:
        number = float(place.get(name, math.nan))
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise ItemBroken(
            f".payload.coordinates.{name}",
            f"expected degrees, got {str(place.get(name))[:40]!r}",
        )
    return number


def _shared(kind: Shared) -> Read:
    def read(attachment: wire.Attachment, payload: Payload) -> Iterable[InboundContent]:
        url = _text(payload, "url") or attachment.url or attachment.old_url
        title = _text(payload, "title") or attachment.title
        platform_id = _text(payload, "ig_post_media_id", "reel_video_id", "id")
        if not (url or title or platform_id):
            return (Unsupported(type=attachment.type),)
        file = url is not None and is_file(url)
        shared = Share(
            type=kind,
            url=None if file else url,
            title=title,
            platform_id=platform_id,
            media=Media(url=url) if file else None,
        )
        return (shared,)

    return read


def _products(_: wire.Attachment, payload: Payload) -> Iterable[InboundContent]:
    """Read shared products; other templates are echoes of ours and stay whole."""
    product = payload.get("product")
    elements = product.get("elements") if isinstance(product, dict) else None
    for each in elements if isinstance(elements, list) else ():
        if isinstance(each, dict):
            picture = _text(each, "image_url")
            yield Share(
                type="product",
                title=_text(each, "title"),
                description=_text(each, "subtitle"),
                platform_id=_text(each, "id"),
                reference=_text(each, "retailer_id"),
                media=Media(url=picture) if picture else None,
            )


def _story(relation: Literal["mention", "share"]) -> Read:
    def read(_: wire.Attachment, payload: Payload) -> Iterable[InboundContent]:
        url = _text(payload, "url")
        media = Media(url=url) if url else None
        return (Story(relation=relation, platform_id=_text(payload, "id"), media=media),)

    return read


def _not_handed_out(attachment: wire.Attachment, _: Payload) -> Iterable[InboundContent]:
    return (Unsupported(type=attachment.type),)


def _other(attachment: wire.Attachment, raw: bytes) -> Other:
    """Keep an attachment of a type that is new to us readable and whole."""
    payload = attachment.payload if isinstance(attachment.payload, dict) else {}
    return Other(
        type=attachment.type,
        text=attachment.title or _text(payload, "title", "text"),
        data=plain_json(msgspec.json.decode(raw)),
    )


_READERS: Final[Mapping[str, Read]] = MappingProxyType(
    {
        "image": _image,
        "video": _video,
        "audio": _audio,
        "file": _file,
        "sticker": _sticker,
        "like_heart": _heart,
        "location": _location,
        "reel": _shared("reel"),
        "ig_reel": _shared("reel"),
        "post": _shared("post"),
        "ig_post": _shared("post"),
        "share": _shared("post"),
        "media": _shared("post"),
        "fallback": _shared("link"),
        "template": _products,
        "story_mention": _story("mention"),
        "story": _story("share"),
        "ig_story": _story("share"),
        "ephemeral": _not_handed_out,
    }
)

TYPES: Final = frozenset(_READERS)
"""Every type of attachment that has a content of ours."""
